// go_rwmutex_pipe: requests are served under an RWMutex of a cache, held for writing by a goroutine that logs each
// change by log.Logger to a pipe whose reader has stopped reading. A condition variable's waiter has the same lock
// locked by its frames, and not in truth.
// Perfect answer: "21 goroutines wait for main.cache.lock in main.(*cache).get; likely holder is goroutine N in
// main.(*cache).put, in write(pipe...)".
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"syscall"
	"time"
)

type cache struct {
	name    string
	entries map[int]string
	lock    sync.RWMutex
	changed *sync.Cond
	log     *log.Logger
}

func (c *cache) get(key int) string {
	c.lock.RLock()
	defer c.lock.RUnlock()
	return c.entries[key]
}

func (c *cache) put(key int, value string) {
	c.lock.Lock()
	c.entries[key] = value
	c.log.Printf("entry %d is now %s", key, value)
	c.changed.Broadcast()
	c.lock.Unlock()
}

func (c *cache) wait(key int) {
	c.lock.Lock()
	for c.entries[key] == "" {
		c.changed.Wait()
	}
	c.lock.Unlock()
}

type plain struct{ fd int }

func (p plain) Write(b []byte) (int, error) { return syscall.Write(p.fd, b) }

func main() {
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		panic(err)
	}
	var w io.Writer = plain{ends[1]}
	c := &cache{entries: map[int]string{}, log: log.New(w, "", log.LstdFlags)}
	c.changed = sync.NewCond(&c.lock)
	go c.wait(-1)
	time.Sleep(50 * time.Millisecond)
	go func() {
		for i := 0; ; i++ {
			c.put(i, "a value of some length, so that the pipe is soon full and nobody reads it")
		}
	}()
	time.Sleep(300 * time.Millisecond)
	for i := 0; i < 20; i++ {
		go func(i int) {
			for {
				c.get(i)
				time.Sleep(time.Millisecond)
			}
		}(i)
	}
	time.Sleep(300 * time.Millisecond)
	fmt.Println("ready", os.Getpid())
	for {
		time.Sleep(time.Second)
	}
}
