// SPDX-License-Identifier: GPL-2.0-or-later

package main

// go_threads_read: every 50 ms another goroutine reads a pipe that nobody writes to, outside Go's poller: a thread
// for each.
//
// Perfect: gains 20 threads/s, N of them for goroutines in syscall.Read at go_threads_read.go:LINE, created at LINE;
// Go's own limit of 10,000 is reached in T, which ends the program.

import (
	"fmt"
	"syscall"
	"time"
)

func blocked(fd int) {
	syscall.Read(fd, make([]byte, 1))
}

func main() {
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		panic(err)
	}
	for n := 0; ; n++ {
		go blocked(pipe[0])
		if n == 20 {
			fmt.Println("ready")
		}
		time.Sleep(50 * time.Millisecond)
	}
}
