// go_timers: timers that nobody stops, 100 a second.
// mode leak: they only come, of time.AfterFunc.
// mode held: some of each kind, then none any more, beside stopped ones.
// mode ends: as many come, and each is stopped or ends at once.
// Run: go_timers leak|held|ends
// Perfect answer: 300 tickers, 200 that run main.expire, ...; +100/s, of main.expire. Who created them the runtime does not
// keep.
package main

import (
	"fmt"
	"os"
	"time"
)

func expire() {}

// From Go 1.23 on a ticker is in a heap only while somebody waits for it.
func wait(c <-chan time.Time) { <-c }

func held() {
	for i := 0; i < 300; i++ {
		go wait(time.NewTicker(time.Hour).C)
	}
	for i := 0; i < 200; i++ {
		time.AfterFunc(time.Hour, expire)
	}
	for i := 0; i < 100; i++ {
		go wait(time.NewTimer(time.Hour).C)
	}
	for i := 0; i < 50; i++ {
		time.AfterFunc(time.Hour, expire).Stop()
	}
	for i := 0; i < 7; i++ {
		go time.Sleep(time.Hour)
	}
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready", os.Getpid())
	select {}
}

func main() {
	if os.Args[1] == "held" {
		held()
	}
	fmt.Println("ready", os.Getpid())
	for {
		for i := 0; i < 10; i++ {
			t := time.AfterFunc(time.Hour, expire)
			if os.Args[1] == "ends" {
				t.Stop()
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
}
