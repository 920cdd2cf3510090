// SPDX-License-Identifier: GPL-2.0-or-later

package main

// go_full_queue_select FILE: 40 goroutines log through a channel without a buffer, in a field of the logger. Its
// writer selects, formats with log.Logger into bufio.Writer, and flushes and syncs after each line.
//
// Perfect: 40 goroutines are blocked sending to the logger, whose writer is in Flush or Sync of FILE.

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"time"
)

type appLogger struct {
	lines chan string
	quit  chan bool
	file  *os.File
}

func (l *appLogger) run() {
	buffer := bufio.NewWriter(l.file)
	to := log.New(buffer, "", log.LstdFlags)
	for {
		select {
		case line := <-l.lines:
			to.Print(line)
			buffer.Flush()
			l.file.Sync()
		case <-l.quit:
			return
		}
	}
}

func (l *appLogger) info(line string) {
	l.lines <- line
}

func main() {
	file, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	l := &appLogger{make(chan string), make(chan bool), file}
	go l.run()
	for i := 0; i < 40; i++ {
		go func() {
			for {
				l.info("a line")
			}
		}()
	}
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	select {}
}
