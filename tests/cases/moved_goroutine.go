// SPDX-License-Identifier: GPL-2.0-or-later

// moved_goroutine FILE: a supervisor. One goroutine copies the output of a child, whose lines come in two parts,
// into FILE; two others work a little, so that Go moves it from thread to thread.
//
// Perfect: nothing is torn, because one goroutine writes.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

const child = `while :; do printf 'step ... '; sleep 0.01; echo done; sleep 0.01; done`

// A file that io.Copy cannot hand to the kernel.
type plain struct{ io.Writer }

func work() {
	for {
		for t := time.Now(); time.Since(t) < 200*time.Microsecond; {
		}
		time.Sleep(3 * time.Millisecond)
	}
}

func main() {
	f, err := os.OpenFile(os.Args[1], os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	c := exec.Command("sh", "-c", child)
	out, err := c.StdoutPipe()
	if err != nil {
		panic(err)
	}
	if err := c.Start(); err != nil {
		panic(err)
	}
	go io.Copy(plain{f}, out)
	go work()
	go work()
	time.Sleep(300 * time.Millisecond)
	fmt.Println("ready")
	c.Wait()
}
