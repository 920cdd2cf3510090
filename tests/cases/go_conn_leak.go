// go_conn_leak: a client that is never closed, as a gRPC ClientConn made for each request: five goroutines each (reader in
// IO wait, writer in select, keepalive on a timer channel, balancer and resolver on channels), 4 a second. The server
// is in the same program (accepts, and waits to read: 1 more goroutine in IO wait for each).
// mode http: http.Transport made for each request and never closed (2 goroutines each: readLoop, writeLoop).
// Run: go_conn_leak PORT grpc|http
// Perfect answer: leak: 5 goroutines a connection (+20/s), connections to 127.0.0.1:PORT are never closed (N sockets,
// +4/s), made at go_conn_leak.go:NN (newClient < request).
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

type client struct {
	c            net.Conn
	out          chan []byte
	picks, names chan int
	ctx          context.Context
}

func (t *client) reader() { b := make([]byte, 100); t.c.Read(b) }
func (t *client) loopyWriter() {
	for {
		select {
		case b := <-t.out:
			t.c.Write(b)
		case <-t.ctx.Done():
			return
		}
	}
}
func (t *client) keepalive() {
	k := time.NewTimer(time.Hour)
	select {
	case <-k.C:
	case <-t.ctx.Done():
	}
}
func (t *client) balancer() {
	for range t.picks {
	}
}
func (t *client) resolver() {
	for range t.names {
	}
}

func newClient(addr string) *client {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		panic(err)
	}
	t := &client{c: c, out: make(chan []byte), picks: make(chan int), names: make(chan int), ctx: context.Background()}
	t.ctx, _ = context.WithCancel(t.ctx)
	go t.reader()
	go t.loopyWriter()
	go t.keepalive()
	go t.balancer()
	go t.resolver()
	return t
}

func request(addr string) { newClient(addr).out <- []byte("x") }

func httpRequest(addr string) {
	c := http.Client{Transport: &http.Transport{}}
	r, err := c.Get("http://" + addr + "/")
	if err == nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}

func main() {
	addr := "127.0.0.1:" + os.Args[1]
	l, err := net.Listen("tcp", addr)
	if err != nil {
		panic(err)
	}
	if os.Args[2] == "http" {
		go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hi")) }))
	} else {
		go func() {
			for {
				c, err := l.Accept()
				if err == nil {
					go io.Copy(io.Discard, c)
				}
			}
		}()
	}
	fmt.Println("ready", os.Getpid())
	for {
		if os.Args[2] == "http" {
			httpRequest(addr)
		} else {
			request(addr)
		}
		time.Sleep(250 * time.Millisecond)
	}
}
