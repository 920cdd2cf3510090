/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread that does nothing but look at the clock, beside --threads (2,000)
 * that wait for a mutex: what stops the process shows as a gap between two
 * looks. At each SIGUSR1 the largest since the last one is written to --gaps
 * FILE. Of a gap, time that the thread waited for a CPU is told apart: that is
 * the machine's load, not a stop.
 */
#include "workload.h"

#include <signal.h>

#define WORTH_A_LOOK_NS 100000 /* shorter gaps are not asked for their reason */

static pthread_mutex_t pool_mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_ullong largest, largest_stopped;

static void *wait_in_pool(void *arg)
{
	pthread_mutex_lock(&pool_mutex);
	return arg;
}

/* Second figure of schedstat: time on a run queue. Documentation/scheduler/sched-stats.rst */
static uint64_t waited_for_cpu(int fd)
{
	unsigned long long run, wait = 0;
	char text[128];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		die("schedstat");
	text[n] = '\0';
	return sscanf(text, "%llu %llu", &run, &wait) == 2 ? wait : 0;
}

static void keep_largest(atomic_ullong *of, uint64_t value)
{
	if (value > atomic_load(of))
		atomic_store(of, value);
}

static void *tick(void *arg)
{
	int fd = open("/proc/thread-self/schedstat", O_RDONLY);
	uint64_t before = now_ns(), waited = 0;

	if (fd < 0)
		die("schedstat");
	set_name("ticker");
	waited = waited_for_cpu(fd);
	for (;;) {
		uint64_t now = now_ns(), gap = now - before, more;

		before = now;
		if (gap < WORTH_A_LOOK_NS) {
			keep_largest(&largest, gap);
			keep_largest(&largest_stopped, gap);
			continue;
		}
		more = waited_for_cpu(fd);
		keep_largest(&largest, gap);
		keep_largest(&largest_stopped, gap > more - waited ? gap - (more - waited) : 0);
		waited = more;
		before = now_ns();
	}
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "threads gaps");
	size_t n = (size_t)option_number(argc, argv, "threads", 2000);
	const char *gaps = option(argc, argv, "gaps", "/dev/null");
	char text[128];
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_mutex_lock(&pool_mutex);
	for (size_t i = 0; i < n; i++)
		start_thread(wait_in_pool, NULL, 32768);
	start_thread(tick, NULL, 32768);
	while (thread_count() < (long)n + 2)
		sleep_ns(1000000);
	announcef(&w, "{\"pid\":%d,\"threads\":%zu}", (int)getpid(), n + 2);
	while (!sigwait(&set, &sig)) {
		snprintf(text, sizeof(text), "{\"gap_ns\":%llu,\"stopped_ns\":%llu}\n",
			 atomic_exchange(&largest, 0), atomic_exchange(&largest_stopped, 0));
		create_file(gaps, text);
	}
	return 1;
}
