/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * N threads, "party-1" to "party-N": each holds a lock and wants that of the next one, the last that of the
 * first. "behind" wants the first one's. Arguments: mutex N, rwlock N (taken for writing), or timed N:
 * mutexes, and the last thread gives up after an hour.
 *
 * Perfect: a deadlock of N threads with each lock by name and number, and one more thread behind it. With
 * timed: no deadlock, as a timeout will end it.
 */
#include "case.h"

#define MOST 8

static struct {
	const char *kind;
	long parties;
	pthread_mutex_t mutexes[MOST];
	pthread_rwlock_t rwlocks[MOST];
	pthread_barrier_t all_hold;
} table;

FRAME static void take(long i)
{
	struct timespec end = {.tv_sec = time(NULL) + 3600};

	if (!strcmp(table.kind, "rwlock"))
		pthread_rwlock_wrlock(&table.rwlocks[i]);
	else if (!strcmp(table.kind, "timed") && !i)
		pthread_mutex_timedlock(&table.mutexes[i], &end);
	else
		pthread_mutex_lock(&table.mutexes[i]);
	KEEP_FRAME();
}

static void *party(void *arg)
{
	long i = (long)arg;
	char name[32];

	snprintf(name, sizeof(name), "party-%ld", i + 1);
	set_name(name);
	take(i);
	pthread_barrier_wait(&table.all_hold);
	take((i + 1) % table.parties);
	return NULL;
}

static void be_behind(void)
{
	take(0);
}

int main(int argc, char **argv)
{
	table.kind = argc == 3 ? argv[1] : "";
	table.parties = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	if (table.parties < 1 || table.parties > MOST)
		return 2;
	pthread_barrier_init(&table.all_hold, NULL, (unsigned)table.parties + 1);
	for (long i = 0; i < table.parties; i++) {
		pthread_mutex_init(&table.mutexes[i], NULL);
		pthread_rwlock_init(&table.rwlocks[i], NULL);
	}
	for (long i = 0; i < table.parties; i++)
		start_thread(party, (void *)i, 0);
	pthread_barrier_wait(&table.all_hold);
	sleep_ns(1200000000);
	start_blocked("behind", be_behind);
	tell("ready");
	sleep_for_ever();
}
