// name_server_go RESOLVER SERVER: eight goroutines look up names, in a network of the program's own, whose name
// server is 127.0.0.66. RESOLVER: go (asks itself) or cgo (the C library's, in threads). SERVER: silent, or
// answers that there is no such name.
//
// Perfect, of go: 8 goroutines have waited T for an answer of the name server 127.0.0.66:53, to resolve names, in
// main.connect; of cgo: the same of 8 threads; of a server that answers: nothing.
package main

// int one(void) { return 1; }
import "C"

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func again() { // in a network and with an /etc/resolv.conf of its own
	c := exec.Command("/proc/self/exe", os.Args[1:]...)
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS,
		Pdeathsig: syscall.SIGKILL}
	c.Env = append(os.Environ(), "INSIDE=1", "GODEBUG=netdns="+os.Args[1])
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	must(c.Run())
}

func serve(answers bool) {
	s, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 66), Port: 53})
	must(err)
	buf := make([]byte, 512)
	for {
		n, from, err := s.ReadFromUDP(buf)
		must(err)
		if answers && n > 12 {
			buf[2], buf[3] = 0x81, 0x83 // a response: NXDOMAIN
			s.WriteToUDP(buf[:n], from)
		}
	}
}

func connect(name string) {
	for {
		net.DefaultResolver.LookupIPAddr(context.Background(), name)
		time.Sleep(time.Millisecond)
	}
}

func main() {
	if os.Getenv("INSIDE") == "" {
		again()
	}
	must(os.WriteFile("resolv.conf", []byte("nameserver 127.0.0.66\noptions timeout:25 attempts:3\n"), 0644))
	must(syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	must(syscall.Mount("resolv.conf", "/etc/resolv.conf", "", syscall.MS_BIND, ""))
	must(exec.Command("ip", "link", "set", "lo", "up").Run())
	go serve(os.Args[2] == "answers")
	time.Sleep(100 * time.Millisecond)
	for i := 0; i < 8; i++ {
		go connect(fmt.Sprintf("db%d.example.com", i))
	}
	time.Sleep(1200 * time.Millisecond)
	fmt.Printf("ready pid=%d\n", os.Getpid())
	for {
		time.Sleep(time.Hour)
	}
}
