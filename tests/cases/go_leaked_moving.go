// go_leaked_moving: healthy. Workers wait on channels that only moving structures have: a list and a map that
// are copied and replaced each millisecond, a copied slice, and a pool whose idle workers hand in their channel.
// Perfect answer: no goroutine is leaked, however the memory changes while it is read.
package main

import (
	"fmt"
	"math/rand"
	"sync/atomic"
	"time"
)

const count = 500

type node struct {
	c    chan int
	pad  [4]*int
	next *node
}

type all struct {
	list *node
	tree map[int]*node
	flat []chan int
}

var current atomic.Value

func work(c chan int) {
	for range c {
	}
}

func start() chan int {
	c := make(chan int)
	go work(c)
	return c
}

func replace() {
	old, fresh := current.Load().(*all), &all{tree: map[int]*node{}}

	for n := old.list; n != nil; n = n.next {
		fresh.list = &node{c: n.c, next: fresh.list}
	}
	for k, n := range old.tree {
		fresh.tree[k] = &node{c: n.c}
	}
	fresh.flat = append(fresh.flat, old.flat...)
	rand.Shuffle(len(fresh.flat), func(i, j int) {
		fresh.flat[i], fresh.flat[j] = fresh.flat[j], fresh.flat[i]
	})
	current.Store(fresh)
}

func main() {
	first := &all{tree: map[int]*node{}}
	pool := make(chan chan int, count)

	for i := 0; i < count; i++ {
		first.list = &node{c: start(), next: first.list}
		first.tree[i] = &node{c: start()}
		first.flat = append(first.flat, start())
		go func(c chan int) {
			for {
				pool <- c
				<-c
			}
		}(make(chan int))
	}
	current.Store(first)
	first = nil
	go func() {
		for c := range pool {
			time.Sleep(50 * time.Microsecond)
			c <- 1
		}
	}()
	fmt.Println("ready")
	for {
		replace()
		time.Sleep(time.Millisecond)
	}
}
