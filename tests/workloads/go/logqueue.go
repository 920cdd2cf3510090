// SPDX-License-Identifier: GPL-2.0-or-later

package main

// A log through a channel whose writer hangs in a write to a pipe that nobody
// reads; goroutines that log wait behind it. And a pool of workers that receive,
// too, but from another channel: some wait for work, some hang in writes elsewhere.

import (
	"flag"
	"os"
	"syscall"
)

var (
	senders = flag.Int("senders", 128, "that wait")
	room    = flag.Int("room", 64, "of the channel")
	way     = flag.String("way", "range", "how the writer gets its lines: range, field, select, global")
	poller  = flag.Bool("poller", false, "the pipe is in the network poller")
	cancel  = flag.Bool("cancel", false, "senders wait in a select that also ends otherwise")
	idle    = flag.Bool("idle", false, "the writer waits for another channel instead")
	writers = flag.Int("writers", 1, "how many")
	file    = flag.String("file", "", "the log, each line of which is synced: short calls, one after another")
)

type logger struct {
	name  string
	lines chan []byte
	stop  chan bool
	never chan bool
	out   *os.File
}

var (
	globalLines chan []byte
	kept        []*os.File // not closed by the collector
)

//go:noinline
func (l *logger) write(line []byte) {
	if *idle {
		<-l.never
	}
	l.out.Write(line)
	if *file != "" {
		l.out.Sync()
	}
}

func (l *logger) runRange() {
	for line := range l.lines {
		l.write(line)
	}
}

func (l *logger) runField() {
	for {
		line := <-l.lines
		l.write(line)
	}
}

func (l *logger) runSelect() {
	for {
		select {
		case line := <-l.lines:
			l.write(line)
		case <-l.stop:
			return
		}
	}
}

func runGlobal(out *os.File) {
	for {
		line := <-globalLines
		(&logger{out: out}).write(line)
	}
}

// Log blocks while the queue is full.
//
//go:noinline
func (l *logger) Log(line []byte) {
	if !*cancel {
		l.lines <- line
		return
	}
	select {
	case l.lines <- line:
	case <-l.stop:
	case <-l.never:
	}
}

func serve(l *logger, line []byte) {
	for {
		l.Log(line)
	}
}

//go:noinline
func worker(jobs chan []byte, l *logger, elsewhere *os.File) {
	for j := range jobs {
		elsewhere.Write(j)
		l.Log(j)
	}
}

func pipe() *os.File {
	if *poller {
		r, w, err := os.Pipe()
		must(err)
		kept = append(kept, r)
		return w
	}
	var fds [2]int
	must(syscall.Pipe(fds[:]))
	return os.NewFile(uintptr(fds[1]), "pipe")
}

func log() *os.File {
	if *file == "" {
		return pipe()
	}
	f, err := os.Create(*file)
	must(err)
	return f
}

func main() {
	begin()
	l := &logger{"app", make(chan []byte, *room), make(chan bool), make(chan bool), log()}
	globalLines = l.lines
	for i := 0; i < *writers; i++ {
		switch *way {
		case "range":
			go l.runRange()
		case "field":
			go l.runField()
		case "select":
			go l.runSelect()
		case "global":
			go runGlobal(l.out)
		}
	}
	jobs, elsewhere := make(chan []byte), pipe()
	for i := 0; i < 20; i++ {
		go worker(jobs, l, elsewhere)
	}
	for i := 0; i < 10; i++ {
		jobs <- make([]byte, 1<<20)
	}
	line := make([]byte, 4096)
	for i := 0; i < *senders; i++ {
		go serve(l, line)
	}
	ready(map[string]any{"senders": *senders, "room": *room})
	stay()
}
