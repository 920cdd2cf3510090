// SPDX-License-Identifier: GPL-2.0-or-later

package main

// go_threads_open DIR: every 50 ms a health check opens a FIFO that nobody writes to, with a limit of 400 threads.
//
// Perfect: gains 20 threads/s, N of them for goroutines in os.Open at go_threads_open.go:LINE, created at LINE; Go's
// own limit of 400, which the program has set itself, is reached in T.

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"time"
)

func check(name string) {
	if f, err := os.Open(name); err == nil {
		f.Close()
	}
}

func main() {
	name := os.Args[1] + "/fifo"
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		panic(err)
	}
	debug.SetMaxThreads(400)
	for n := 0; ; n++ {
		go check(name)
		if n == 20 {
			fmt.Println("ready")
		}
		time.Sleep(50 * time.Millisecond)
	}
}
