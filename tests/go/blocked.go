// SPDX-License-Identifier: GPL-2.0-or-later

// Goroutines in every way there is to block, for tests: each line on standard
// input is answered with all goroutines as Go itself prints them ("count": how
// many), and a line "END". With -n N, N more of them wait to receive.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

type shape interface{ area(c chan int) int }

type square struct{ side int }

// Called through a pointer wrapper of the compiler's.
func (s square) area(c chan int) int { return s.side + <-c }

func generic[T any](v T, c chan T) { c <- v }

func inlinedInner(c chan int) { <-c }
func inlinedOuter(c chan int) { inlinedInner(c) }

//go:noinline
func callsInlined(c chan int) { inlinedOuter(c) }

//go:noinline
func deep(n int, c chan int) int {
	if n == 0 {
		return <-c
	}
	return deep(n-1, c) + 1
}

func inDefer(c chan int) {
	defer func() {
		recover()
		<-c
	}()
	panic("blocked while it panics")
}

func inSignalPanic(c chan int, p *int) {
	defer func() { <-c }()
	*p = 1
}

func sender(c chan [3]int)    { c <- [3]int{} }
func receiver(c chan int)     { <-c }
func full(c chan string)      { c <- "more" }
func locker(m *sync.Mutex)    { m.Lock() }
func rLocker(m *sync.RWMutex) { m.RLock() }
func wLocker(m *sync.RWMutex) { m.Lock() }
func selector(a, b chan int) {
	select {
	case <-a:
	case b <- 1:
	case <-make(chan bool):
	}
}

func main() {
	n := flag.Int("n", 0, "more goroutines that wait to receive")
	flag.Parse()
	var (
		mutex   sync.Mutex
		rw      sync.RWMutex
		held    sync.RWMutex
		group   sync.WaitGroup
		once    sync.Once
		cond    = sync.NewCond(&sync.Mutex{})
		forever = make(chan int)
		queue   = make(chan string, 3)
		nilRecv chan int
		nilSend chan int
	)
	mutex.Lock()
	rw.Lock()
	held.RLock()
	group.Add(1)
	for i := 0; i < 3; i++ {
		queue <- "full"
	}
	go receiver(forever)
	go sender(make(chan [3]int))
	go full(queue)
	go full(queue)
	go receiver(nilRecv)
	go func() { nilSend <- 1 }()
	go selector(make(chan int), make(chan int, 0))
	go func() { select {} }()
	go time.Sleep(time.Hour)
	go locker(&mutex)
	go locker(&mutex)
	go rLocker(&rw)
	go wLocker(&held)
	go group.Wait()
	go func() {
		cond.L.Lock()
		cond.Wait()
	}()
	go once.Do(func() { <-forever })
	go func() {
		time.Sleep(time.Millisecond)
		once.Do(func() {})
	}()
	var s shape = &square{4}
	go s.area(forever)
	go generic("text", make(chan string))
	go callsInlined(forever)
	go deep(20, forever)
	go deep(300, forever)
	go inDefer(forever)
	go func() {
		defer func() { recover() }()
		inSignalPanic(forever, nil)
	}()
	go func() {
		runtime.LockOSThread()
		<-forever
	}()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		c, _ := listener.Accept()
		<-forever
		c.Close() // or it would be closed as garbage
	}()
	go func() {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			panic(err)
		}
		c.Read(make([]byte, 1))
	}()
	var pipe [2]int
	syscall.Pipe(pipe[:])
	go syscall.Read(pipe[0], make([]byte, 1))
	r, w, _ := os.Pipe()
	go func() {
		r.Read(make([]byte, 1))
		<-forever
		r.Close()
	}()
	go func() {
		for {
			if _, err := w.Write(make([]byte, 65536)); err != nil {
				return
			}
		}
	}()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() { <-signals }()
	timer := time.NewTimer(time.Hour)
	go func() { <-timer.C }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	go func() { <-ctx.Done() }()
	pprof.Do(context.Background(), pprof.Labels("request", "42", "user", "some one"), func(context.Context) {
		go func() { <-forever }()
	})
	go func() {
		object := new([1000]int)
		runtime.SetFinalizer(object, func(*[1000]int) { <-forever })
		object = nil
		runtime.GC()
		<-forever
	}()
	more()
	for i := 0; i < *n; i++ {
		go receiver(forever)
	}
	time.Sleep(200 * time.Millisecond)
	runtime.GC()
	runtime.GC()
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "count" {
			fmt.Printf("%d\nEND\n", runtime.NumGoroutine())
			continue
		}
		pprof.Lookup("goroutine").WriteTo(os.Stdout, 2)
		fmt.Print("\nEND\n")
	}
}

// For what only some ways of building have.
var more = func() {}
