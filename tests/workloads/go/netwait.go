// SPDX-License-Identifier: GPL-2.0-or-later

package main

// Goroutines that wait on descriptors: an accept, readers of connections to one
// and the same port, one that cannot write on, a Unix socket, and a pipe.

import (
	"flag"
	"io"
	"net"
	"os"
)

var (
	clients = flag.Int("clients", 5, "that read from the server")
	path    = flag.String("path", "", "of the Unix socket")
)

//go:noinline
func reads(r io.Reader) {
	var b [1]byte
	r.Read(b[:])
}

func readsTcp(c net.Conn)  { reads(c) }
func readsUnix(c net.Conn) { reads(c) }
func readsPipe(f *os.File) { reads(f) }

// Until the other end's buffer is full, and on.
func writes(c net.Conn) {
	b := make([]byte, 1<<20)
	for {
		if _, err := c.Write(b); err != nil {
			return
		}
	}
}

func accepts(l net.Listener) {
	l.Accept()
}

func dial(l net.Listener) (client, server net.Conn) {
	client, err := net.Dial(l.Addr().Network(), l.Addr().String())
	must(err)
	server, err = l.Accept()
	must(err)
	return
}

func main() {
	begin()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	kept := []any{}
	for i := 0; i < *clients; i++ {
		client, server := dial(l)
		kept = append(kept, server)
		go readsTcp(client)
	}
	client, server := dial(l)
	go writes(client)
	u, err := net.Listen("unix", *path)
	must(err)
	uc, us := dial(u)
	go readsUnix(uc)
	r, w, err := os.Pipe()
	must(err)
	go readsPipe(r)
	go accepts(l)
	ready(map[string]any{"port": l.Addr().(*net.TCPAddr).Port})
	stay()
	_, _, _, _ = kept, server, us, w
}
