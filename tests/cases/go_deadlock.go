// go_deadlock: goroutines blocked for ever on Go's own locks, while main ticks (so Go's own deadlock detector is silent).
// Run: go_deadlock abba|rwlock|wg|cond|nilchan|select|self|all
// Perfect answer: abba: "deadlock: goroutine A holds mutex X (locked at main.ab, line) and waits for Y, which goroutine B
// holds, who waits for X"; rwlock: "goroutine R waits in RLock behind writer W, who waits for R's own first RLock";
// wg: waits for N more Done; nilchan/select: "waits for ever: nil channel / select with no cases: can never go on".
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

var a, b, s sync.Mutex
var rw sync.RWMutex
var wg sync.WaitGroup

func ab() { a.Lock(); time.Sleep(200 * time.Millisecond); b.Lock() }
func ba() { b.Lock(); time.Sleep(200 * time.Millisecond); a.Lock() }

func reader() { rw.RLock(); time.Sleep(300 * time.Millisecond); rw.RLock() }
func writer() { time.Sleep(100 * time.Millisecond); rw.Lock() }

func main() {
	w := os.Args[1]
	is := func(n string) bool { return w == n || w == "all" }
	if is("abba") {
		go ab()
		go ba()
	}
	if is("rwlock") {
		go reader()
		go writer()
	}
	if is("wg") {
		wg.Add(3)
		go func() { wg.Wait() }()
	}
	if is("cond") {
		c := sync.NewCond(&sync.Mutex{})
		go func() { c.L.Lock(); c.Wait() }()
	}
	if is("nilchan") {
		var c chan int
		go func() { <-c }()
		go func() { c <- 1 }()
	}
	if is("select") {
		go func() { select {} }()
	}
	if is("self") {
		go func() { s.Lock(); s.Lock() }()
	}
	time.Sleep(time.Second)
	fmt.Println("ready", os.Getpid())
	for {
		time.Sleep(time.Second)
	}
}
