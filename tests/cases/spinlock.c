/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pthread_spin_lock, by its argument:
 *   held    "holder" has the lock and pauses for ever; two workers spin for it
 *   busy    the same, but the holder computes for ever
 *   light   healthy: two workers take it for a moment, and compute for much longer without it
 *   pools   healthy: two workers compute in a function that is called commit_work, without any lock
 *
 * Perfect: 2 threads spin for table_lock, likely held by holder, which has been in pause for T; where it
 * runs: holder unknown, as only code that does not run can be followed. Nothing of the healthy ones.
 */
#include "case.h"
#include <stdatomic.h>
#include <time.h>

pthread_spinlock_t table_lock;
static volatile unsigned long table, sums[2];
static atomic_int started;

FRAME void compute(volatile unsigned long *sum, unsigned long rounds)
{
	for (unsigned long i = 0; i < rounds; i++)
		*sum += i * i;
}

FRAME void add_row(void)
{
	pthread_spin_lock(&table_lock);
	table++;
	pthread_spin_unlock(&table_lock);
}

static void work(void)
{
	add_row();
	sleep_on();
}

FRAME void read_table(void)
{
	pthread_spin_lock(&table_lock);
	pause();
	pthread_spin_unlock(&table_lock);
}

static void hold(void)
{
	read_table();
}

FRAME void sum_up(void)
{
	pthread_spin_lock(&table_lock);
	started = 1;
	while (started)
		compute(&sums[0], 1000);
	pthread_spin_unlock(&table_lock);
}

static void compute_held(void)
{
	sum_up();
}

static void work_lightly(void)
{
	volatile unsigned long *sum = &sums[started++ & 1];

	for (;;) {
		add_row();
		compute(sum, 20000);
	}
}

FRAME void commit_work(volatile unsigned long *sum)
{
	for (;;)
		compute(sum, 1000);
}

static void commit(void)
{
	commit_work(&sums[started++ & 1]);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "held";
	pid_t holder = 0;

	if (pthread_spin_init(&table_lock, PTHREAD_PROCESS_PRIVATE))
		return 2;
	if (!strcmp(how, "held"))
		holder = start_blocked("holder", hold);
	else if (!strcmp(how, "busy"))
		holder = start_named("holder", compute_held);
	while (!strcmp(how, "busy") && !started)
		sleep_ns(1000000);
	for (int i = 0; i < 2; i++)
		start_named("worker", holder ? work : strcmp(how, "light") ? commit : work_lightly);
	while (clock() < CLOCKS_PER_SEC / 20) /* CPU time: they spin by then */
		sleep_ns(10000000);
	tell("ready holder=%d", (int)holder);
	sleep_on();
}
