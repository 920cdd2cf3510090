// SPDX-License-Identifier: GPL-2.0-or-later

// moved_state FILE: one goroutine keeps a file of state up to date, by WriteAt at its beginning; two others work a
// little, so that Go moves it from thread to thread.
//
// Perfect: nothing is overwritten, because the goroutine replaces what it wrote itself.
package main

import (
	"fmt"
	"os"
	"time"
)

func work() {
	for {
		for t := time.Now(); time.Since(t) < 200*time.Microsecond; {
		}
		time.Sleep(3 * time.Millisecond)
	}
}

func main() {
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	go work()
	go work()
	fmt.Println("ready")
	for n := 0; ; n++ {
		if _, err := f.WriteAt([]byte(fmt.Sprintf("requests %08d\n", n)), 0); err != nil {
			panic(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
