// SPDX-License-Identifier: GPL-2.0-or-later

// A small program whose recordings (record.h) are the samples of the unit test
// and the fuzzer: each with a few ways to block, no package but the runtime's.
package main

import (
	"runtime"
	"sync"
	"time"
)

func generic[T any](v T, c chan T) { c <- v }

func inner(c chan int) { <-c }
func outer(c chan int) { inner(c) }

//go:noinline
func deep(n int, c chan int) {
	if n == 0 {
		outer(c)
		return
	}
	deep(n-1, c)
}

func inDefer(c chan int) {
	defer func() {
		recover()
		<-c
	}()
	panic("blocked while it panics")
}

func locker(m *sync.Mutex) { m.Lock() }

func main() {
	c, full := make(chan int), make(chan string, 2)
	var m sync.Mutex
	m.Lock()
	full <- "1"
	full <- "2"
	go deep(5, c)
	go generic("3", full)
	go inDefer(c)
	go locker(&m)
	go func() {
		runtime.LockOSThread()
		select {
		case <-c:
		case <-make(chan bool):
		}
	}()
	time.Sleep(time.Second)
	runtime.GC()
	runtime.GC()
	println("ready")
	time.Sleep(time.Hour)
}
