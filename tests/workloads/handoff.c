/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --rounds times: the thread holder locks log_mutex, lets the thread waiter
 * wait for it for --hold-ms (in contend), and unlocks. Prints what the waiter
 * measured, how often it did wait (the holder may take another wait of it for
 * that of the lock), and both TIDs.
 */
#include "workload.h"

pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

static long rounds;
static uint64_t hold_ns;
static struct calls waits;
static long waited;
static pthread_barrier_t begin, end;
static atomic_int holder, waiter, finished;
static const char *stop;

static void *run_holder(void *arg)
{
	set_name("holder");
	holder = my_tid();
	for (long i = 0; i < rounds; i++) {
		pthread_mutex_lock(&log_mutex);
		pthread_barrier_wait(&begin);
		wait_until_blocked(waiter);
		sleep_ns(hold_ns);
		pthread_mutex_unlock(&log_mutex);
		pthread_barrier_wait(&end);
	}
	finished++;
	wait_for_file(stop);
	return arg;
}

FRAME void contend(void)
{
	call_begins(&waits);
	if (pthread_mutex_trylock(&log_mutex)) {
		pthread_mutex_lock(&log_mutex);
		waited++;
	}
	call_ended(&waits);
	pthread_mutex_unlock(&log_mutex);
}

static void *run_waiter(void *arg)
{
	set_name("waiter");
	waiter = my_tid();
	for (long i = 0; i < rounds; i++) {
		pthread_barrier_wait(&begin);
		contend();
		pthread_barrier_wait(&end);
	}
	finished++;
	wait_for_file(stop);
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "rounds hold-ms");

	pthread_t threads[2];

	stop = w.stop;
	rounds = option_number(argc, argv, "rounds", 10);
	waits = calls_new((size_t)rounds);
	hold_ns = (uint64_t)option_number(argc, argv, "hold-ms", 20) * 1000000;
	pthread_barrier_init(&begin, NULL, 2);
	pthread_barrier_init(&end, NULL, 2);
	wait_for_go(&w);
	threads[0] = start_thread(run_holder, NULL, 65536);
	threads[1] = start_thread(run_waiter, NULL, 65536);
	while (finished < 2)
		sleep_ns(1000000);
	announcef(&w,
		  "{\"pid\":%d,\"rounds\":%ld,\"waited\":%ld,\"holder_tid\":%d,\"waiter_tid\":%d,%s,\"lock\":"
		  "\"log_mutex\","
		  "\"address\":\"%p\"}",
		  (int)getpid(), rounds, waited, (int)holder, (int)waiter, calls_json(&waits),
		  (void *)&log_mutex);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return 0;
}
