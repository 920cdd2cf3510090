// SPDX-License-Identifier: GPL-2.0-or-later

// What blocked.go has beside when C is in it: a call of C that blocks, Go called
// back by C, and Go called by a thread that C made.
package main

/*
#include <pthread.h>
#include <unistd.h>

extern int blockInGo(int);

static void pauseInC(void) { for (;;) pause(); }
static int callBack(int n) { return blockInGo(n) + 1; }
static void *onThread(void *arg) { blockInGo(2); return arg; }
static void startThread(void) { pthread_t t; pthread_create(&t, 0, onThread, 0); }
*/
import "C"

var never = make(chan int)

//export blockInGo
func blockInGo(n C.int) C.int { return C.int(<-never) + n }

func init() {
	more = func() {
		go C.pauseInC()
		go func() { C.callBack(1) }()
		C.startThread()
	}
}
