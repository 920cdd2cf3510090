// SPDX-License-Identifier: GPL-2.0-or-later

package main

// Many goroutines that wait for something that never comes, and a ticker that
// notes how late it ever was: how long the program stood still.

import (
	"context"
	"flag"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"time"
)

var (
	count  = flag.Int("count", 100000, "goroutines that wait")
	leak   = flag.Int("leak", 0, "more of them, that many a second")
	serve  = flag.Bool("serve", false, "pprof's endpoint, on a port of 127.0.0.1 in the facts")
	labels = flag.Int("labels", 0, "more of them, with the pprof label request, 10 of each, and half of them with kind=odd, too")
	tick   = flag.Bool("tick", false, "measure with a ticker of 200 us")
	lateNs int64
)

//go:noinline
func waits(c chan int) int {
	return 1 + <-c
}

func grow(c chan int) {
	pause := time.Second / time.Duration(*leak)
	for {
		go waits(c)
		time.Sleep(pause)
	}
}

//go:noinline
func labelled(c chan int) int {
	return 2 + <-c
}

func startLabelled(never chan int) {
	for i := 0; i < *labels; i++ {
		set := []string{"request", strconv.Itoa(i / 10)}
		if i%2 == 1 {
			set = append(set, "kind", "odd")
		}
		pprof.Do(context.Background(), pprof.Labels(set...), func(context.Context) {
			go labelled(never)
		})
	}
}

// The longest time between two ticks; a request for it begins anew.
func watch() {
	runtime.LockOSThread()
	last := time.Now()
	for {
		time.Sleep(200 * time.Microsecond)
		now := time.Now()
		if late := now.Sub(last).Nanoseconds(); late > atomic.LoadInt64(&lateNs) {
			atomic.StoreInt64(&lateNs, late)
		}
		last = now
	}
}

func main() {
	begin()
	never := make(chan int, 0)
	for i := 0; i < *count; i++ {
		go waits(never)
	}
	startLabelled(never)
	facts := map[string]any{"count": *count}
	if *tick {
		go watch()
	}
	if *serve {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		http.HandleFunc("/late", func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(time.Duration(atomic.SwapInt64(&lateNs, 0)).String() + "\n"))
		})
		go http.Serve(l, nil)
		facts["port"] = l.Addr().(*net.TCPAddr).Port
	}
	for runtime.NumGoroutine() < *count+*labels {
		time.Sleep(time.Millisecond)
	}
	facts["goroutines"] = runtime.NumGoroutine()
	ready(facts)
	if *leak > 0 {
		go grow(never)
	}
	stay()
}
