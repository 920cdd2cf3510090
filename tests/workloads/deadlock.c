/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads ping and pong each hold a mutex and wait for the other's; the
 * thread bystander waits for ping's mutex. With --pong pi, pong's mutex inherits priority.
 */
#include "workload.h"

pthread_mutex_t mutex_ping = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t mutex_pong = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both_hold;

static struct party {
	const char *name;
	pthread_mutex_t *first, *second;
	pid_t tid;
	uint64_t since_ns;
	atomic_bool started;
} parties[] = {
	{.name = "ping", .first = &mutex_ping, .second = &mutex_pong},
	{.name = "pong", .first = &mutex_pong, .second = &mutex_ping},
	{.name = "bystander", .second = &mutex_ping},
};

FRAME void lock_second(struct party *me)
{
	me->since_ns = wall_ns();
	me->started = true;
	pthread_mutex_lock(me->second);
	KEEP_FRAME();
}

static void *run_party(void *arg)
{
	struct party *me = arg;

	set_name(me->name);
	me->tid = my_tid();
	if (me->first)
		pthread_mutex_lock(me->first);
	pthread_barrier_wait(&both_hold);
	lock_second(me);
	KEEP_FRAME();
	return arg;
}

static void inherit_priority(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(mutex, &attr);
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "pong");
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	if (!strcmp(option(argc, argv, "pong", "plain"), "pi"))
		inherit_priority(&mutex_pong);
	pthread_barrier_init(&both_hold, NULL, 3);
	for (int i = 0; i < 3; i++)
		start_thread(run_party, &parties[i], 65536);
	fprintf(out, "{\"pid\":%d,\"threads\":{", (int)getpid());
	for (int i = 0; i < 3; i++) {
		while (!parties[i].started)
			sleep_ns(1000000);
		wait_until_blocked(parties[i].tid);
		fprintf(out, "%s\"%s\":{\"tid\":%d,\"since_ns\":%llu,\"address\":\"%p\"}", i ? "," : "",
			parties[i].name, (int)parties[i].tid, (unsigned long long)parties[i].since_ns,
			(void *)parties[i].second);
	}
	fprintf(out, "}}");
	fclose(out);
	announce(&w, text);
	stay(&w);
	return 0;
}
