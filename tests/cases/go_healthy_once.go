// go_healthy_once: more of what healthy programs do with locks: a sync.Once that takes a moment, TryLock, an RWMutex that is
// embedded and read under another lock, a lock that a helper takes, wait groups of short work, and main asleep in a
// select without cases. Perfect answer: no finding that is more than information, and no deadlock.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

type table struct {
	sync.RWMutex
	rows map[int]int
}

type server struct {
	once  sync.Once
	mu    sync.Mutex
	table *table
}

func (s *server) lock()   { s.mu.Lock() }
func (s *server) unlock() { s.mu.Unlock() }

func (s *server) handle(i int) {
	s.once.Do(func() { time.Sleep(5 * time.Millisecond) })
	s.lock()
	s.table.RLock()
	_ = s.table.rows[i]
	s.table.RUnlock()
	s.unlock()
	if s.mu.TryLock() {
		s.table.Lock()
		s.table.rows[i]++
		s.table.Unlock()
		s.mu.Unlock()
	}
}

func main() {
	go func() {
		for {
			s := &server{table: &table{rows: map[int]int{}}}
			var wait sync.WaitGroup
			for i := 0; i < 8; i++ {
				wait.Add(1)
				go func(i int) {
					defer wait.Done()
					for n := 0; n < 20; n++ {
						s.handle(i)
						time.Sleep(100 * time.Microsecond)
					}
				}(i)
			}
			wait.Wait()
		}
	}()
	time.Sleep(200 * time.Millisecond)
	fmt.Println("ready", os.Getpid())
	select {}
}
