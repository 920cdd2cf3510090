// go_exec_pipe: four commands a second, whose output is read from a pipe. Each command ends at once.
// mode stays: it leaves a process behind that has inherited the pipe, so the output never ends: two goroutines for
// each, one that reads (IO wait) and one in os/exec.(*Cmd).Wait.
// mode own: the write end of a pipe is kept by the program itself, and one goroutine reads from it.
// mode stdin: it leaves one behind that does not read its input, of which more is given than a pipe holds.
// mode ends: nothing is left behind.
// Run: go_exec_pipe stays|own|stdin|ends
// Perfect answer: N goroutines read from pipes, write ends held by sleep (PID), ..., made at go_exec_pipe.go:NN, +4/s.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"time"
)

func output(script string) {
	exec.Command("sh", "-c", script).Output()
}

func read(r *os.File) {
	r.Read(make([]byte, 1))
}

func main() {
	var kept []*os.File
	fmt.Println("ready", os.Getpid())
	for n := 1; ; n++ {
		switch os.Args[1] {
		case "stays":
			go output("sleep 1000 2>/dev/null & echo started")
		case "ends":
			go output("echo started")
		case "stdin":
			c := exec.Command("sh", "-c", "exec 3<&0; sleep 1000 <&3 3<&- &")
			c.Stdin = bytes.NewReader(make([]byte, 1<<20))
			go c.Run()
		case "own":
			r, w, _ := os.Pipe()
			kept = append(kept, w)
			go read(r)
		}
		fmt.Printf("commands=%d\n", n)
		time.Sleep(250 * time.Millisecond)
	}
}
