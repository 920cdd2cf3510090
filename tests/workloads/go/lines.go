// SPDX-License-Identifier: GPL-2.0-or-later

// Writers of --path that are goroutines, not threads. Two others work a little, so that Go moves them all between
// threads. --mode:
//
//	copied  one copies lines that come in two parts, as supervisors do with the output of their children
//	state   one replaces a file of state by WriteAt
//	torn    one leaves a line unfinished, the other writes a line: torn each time
package main

import (
	"flag"
	"io"
	"os"
	"runtime"
	"time"
)

var (
	mode   = flag.String("mode", "copied", "what is done")
	path   = flag.String("path", "/dev/null", "the file")
	rounds = flag.Int("rounds", 100, "how often")
)

func work() {
	for {
		for t := time.Now(); time.Since(t) < 200*time.Microsecond; {
		}
		time.Sleep(time.Millisecond)
	}
}

func put(f *os.File, text string) {
	_, err := f.WriteString(text)
	must(err)
}

func copied(f *os.File) int {
	r, w := io.Pipe()
	done := make(chan bool)
	go func() {
		_, err := io.Copy(f, r)
		must(err)
		done <- true
	}()
	for i := 0; i < *rounds; i++ {
		w.Write([]byte("step ... "))
		time.Sleep(time.Millisecond)
		w.Write([]byte("done\n"))
	}
	w.Close()
	<-done
	return 0
}

func state(f *os.File) int {
	for i := 0; i < *rounds; i++ {
		_, err := f.WriteAt([]byte("requests: a number\n"), 0)
		must(err)
		time.Sleep(time.Millisecond)
	}
	return 0
}

func torn(f *os.File) int {
	turn, back := make(chan bool), make(chan bool)
	go func() {
		for range turn {
			put(f, "a line of the log\n")
			back <- true
		}
	}()
	for i := 0; i < *rounds; i++ {
		put(f, "a part, ")
		turn <- true
		<-back
		put(f, "and the rest\n")
	}
	return *rounds
}

func main() {
	runtime.GOMAXPROCS(4)
	flag.Parse()
	f, err := os.OpenFile(*path, os.O_CREATE|os.O_WRONLY, 0o600)
	must(err)
	for i := 0; i < 2; i++ {
		go work()
	}
	begin()
	n := map[string]func(*os.File) int{"copied": copied, "state": state, "torn": torn}[*mode](f)
	ready(map[string]any{"path": *path, "torn_lines": n})
	stay()
}
