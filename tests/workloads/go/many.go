// SPDX-License-Identifier: GPL-2.0-or-later

package main

// Many goroutines that wait for something that never comes, and a ticker that
// notes how late it ever was: how long the program stood still.

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	count  = flag.Int("count", 100000, "goroutines that wait")
	leak   = flag.Int("leak", 0, "more of them, that many a second")
	serve  = flag.Bool("serve", false, "pprof's endpoint, on a port of 127.0.0.1 in the facts")
	labels = flag.Int("labels", 0, "more of them, with the pprof label request, 10 of each, and half of them with kind=odd, too")
	tick   = flag.Bool("tick", false, "measure with a ticker of 200 us")

	lateNs, stoppedNs int64
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

// How long this thread has waited for a CPU: second figure of schedstat.
func waited(fd int) time.Duration {
	text := make([]byte, 64)
	n, err := syscall.Pread(fd, text, 0)
	must(err)
	ns, err := strconv.ParseInt(strings.Fields(string(text[:n]))[1], 10, 64)
	must(err)
	return time.Duration(ns)
}

func raise(to *int64, d time.Duration) {
	if d.Nanoseconds() > atomic.LoadInt64(to) {
		atomic.StoreInt64(to, d.Nanoseconds())
	}
}

// The longest time between two ticks of 200 us, and the same without what the
// thread waited for a CPU, which is the load of the machine; a request begins anew.
func watch() {
	runtime.LockOSThread()
	fd, err := syscall.Open("/proc/thread-self/schedstat", syscall.O_RDONLY, 0)
	must(err)
	last, before := time.Now(), waited(fd)
	for {
		syscall.Nanosleep(&syscall.Timespec{Nsec: 200000}, nil)
		now, after := time.Now(), waited(fd)
		raise(&lateNs, now.Sub(last))
		raise(&stoppedNs, now.Sub(last)-(after-before))
		last, before = now, after
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
			fmt.Fprintln(w, float64(atomic.SwapInt64(&lateNs, 0))/1e6, float64(atomic.SwapInt64(&stoppedNs, 0))/1e6)
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
