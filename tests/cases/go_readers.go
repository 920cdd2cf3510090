// SPDX-License-Identifier: GPL-2.0-or-later
// go_readers: 12 goroutines serve one UDP socket, and 12 read from one pipe: each waits for its turn.
//
// Perfect: worth a line, and no warning: nobody is held up.
package main

import (
	"fmt"
	"net"
	"os"
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
	time.Sleep(time.Second)
	fmt.Println("ready")
	time.Sleep(1000 * time.Second)
	w.Close()
}
