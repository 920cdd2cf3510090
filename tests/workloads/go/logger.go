// SPDX-License-Identifier: GPL-2.0-or-later

package main

// Goroutines that share a logger of the standard library's.

import (
	"flag"
	"log"
	"os"
	"sync"
)

var (
	path       = flag.String("path", "", "the log, appended to")
	goroutines = flag.Int("goroutines", 50, "that many")
	lines      = flag.Int("lines", 100, "that each of them logs")
)

func logs(logger *log.Logger, who int, done *sync.WaitGroup) {
	for i := 0; i < *lines; i++ {
		logger.Printf("goroutine %d logs its line %d of %d", who, i, *lines)
	}
	done.Done()
}

func main() {
	var done sync.WaitGroup

	begin()
	file, err := os.OpenFile(*path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	must(err)
	logger := log.New(file, "app: ", log.LstdFlags|log.Lmicroseconds)
	done.Add(*goroutines)
	for i := 0; i < *goroutines; i++ {
		go logs(logger, i, &done)
	}
	done.Wait()
	ready(map[string]any{"path": *path, "fd": file.Fd(), "lines": *goroutines * *lines})
	stay()
}
