// SPDX-License-Identifier: GPL-2.0-or-later

package main

// A healthy server: a pool of workers that wait for work, and requests that come
// all the time, each with a goroutine that waits for its answer and ends.

import (
	"flag"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

var (
	spawn    = flag.Int("spawn", 0, "goroutines that end at once, before it is ready")
	workers  = flag.Int("workers", 100, "goroutines that wait for work")
	requests = flag.Int("requests", 0, "that many a second, each answered within 100 ms")
	served   int64
)

//go:noinline
func work(jobs chan int, done *sync.WaitGroup) {
	for range jobs {
		done.Done()
	}
}

//go:noinline
func request(answer chan int) {
	<-answer
	atomic.AddInt64(&served, 1)
}

// The number of requests in flight goes up and down with how long they take.
func serve() {
	pause := time.Second / time.Duration(*requests)
	for i := 0; ; i++ {
		answer := make(chan int)
		go request(answer)
		takes := time.Duration(1+i/(*requests)%4*33) * time.Millisecond
		time.AfterFunc(takes, func() { close(answer) })
		time.Sleep(pause)
	}
}

func main() {
	begin()
	var done sync.WaitGroup
	done.Add(*spawn)
	for i := 0; i < *spawn; i++ {
		go done.Done()
	}
	done.Wait()
	for runtime.NumGoroutine() > 1 { // the last ones are about to end
		time.Sleep(time.Millisecond)
	}
	jobs := make(chan int)
	for i := 0; i < *workers; i++ {
		go work(jobs, &done)
	}
	if *requests > 0 {
		go serve()
	}
	// Each has run, so that it waits.
	for i := 0; i < 10**workers; i++ {
		done.Add(1)
		jobs <- i
	}
	done.Wait()
	ready(map[string]any{"spawned": *spawn, "workers": *workers, "goroutines": runtime.NumGoroutine()})
	stay()
}
