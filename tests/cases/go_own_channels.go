// go_own_channels: 40,000 goroutines, each blocked sending the result on its OWN unbuffered channel; the receiver gave up
// (time-out) and has ended. They stay as they are. The sender's function is called logResult (it is no logger's queue).
// Run: go_own_channels [N]
// Perfect answer: one group of N with creator; "N goroutines wait to send, each on a channel of its own that nobody
// receives from"; no log-queue-full, no list of channels.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func logResult(c chan int, v int) { c <- v }

func call(v int) {
	c := make(chan int)
	go logResult(c, v)
	select {
	case <-c:
	case <-time.After(0):
	}
}

func main() {
	n := 40000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	for i := 0; i < n; i++ {
		c := make(chan int)
		go logResult(c, i)
	}
	time.Sleep(time.Second)
	fmt.Println("ready", os.Getpid())
	for {
		time.Sleep(time.Second)
	}
}
