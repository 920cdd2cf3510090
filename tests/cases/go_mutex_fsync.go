// go_mutex_fsync: 50 goroutines log under one sync.Mutex that is held over Write and Sync; FILE is on a slow device
// (slowfs). mode global: var mu sync.Mutex; mode field: (*logger).mu.
// Run: go_mutex_fsync global|field FILE      prints "ready"
// Perfect answer: "49 goroutines wait for a mutex (main.mu) in main.(*logger).line, up to T; its holder is goroutine N, which
// is in fsync(FILE) since 40 ms", and that each line is synced under the lock.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

var mu sync.Mutex
var f *os.File

func lineGlobal(s string) {
	mu.Lock()
	defer mu.Unlock()
	f.WriteString(s)
	f.Sync()
}

type logger struct {
	mu sync.Mutex
	f  *os.File
}

func (l *logger) line(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.f.WriteString(s)
	l.f.Sync()
}

func main() {
	var err error
	if f, err = os.OpenFile(os.Args[2], os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0644); err != nil {
		panic(err)
	}
	l := &logger{f: f}
	for i := 0; i < 50; i++ {
		go func(i int) {
			for n := 0; ; n++ {
				s := fmt.Sprintf("goroutine %d line %d\n", i, n)
				if os.Args[1] == "global" {
					lineGlobal(s)
				} else {
					l.line(s)
				}
				time.Sleep(time.Millisecond)
			}
		}(i)
	}
	time.Sleep(time.Second)
	fmt.Println("ready", os.Getpid())
	for {
		time.Sleep(time.Second)
	}
}
