/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two threads wake each other in turn through futexes, for --ms or --count round trips. */
#include "workload.h"
#include <linux/futex.h>

static _Atomic uint32_t ball; /* 0: ping's turn, 1: pong's, 2: over */

static void hand_over(uint32_t to)
{
	ball = to;
	syscall(SYS_futex, &ball, FUTEX_WAKE_PRIVATE, 2, NULL);
}

static void wait_while(uint32_t value)
{
	while (ball == value)
		syscall(SYS_futex, &ball, FUTEX_WAIT_PRIVATE, value, NULL);
}

static void *pong(void *arg)
{
	set_name("pong");
	for (;;) {
		wait_while(0);
		if (ball == 2)
			return arg;
		hand_over(0);
	}
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "ms count");
	uint64_t most = (uint64_t)option_number(argc, argv, "count", 0);
	uint64_t limit_ns = (uint64_t)option_number(argc, argv, "ms", most ? 0 : 1000) * 1000000;
	uint64_t began, n = 0;
	pthread_t other;

	wait_for_go(&w);
	other = start_thread(pong, NULL, 65536);
	began = now_ns();
	while ((!most || n < most) && (!limit_ns || now_ns() - began < limit_ns)) {
		hand_over(1);
		wait_while(1);
		n++;
	}
	double seconds = (double)(now_ns() - began) / 1e9;

	hand_over(2);
	pthread_join(other, NULL);
	announcef(&w, "{\"pid\":%d,\"count\":%llu,\"seconds\":%.6f,\"per_s\":%.1f,\"address\":\"%p\"}",
		  (int)getpid(), (unsigned long long)n, seconds, (double)n / seconds, (void *)&ball);
	wait_for_file(w.stop);
	return 0;
}
