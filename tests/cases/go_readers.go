// SPDX-License-Identifier: GPL-2.0-or-later
// go_readers: 12 goroutines serve one UDP socket, 12 read from one pipe, and 12 take turns, by a mutex that their
// closure has captured, at a channel: each waits for its turn.
//
// Perfect: worth a line, and no warning: nobody is held up.
package main

import (
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

func serve(c *net.UDPConn) {
	packet := make([]byte, 1500)
	for {
		c.ReadFromUDP(packet)
	}
}

func read(r *os.File) {
	line := make([]byte, 80)
	for {
		r.Read(line)
	}
}

func main() {
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	r, w, _ := os.Pipe()
	for i := 0; i < 12; i++ {
		go serve(c)
		go read(r)
	}
	var turn sync.Mutex
	jobs := make(chan int)
	for i := 0; i < 12; i++ {
		go func() {
			for {
				turn.Lock()
				job := <-jobs
				turn.Unlock()
				fmt.Println(job)
			}
		}()
	}
	time.Sleep(time.Second)
	fmt.Println("ready")
	time.Sleep(1000 * time.Second)
	w.Close()
	jobs <- 1
}
