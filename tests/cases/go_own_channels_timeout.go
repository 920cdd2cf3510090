// go_own_channels_timeout: 300 calls with a time-out, whose callers have given up: each answer is sent as a struct to
// a channel of its caller's, without a buffer.
// Perfect answer: one line, "300 goroutines blocked sending, each on a channel of its own", no list of channels.
package main

import (
	"fmt"
	"os"
	"time"
)

type answer struct {
	value int
	err   error
}

func fetch(out chan<- answer, v int) {
	time.Sleep(50 * time.Millisecond)
	out <- answer{value: v}
}

func call(v int) (answer, bool) {
	out := make(chan answer)
	go fetch(out, v)
	select {
	case a := <-out:
		return a, true
	case <-time.After(time.Millisecond):
		return answer{}, false
	}
}

func main() {
	for i := 0; i < 300; i++ {
		call(i)
	}
	time.Sleep(300 * time.Millisecond)
	fmt.Println("ready", os.Getpid())
	for {
		time.Sleep(time.Second)
	}
}
