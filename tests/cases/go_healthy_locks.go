// go_healthy_locks: what healthy programs do with locks: a busy one with short sections; one that a function unlocks
// which was called with it locked; one that is locked only sometimes; one that a condition variable unlocks; turns at
// accept under a lock; a lock that another goroutine unlocks, as a signal; sends under a lock by turns; TryLock's own
// kind. Perfect answer: no finding that is more than information, and no deadlock.
package main

import (
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

type store struct {
	mu    sync.Mutex
	cond  *sync.Cond
	rw    sync.RWMutex
	n     int
	queue []int
}

func (s *store) busy() {
	for {
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
		for i := 0; i < 1000; i++ {
			atomic.AddInt64(&sink, 1)
		}
		time.Sleep(time.Microsecond)
	}
}

var sink int64

// Called with the lock; unlocks it while it waits.
func (s *store) flushLocked() {
	s.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	s.mu.Lock()
}

func (s *store) flusher() {
	for {
		s.mu.Lock()
		s.n++
		s.flushLocked()
		s.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

func (s *store) sometimes(lock bool) {
	if lock {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	time.Sleep(3 * time.Millisecond)
}

func (s *store) consume() {
	for {
		s.mu.Lock()
		for len(s.queue) == 0 {
			s.cond.Wait()
		}
		s.queue = s.queue[1:]
		s.mu.Unlock()
	}
}

func (s *store) produce() {
	for {
		s.mu.Lock()
		s.queue = append(s.queue, 1)
		s.mu.Unlock()
		s.cond.Signal()
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *store) read() {
	for {
		s.rw.RLock()
		s.rw.RUnlock()
		time.Sleep(100 * time.Microsecond)
	}
}

func (s *store) write() {
	for {
		s.rw.Lock()
		s.n++
		s.rw.Unlock()
		time.Sleep(time.Millisecond)
	}
}

var turns sync.Mutex

func accept(l net.Listener) {
	for {
		turns.Lock()
		c, err := l.Accept()
		turns.Unlock()
		if err == nil {
			c.Close()
		}
	}
}

// Two locks in one order, and a lock that another goroutine unlocks.
var first, second sync.Mutex

func ordered() {
	for {
		first.Lock()
		second.Lock()
		time.Sleep(time.Millisecond)
		second.Unlock()
		first.Unlock()
		second.Lock()
		time.Sleep(time.Millisecond)
		second.Unlock()
	}
}

func signal() {
	var done sync.Mutex
	for {
		done.Lock()
		go func() {
			time.Sleep(3 * time.Millisecond)
			done.Unlock()
		}()
		done.Lock()
		done.Unlock()
	}
}

func main() {
	s := &store{}
	s.cond = sync.NewCond(&s.mu)
	for i := 0; i < 4; i++ {
		go s.busy()
		go s.read()
		go ordered()
	}
	go s.write()
	go s.flusher()
	go s.consume()
	go s.consume()
	go s.produce()
	go func() {
		for i := 0; ; i++ {
			s.sometimes(i%2 == 0)
		}
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	for i := 0; i < 4; i++ {
		go accept(l)
	}
	go signal()
	time.Sleep(300 * time.Millisecond)
	fmt.Println("ready", os.Getpid())
	select {}
}
