// SPDX-License-Identifier: GPL-2.0-or-later

package main

// go_threads_cgo: every 50 ms a goroutine that reads from a pipe into which nobody writes, in a program with cgo.
// The runtime has a function in C start its threads, on another stack.
//
// Perfect: N threads are for goroutines in syscall.Read at go_threads_cgo.go:LINE, created at LINE; no function of
// the runtime or of C is named as their creator.

// int one(void) { return 1; }
import "C"

import (
	"fmt"
	"syscall"
	"time"
)

func blocked() {
	var p [2]int
	syscall.Pipe(p[:])
	buffer := make([]byte, int(C.one()))
	syscall.Read(p[0], buffer)
}

func main() {
	for n := 0; ; n++ {
		go blocked()
		if n == 30 {
			fmt.Println("ready")
		}
		time.Sleep(50 * time.Millisecond)
	}
}
