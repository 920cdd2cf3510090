/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child of two blocked threads whose functions are known, one of them in a signal handler on a stack of its
 * own. */
#ifndef TS_TEST_BLOCKED_CHILD_H
#define TS_TEST_BLOCKED_CHILD_H

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unwind/unwind.h"

static int ready_pipe[2];
static char alternate_stack[65536];

static inline void tell_ready(void)
{
	if (write(ready_pipe[1], "x", 1) != 1)
		_exit(2);
}

/* Not static: their names must be in the symbol table. The work after each call keeps it from being a jump.
 */
volatile int sink;
void ts_deep(int n);
void ts_middle(int n);
void ts_top(void);
void ts_realigned(void);
void ts_handler(int sig);
void ts_interrupted(void);

__attribute__((noinline)) void ts_deep(int n)
{
	if (n) {
		ts_deep(n - 1);
		sink++;
		return;
	}
	tell_ready();
	pause();
	sink++;
}

__attribute__((noinline)) void ts_middle(int n)
{
	volatile char room[n * 100 + 6000]; /* a frame of unknown size, beyond one page */

	room[n] = 1;
	ts_deep(n);
	sink += room[n];
}

__attribute__((noinline)) void ts_realigned(void)
{
	volatile __attribute__((aligned(256))) char room[256];

	room[0] = 3;
	ts_middle(room[0]);
	sink += room[0];
}

__attribute__((noinline)) void ts_top(void)
{
	ts_realigned();
	sink++;
}

__attribute__((noinline)) void ts_handler(int sig)
{
	ts_deep(0);
	sink += sig;
}

__attribute__((noinline)) void ts_interrupted(void)
{
	raise(SIGUSR1);
	sink++;
}

static inline void *thread_body(void *arg)
{
	(void)arg;
	ts_top();
	return NULL;
}

__attribute__((noinline)) static void child_body(void)
{
	stack_t alternate = {.ss_sp = alternate_stack, .ss_size = sizeof(alternate_stack)};
	struct sigaction action = {.sa_handler = ts_handler, .sa_flags = SA_ONSTACK};
	pthread_t t;

	if (pthread_create(&t, NULL, thread_body, NULL) || sigaltstack(&alternate, NULL) ||
	    sigaction(SIGUSR1, &action, NULL))
		_exit(2);
	ts_interrupted();
	_exit(0);
}

struct fixture {
	pid_t pid;
	pid_t threads[2];
	struct process *process;
	struct symbolizer *symbolizer;
	struct unwinder *unwinder;
};

static inline struct fixture start(void)
{
	struct fixture f = {0};
	char path[64], byte;

	fflush(stdout);
	if (pipe(ready_pipe))
		exit(2);
	f.pid = fork();
	if (f.pid == 0)
		child_body();
	for (int i = 0; i < 2; i++)
		if (read(ready_pipe[0], &byte, 1) != 1)
			exit(2);
	close(ready_pipe[0]);
	close(ready_pipe[1]);
	f.threads[0] = f.pid;
	for (pid_t tid = f.pid + 1; tid < f.pid + 5000 && !f.threads[1]; tid++) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d", f.pid, tid);
		if (access(path, F_OK) == 0)
			f.threads[1] = tid;
	}
	usleep(50000); /* from the write to the pause */
	if (process__open(f.pid, &f.process) || symbolizer__new(f.process, &f.symbolizer))
		exit(2);
	f.unwinder = unwinder__new(f.symbolizer);
	symbolizer__set_lines(f.symbolizer, LINES_ALWAYS); /* as gdb */
	return f;
}

static inline void finish(struct fixture *f)
{
	unwinder__free(f->unwinder);
	symbolizer__free(f->symbolizer);
	process__close(f->process);
	kill(f->pid, SIGKILL);
	waitpid(f->pid, NULL, 0);
}

#endif
