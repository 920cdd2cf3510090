// SPDX-License-Identifier: GPL-2.0-or-later

package main

// go_hung_stat DIR: a health check every 50 ms stats and reads a file, without waiting for the one before. The file
// server stops to answer: each check hangs, with a thread of its own.
//
// Perfect: N threads wait in newfstatat(DIR/x) for an answer of the file server of DIR, slowfs (PID); they are
// for goroutines in os.Stat at go_hung_stat.go:LINE, created at LINE; Go's limit is reached in T.

import (
	"fmt"
	"os"
	"time"
)

func check(name string) {
	os.Stat(name)
	os.ReadFile(name)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	name := os.Args[1] + "/x"
	must(os.WriteFile(name, []byte("hello\n"), 0o644))
	silence := os.Args[1] + "/silence"
	go os.WriteFile(silence, nil, 0o644)
	time.Sleep(200 * time.Millisecond)
	for n := 0; ; n++ {
		go check(name)
		if n == 30 {
			fmt.Println("ready")
		}
		time.Sleep(50 * time.Millisecond)
	}
}
