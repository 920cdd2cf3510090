// go_leaked: goroutines that nobody can wake, beside as many that somebody can: on channels and locks that a
// variable, a map, an interface, a closure, a timer, a finalizer, a full channel or another goroutine still
// has. Prints how many are leaked of each kind.
// Perfect answer: exactly those are leaked, with what they wait for and where they were created.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"time"
)

const each = 12

type box struct {
	before [3]int
	c      chan int
}

type stopper struct{ inner *box }

type waker interface{ wake() }

func (b *box) wake() { b.c <- 1 }

var (
	global     = make(chan int)
	globalLock sync.Mutex
	byName     = map[string]chan int{}
	behind     waker
	function   func()
	kept       *stopper
	pool       = make(chan chan int, 1)
	condition  = sync.NewCond(&sync.Mutex{})
	timers     []*time.Timer
)

// ---- leaked ----

func receive(c chan int) { <-c }
func send(c chan int)    { c <- 1 }
func choose(a, b chan int) {
	select {
	case <-a:
	case b <- 1:
	}
}
func lock(mu *sync.Mutex)      { mu.Lock() }
func readLock(m *sync.RWMutex) { m.RLock() }
func group(wg *sync.WaitGroup) { wg.Wait() }
func cond(c *sync.Cond)        { c.L.Lock(); c.Wait() }

//go:noinline
func pair() {
	// Each has the channel of the other, and nobody else has either.
	a, b := make(chan int), make(chan int)
	go func() { <-a; b <- 1 }()
	go func() { <-b; a <- 1 }()
}

//go:noinline
func leak() {
	go receive(make(chan int))
	go send(make(chan int))
	go choose(make(chan int), make(chan int))
	mu := &struct {
		sync.Mutex
		p *int
	}{}
	mu.Lock()
	go lock(&mu.Mutex)
	rw := &struct {
		sync.RWMutex
		p *int
	}{}
	rw.Lock()
	go readLock(&rw.RWMutex)
	wg := &struct {
		sync.WaitGroup
		p *int
	}{}
	wg.Add(1)
	go group(&wg.WaitGroup)
	go cond(sync.NewCond(&sync.Mutex{}))
	pair()
}

// ---- not leaked ----

func reached(c chan int) { <-c }
func reachedSelect(a, b chan int) {
	select {
	case <-a:
	case <-b:
	}
}
func reachedLock(mu *sync.Mutex) { mu.Lock() }
func reachedCond(c *sync.Cond)   { c.L.Lock(); c.Wait() }
func reachedDone(c chan int) {
	select {
	case <-c:
	case <-time.After(time.Hour):
	}
}

//go:noinline
func keep(i int) int {
	go reached(global)
	go reachedLock(&globalLock)
	go reachedCond(condition)
	m := make(chan int)
	byName[fmt.Sprint("of ", i)] = m
	go reachedSelect(make(chan int), m)
	go reachedDone(make(chan int))
	return 5
}

//go:noinline
func keepOnce() int {
	b := &box{c: make(chan int)}
	behind = b
	go reached(b.c)

	f := make(chan int)
	function = func() { f <- 1 }
	go reached(f)

	t := make(chan int)
	timers = append(timers, time.NewTimer(time.Hour))
	time.AfterFunc(time.Hour, func() { close(t) })
	go reached(t)

	// Nobody has the stopper, but its finalizer closes the channel.
	s := &stopper{inner: &box{c: make(chan int)}}
	kept = s
	go reached(s.inner.c)
	runtime.SetFinalizer(s, func(s *stopper) { close(s.inner.c) })
	kept = nil

	// Only the buffer of a channel has it.
	idle := make(chan int)
	pool <- idle
	go reached(idle)

	// A sleeping goroutine has it, and a chain of three hangs on that one.
	first, second, third := make(chan int), make(chan int), make(chan int)
	go func() { time.Sleep(time.Hour); first <- 1 }()
	go func() { <-first; second <- 1 }()
	go func() { <-second; third <- 1 }()
	go reached(third)

	// A goroutine that reads from a pipe has it.
	r, _, _ := os.Pipe()
	piped := make(chan int)
	go func() { r.Read(make([]byte, 1)); close(piped) }()
	go reached(piped)
	return 11 - 2
}

//go:noinline
func clear(n int) int {
	var big [4096]byte
	for i := range big {
		big[i] = byte(n)
	}
	if n > 0 {
		return clear(n-1) + int(big[n])
	}
	return 0
}

func main() {
	globalLock.Lock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; i < each; i++ {
			leak()
			keep(i)
		}
		keepOnce()
		clear(8)
	}()
	<-done
	time.Sleep(100 * time.Millisecond)
	clear(4)
	fmt.Printf("ready leaked=%d each=%d\n", 9*each, each)
	judge()
}

// On request, Go's own count, from its collector (1.27 on).
func judge() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	for range asked {
		var text strings.Builder
		p := pprof.Lookup("goroutineleak")
		if p == nil {
			fmt.Println("judge=none")
			continue
		}
		p.WriteTo(&text, 1)
		fmt.Println("judge=" + strings.Fields(text.String())[3])
	}
}
