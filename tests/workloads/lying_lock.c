/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that wait for mutexes whose bytes name an owner that is none:
 *   elsewhere  the mutex names PID 1
 *   nobody     the mutex names a TID that no thread has
 *   negative   the mutex names -1
 *   ended      the mutex names a thread of this process that has ended
 */
#include "workload.h"

static struct lie {
	const char *name;
	pthread_mutex_t mutex;
	pid_t tid;
	atomic_bool started;
} lies[] = {{.name = "elsewhere"}, {.name = "nobody"}, {.name = "negative"}, {.name = "ended"}};
enum { LIES = sizeof(lies) / sizeof(lies[0]) };

static pid_t ended_tid;

static void *end_at_once(void *arg)
{
	ended_tid = my_tid();
	return arg;
}

static void *believe(void *arg)
{
	struct lie *l = arg;

	set_name(l->name);
	l->tid = my_tid();
	l->started = true;
	pthread_mutex_lock(&l->mutex);
	KEEP_FRAME();
	return arg;
}

/* As glibc lays a mutex out: the futex word, a count, the owner's TID. */
static void tell(pthread_mutex_t *mutex, int32_t owner)
{
	int32_t *words = (int32_t *)mutex;

	words[0] = 2;
	words[2] = owner;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "");
	char text[512], *at = text;

	pthread_join(start_thread(end_at_once, NULL, 65536), NULL);
	tell(&lies[0].mutex, 1);
	tell(&lies[1].mutex, 0x3ffffff0);
	tell(&lies[2].mutex, -1);
	tell(&lies[3].mutex, ended_tid);
	at += sprintf(at, "{\"pid\":%d,\"threads\":{", (int)getpid());
	for (int i = 0; i < LIES; i++) {
		start_thread(believe, &lies[i], 65536);
		while (!lies[i].started)
			sleep_ns(1000000);
		wait_until_blocked(lies[i].tid);
		at += sprintf(at, "%s\"%s\":{\"tid\":%d,\"address\":\"%p\"}", i ? "," : "", lies[i].name,
			      (int)lies[i].tid, (void *)&lies[i].mutex);
	}
	sprintf(at, "}}");
	announce(&w, text);
	stay(&w);
	return 0;
}
