// SPDX-License-Identifier: GPL-2.0-or-later

// growing_go: 25 new threads per second, because goroutines keep theirs. Go itself ends the program at 2,000.
//
// Perfect: Go's own limit, with the number that the program has set, before those of the kernel.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

func keepThread() {
	runtime.LockOSThread()
	syscall.Pause()
}

func main() {
	debug.SetMaxThreads(2000)
	fmt.Println("ready")
	for {
		go keepThread()
		time.Sleep(40 * time.Millisecond)
	}
}
