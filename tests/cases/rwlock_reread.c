/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "reader" holds cache_lock for reading and takes it for reading again, while "writer" waits for it. The lock
 * prefers writers, so both wait for ever; four more readers queue behind.
 *
 * Perfect: a likely deadlock: reader waits for cache_lock, which it likely holds itself for reading, as its
 * read_twice will unlock it; 5 more threads wait behind.
 */
#include "case.h"

static pthread_rwlock_t cache_lock;
static atomic_bool reads, writer_waits;

FRAME void lookup(void)
{
	pthread_rwlock_rdlock(&cache_lock);
	pthread_rwlock_unlock(&cache_lock);
}

static void read_twice(void)
{
	pthread_rwlock_rdlock(&cache_lock);
	reads = true;
	while (!writer_waits)
		sleep_ns(1000000);
	lookup();
	pthread_rwlock_unlock(&cache_lock);
}

static void write_once(void)
{
	pthread_rwlock_wrlock(&cache_lock);
	pthread_rwlock_unlock(&cache_lock);
}

int main(void)
{
	pthread_rwlockattr_t attr;
	pid_t reader;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&cache_lock, &attr);
	reader = start_named("reader", read_twice);
	while (!reads)
		sleep_ns(1000000);
	start_blocked("writer", write_once);
	writer_waits = true;
	wait_until_blocked(reader);
	for (int i = 0; i < 4; i++)
		start_blocked("other", lookup);
	sleep_ns(1100000000);
	tell("ready reader=%d", (int)reader);
	sleep_on();
}
