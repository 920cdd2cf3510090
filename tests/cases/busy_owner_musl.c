/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Healthy: "indexer" computes for some seconds with a recursive mutex held, and three workers wait for the
 * result. In musl a recursive mutex has its owner's TID, a plain one has not.
 *
 * Perfect: who waits for whom, since when, and that the owner runs; as information, for it makes progress.
 */
#include "case.h"

pthread_mutex_t index_mutex;
static volatile unsigned long sum;

FRAME void build_index(void)
{
	for (;;)
		for (unsigned long i = 0; i < 1000000; i++)
			sum = sum + i * i;
}

static void index_all(void)
{
	pthread_mutex_lock(&index_mutex);
	build_index();
}

static void work(void)
{
	pthread_mutex_lock(&index_mutex);
	pthread_mutex_unlock(&index_mutex);
}

int main(void)
{
	pthread_mutexattr_t recursive;

	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&index_mutex, &recursive);
	start_named("indexer", index_all);
	sleep_ns(100000000);
	for (int i = 0; i < 3; i++)
		start_blocked("worker", work);
	sleep_ns(1200000000);
	tell("ready");
	sleep_on();
}
