// SPDX-License-Identifier: GPL-2.0-or-later

package main

// What all Go workloads share: the options of workload.h, with the same meaning.

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

var (
	upFile    = flag.String("up", "", "created when the program waits for --go")
	goFile    = flag.String("go", "", "nothing is done before this file appears")
	readyFile = flag.String("ready", "", "created, with facts as JSON, when all is done")
	stopFile  = flag.String("stop", "", "the program ends when this file appears")
)

func awaitFile(name string) {
	for {
		if _, err := os.Stat(name); err == nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// begin reads the options and waits for --go.
func begin() {
	flag.Parse()
	if *upFile != "" {
		must(os.WriteFile(*upFile, nil, 0o644))
	}
	if *goFile != "" {
		awaitFile(*goFile)
	}
}

// ready tells the facts. The file appears whole.
func ready(facts map[string]any) {
	facts["pid"] = os.Getpid()
	facts["go"] = runtime.Version()
	text, err := json.Marshal(facts)
	must(err)
	fmt.Println(string(text))
	if *readyFile != "" {
		must(os.WriteFile(*readyFile+".new", append(text, '\n'), 0o644))
		must(os.Rename(*readyFile+".new", *readyFile))
	}
}

// stay keeps the process until --stop.
func stay() {
	if *stopFile == "" {
		for {
			time.Sleep(time.Hour)
		}
	}
	awaitFile(*stopFile)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// goid is the number of the goroutine that calls, as Go prints it.
func goid() int {
	text := make([]byte, 64)
	text = text[:runtime.Stack(text, false)]
	number, err := strconv.Atoi(string(bytes.Fields(text)[1]))
	must(err)
	return number
}
