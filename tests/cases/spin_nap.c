/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ten threads want a spin lock of their own and nap for 50 us between two tries; its holder, "holder", sleeps
 * in read of a pipe.
 *
 * Perfect: 10 threads wait in spin_lock < take_job, a lock of their own whose owner is unknown; the holder is
 * not shown as idle.
 */
#include "case.h"
#include <stdatomic.h>

static atomic_int word;
static int ends[2];

FRAME void spin_lock(void)
{
	while (atomic_exchange(&word, 1))
		usleep(50);
}

FRAME void take_job(void)
{
	spin_lock();
	atomic_store(&word, 0);
}

static void work(void)
{
	take_job();
}

static void hold(void)
{
	char byte;

	spin_lock();
	while (read(ends[0], &byte, 1) < 0)
		;
}

int main(void)
{
	if (pipe(ends))
		return 2;
	start_blocked("holder", hold);
	for (int i = 0; i < 10; i++)
		start_named("worker", work);
	sleep_ns(300000000);
	tell("ready");
	sleep_on();
}
