// SPDX-License-Identifier: GPL-2.0-or-later

package main

// Panics of every kind of value, recovered; or, with --die, one of them and then, from the same place and once
// --stop is there, one that is not.

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"time"
)

type code int

type failure struct{ what string }

func (f *failure) Error() string { return "failed to " + f.what }

type pair struct{ a, b int }

var (
	die   = flag.String("die", "", "end by a panic with: text, error, custom, nil, other (of a goroutine), again (in a "+
		"deferred function); by a fatal error: maps, overflow; or exit: with status 3")
	times = flag.Int("times", 0, "panic that often, recovered, and do nothing else")
	slow  = flag.Duration("slow", 0, "a deferred function takes that long")
	empty []int
	none  *pair
	zero  int
	table map[string]int
)

//go:noinline
func level2(f func()) { f(); zero = 0 }

//go:noinline
func level1(f func()) { level2(f); zero = 0 }

//go:noinline
func recovered(f func()) {
	defer func() { recover() }()
	level1(f)
}

//go:noinline
func deep(n int, f func()) {
	var room [64]byte
	if n == 0 {
		f()
		return
	}
	deep(n-1, f)
	room[n%64] = 1
}

func inGoroutine(f func()) int {
	id := make(chan int)
	done := make(chan bool)
	go func() {
		id <- goid()
		recovered(f)
		done <- true
	}()
	number := <-id
	<-done
	return number
}

func every() {
	recovered(func() { panic("plain text") })
	recovered(func() { panic(errors.New("an error")) })
	recovered(func() { panic(fmt.Errorf("wrapped: %w", os.ErrClosed)) })
	recovered(func() { panic(&failure{"open"}) })
	recovered(func() { panic(code(42)) })
	recovered(func() { panic(2.5) })
	recovered(func() { panic(true) })
	recovered(func() { panic(pair{1, 2}) })
	recovered(func() { empty[zero+5]++ })
	recovered(func() { empty = empty[zero+3 : zero+2] })
	recovered(func() { none.a = 1 })
	recovered(func() { zero = 1 / zero })
	recovered(func() { table["x"] = 1 })
	recovered(func() { close((chan int)(nil)) })
	// Two in one: the second takes the place of the first.
	recovered(func() {
		defer func() { panic("second") }()
		panic("first")
	})
	// Recovered inside of the deferred function of another.
	recovered(func() {
		defer func() { recovered(func() { panic("inner") }) }()
		panic("outer")
	})
}

var shared = map[int]int{}

func writeMap() {
	for {
		shared[1]++
	}
}

//go:noinline
func overflow(n int) int {
	return overflow(n+1) + n
}

//go:noinline
func again() {
	defer func() {
		panic(fmt.Sprintf("again: %v", recover()))
	}()
	level1(func() { panic("first of two") })
}

func main() {
	begin()
	if *times > 0 {
		start := time.Now()
		for i := 0; i < *times; i++ {
			recovered(func() { panic(i) })
		}
		ready(map[string]any{"goid": goid(), "ns_each": time.Since(start).Nanoseconds() / int64(*times)})
		stay()
		return
	}
	if *slow > 0 {
		recovered(func() {
			defer time.Sleep(*slow)
			panic("slow to end")
		})
	} else if *die == "" {
		every()
	} else {
		recovered(func() { level1(func() { panic("before the end") }) })
	}
	other := inGoroutine(func() { panic("in another") })
	// On a small stack: it has to grow at the panic's own frame, sooner or later.
	for n := 0; n < 40; n++ {
		inGoroutine(func() { deep(n, func() { panic("deep") }) })
	}
	ready(map[string]any{"goid": goid(), "other": other, "deep": 40})
	if *die != "" {
		stay()
	}
	switch *die {
	case "text":
		level1(func() { panic("the end") })
	case "error":
		level1(func() { panic(fmt.Errorf("no way: %w", &failure{"go on"})) })
	case "custom":
		level1(func() { panic(&failure{"live"}) })
	case "nil":
		level1(func() { none.b = 1 })
	case "other":
		go level1(func() { panic("of another") })
		time.Sleep(time.Hour)
	case "again":
		again()
	case "maps":
		for i := 0; i < 4; i++ {
			go writeMap()
		}
		time.Sleep(time.Hour)
	case "overflow":
		fmt.Println(overflow(1))
	case "exit":
		os.Exit(3)
	}
	stay()
}
