/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the cases in C share. */
#ifndef CASE_H
#define CASE_H

#include "workload.h"
#include <signal.h>
#include <sys/wait.h>

/* A line for the driver: "ready" once the trouble is there; NAME=VALUE words in any line are facts. */
static inline void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void tell(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

struct named_thread {
	const char *name;
	void (*run)(void);
	_Atomic pid_t tid;
};

static inline void *run_named(void *arg)
{
	struct named_thread *t = arg;

	set_name(t->name);
	t->tid = my_tid();
	t->run();
	return NULL;
}

/* Returns its TID; the thread has its name then. */
static inline pid_t start_named(const char *name, void (*run)(void))
{
	struct named_thread *t = calloc(1, sizeof(*t));

	t->name = name;
	t->run = run;
	start_thread(run_named, t, 0);
	while (!t->tid)
		sleep_ns(100000);
	return t->tid;
}

/* Returns once the thread has not run for some milliseconds, also if it may not be interrupted. */
static inline void wait_until_still(pid_t tid)
{
	unsigned long before, after;

	do {
		thread_state(tid, &before);
		sleep_ns(5000000);
	} while (thread_state(tid, &after) == 'R' || before != after);
}

/* A thread that is blocked for good when this returns. */
static inline pid_t start_blocked(const char *name, void (*run)(void))
{
	pid_t tid = start_named(name, run);

	wait_until_blocked(tid);
	return tid;
}

/* A child that ends with this process. */
static inline pid_t start_child(const char *name, void (*run)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	set_name(name);
	run();
	_exit(0);
}

static inline void sleep_on(void)
{
	sleep_for_ever();
}

#endif
