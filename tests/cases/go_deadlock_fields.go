// go_deadlock_fields: three accounts, each with a lock of its own; three transfers lock them in a circle, one of them by
// a deferred Unlock, the next one by way of a pointer in a variable. Others wait behind. 40 goroutines receive from a
// channel that nobody has made.
// Perfect answer: "likely deadlock of 3 goroutines: ... in main.transfer has locked ...; 5 more wait behind"; "40
// goroutines can never go on: they receive from a nil channel".
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

type account struct {
	name string
	mu   sync.Mutex
	sum  int
}

var first = &account{name: "first"}

func transfer(from, to *account) {
	from.mu.Lock()
	defer from.mu.Unlock()
	time.Sleep(200 * time.Millisecond)
	to.mu.Lock()
	defer to.mu.Unlock()
	from.sum--
	to.sum++
}

func fromFirst(to *account) {
	first.mu.Lock()
	time.Sleep(200 * time.Millisecond)
	to.mu.Lock()
	first.sum--
	to.sum++
	to.mu.Unlock()
	first.mu.Unlock()
}

type service struct{ done chan struct{} }

func (s *service) wait() { <-s.done }

func main() {
	second, third := &account{name: "second"}, &account{name: "third"}
	go fromFirst(second)
	go transfer(second, third)
	go transfer(third, first)
	time.Sleep(100 * time.Millisecond)
	for i := 0; i < 5; i++ {
		go transfer(second, first)
	}
	s := &service{}
	for i := 0; i < 40; i++ {
		go s.wait()
	}
	time.Sleep(500 * time.Millisecond)
	fmt.Println("ready", os.Getpid())
	for {
		time.Sleep(time.Second)
	}
}
