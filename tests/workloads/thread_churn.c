/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --makers threads (2) make threads that end at once, one after the other, until
 * --stop; then prints how many there were. Ready: the makers run.
 */
#include "workload.h"

static const char *stop;
static atomic_long made;

static void *run_nothing(void *arg)
{
	return arg;
}

FRAME void churn(void)
{
	pthread_join(start_thread(run_nothing, NULL, 65536), NULL);
	made++;
}

static void *run_maker(void *arg)
{
	set_name("maker");
	while (!stop || access(stop, F_OK))
		churn();
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "makers");
	long n = option_number(argc, argv, "makers", 2);
	pthread_t *makers = calloc((size_t)n + 1, sizeof(*makers));

	stop = w.stop;
	wait_for_go(&w);
	for (long i = 0; i < n; i++)
		makers[i] = start_thread(run_maker, NULL, 65536);
	while (!made)
		sleep_ns(1000000);
	create_file(w.ready, "");
	for (long i = 0; i < n; i++)
		pthread_join(makers[i], NULL);
	printf("{\"pid\":%d,\"created\":%ld}\n", (int)getpid(), made + n);
	return 0;
}
