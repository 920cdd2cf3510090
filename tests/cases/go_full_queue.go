// SPDX-License-Identifier: GPL-2.0-or-later

package main

// go_full_queue FILE: 200 goroutines send lines into a queue of 1,024 that one writer empties, with a write and a
// sync for each line. Each of its calls is short, and yet the senders stand still.
//
// Perfect: some 200 goroutines wait for room in the full queue (1024/1024), which main.writer alone empties, and
// that is in Sync of FILE. Never another call of the thread that it is on: epoll_pwait, futex.

import (
	"fmt"
	"os"
	"time"
)

var lines = make(chan string, 1024)

func writer(f *os.File) {
	for line := range lines {
		f.WriteString(line)
		f.Sync()
	}
}

func logf(format string, a ...any) {
	lines <- fmt.Sprintf(format, a...)
}

func worker(number int) {
	for n := 0; ; n++ {
		logf("worker %d line %d\n", number, n)
		time.Sleep(time.Millisecond)
	}
}

func main() {
	f, err := os.OpenFile(os.Args[1], os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		panic(err)
	}
	go writer(f)
	for i := 0; i < 200; i++ {
		go worker(i)
	}
	for len(lines) < cap(lines) {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("ready")
	select {}
}
