// SPDX-License-Identifier: GPL-2.0-or-later

// torn_goroutines FILE: two goroutines write their lines into FILE in parts.
//
// Perfect: lines are torn, and a sentence that says so.
package main

import (
	"fmt"
	"os"
	"time"
)

func work(f *os.File, name string) {
	for i := 0; ; i++ {
		fmt.Fprintf(f, "%s: request %d ", name, i)
		time.Sleep(100 * time.Microsecond) // it takes a while
		fmt.Fprintln(f, "took a while")
	}
}

func main() {
	f, err := os.OpenFile(os.Args[1], os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	fmt.Println("ready")
	go work(f, "first")
	work(f, "second")
}
