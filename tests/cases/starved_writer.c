/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 4 readers take cache_lock in turns, so that one of them always has it: a reader leaves only while another
 * has it. The writer never gets it, as the library lets readers in while a writer waits.
 *
 * Perfect: the writer has waited T for cache_lock, which readers took N times meanwhile.
 */
#include "case.h"

static pthread_rwlock_t cache_lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t turns = PTHREAD_MUTEX_INITIALIZER;
static int inside;

static bool may_leave(void)
{
	bool others;

	pthread_mutex_lock(&turns);
	others = inside > 1;
	inside -= others;
	pthread_mutex_unlock(&turns);
	return others;
}

static void use_cache(void)
{
	unsigned int seed = (unsigned int)my_tid();

	for (;;) {
		pthread_rwlock_rdlock(&cache_lock);
		pthread_mutex_lock(&turns);
		inside++;
		pthread_mutex_unlock(&turns);
		do
			sleep_ns(20000000 + rand_r(&seed) % 60000000);
		while (!may_leave());
		pthread_rwlock_unlock(&cache_lock);
		sleep_ns(20000000 + rand_r(&seed) % 60000000);
	}
}

static void update_cache(void)
{
	pthread_rwlock_wrlock(&cache_lock);
	puts("the writer got it");
}

int main(void)
{
	for (int i = 0; i < 4; i++)
		start_named("reader", use_cache);
	sleep_ns(300000000);
	start_blocked("writer", update_cache);
	tell("ready");
	for (;;)
		pause();
}
