// SPDX-License-Identifier: GPL-2.0-or-later

// Stacks that never rest, for tests: goroutines that grow and shrink their
// stacks, wait a moment at every depth, come and go, while the collector runs all
// the time. Every stack of a worker is, from inside: something of the runtime's or
// time's, then even and odd in turns, then worker.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"time"
)

var wake = make(chan int)

//go:noinline
func even(n int, pad [64]byte) byte {
	rest(n)
	if n <= 0 {
		return pad[0]
	}
	return odd(n-1, pad) + pad[n%64]
}

//go:noinline
func odd(n int, pad [64]byte) byte {
	rest(n)
	if n <= 0 {
		return pad[1]
	}
	return even(n-1, pad) + pad[n%64]
}

//go:noinline
func rest(n int) {
	switch n % 7 {
	case 0:
		runtime.Gosched()
	case 3:
		select {
		case <-wake:
		case wake <- n:
		case <-time.After(time.Duration(rand.Intn(3)) * time.Millisecond):
		}
	case 5:
		if rand.Intn(500) == 0 { // long enough to be seen twice at the same place
			time.Sleep(time.Duration(rand.Intn(300)) * time.Millisecond)
		}
	}
}

func worker(rounds int) {
	for i := 0; i < rounds; i++ {
		even(rand.Intn(120), [64]byte{})
	}
	go worker(1 + rand.Intn(20)) // another one in its place
}

func main() {
	for i := 0; i < 2000; i++ {
		go worker(1 + rand.Intn(20))
	}
	go func() {
		for {
			runtime.GC()
		}
	}()
	fmt.Println("ready")
	os.Stdin.Read(make([]byte, 1))
}
