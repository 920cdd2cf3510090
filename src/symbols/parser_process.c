// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/parser_process.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "symbols/parser_wire.h"
#include "target/helper_process.h"
#include "target/task_look.h"
#include "util/clock.h"

#define STARTS_MAX   32 /* then as many as come back */
#define START_BACK_S 10
#define END_TRIES    500

static struct {
	int fd; /* a socket; valid if pid is set */
	pid_t pid, owner;
	clockid_t clock;
	uint64_t spent_ns;      /* by that clock, as far as it is accounted for */
	uint64_t cpu_ns;        /* of all of them */
	uint64_t generation;    /* how many were started */
	pid_t left[STARTS_MAX]; /* given up, and not known to have ended */
	unsigned left_count;
	unsigned starts; /* that have not come back yet */
	uint64_t starts_since_ns;
} process;

static void reap(void)
{
	for (unsigned i = 0; i < process.left_count;) {
		if (waitpid(process.left[i], NULL, WNOHANG))
			process.left[i] = process.left[--process.left_count];
		else
			i++;
	}
}

/* It may be in a read that not even SIGKILL ends: nothing waits for it. */
void parser_process__stop(void)
{
	close(process.fd);
	kill(process.pid, SIGKILL);
	if (process.left_count == STARTS_MAX)
		reap();
	if (process.left_count < STARTS_MAX)
		process.left[process.left_count++] = process.pid;
	process.pid = 0;
}

/* A parent that does not reap what it inherits (PID 1 of a container) would be left with it. */
static void end_parser(void)
{
	if (process.owner != getpid())
		return;
	if (process.pid)
		parser_process__stop();
	for (int i = 0; i < END_TRIES; i++) {
		reap();
		if (!process.left_count)
			break;
		nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
	}
}

static bool may_start(void)
{
	uint64_t now = monotonic_ns();

	if (!process.starts)
		process.starts_since_ns = now;
	while (process.starts && now - process.starts_since_ns >= START_BACK_S * NS_PER_S) {
		process.starts--;
		process.starts_since_ns += START_BACK_S * NS_PER_S;
	}
	return process.starts < STARTS_MAX;
}

static void set_patience(int fd)
{
	struct timeval slice = {.tv_usec = PARSER_SLICE_NS / 1000};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof(slice));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof(slice));
}

static int start(void)
{
	pid_t pid;
	int fd;

	reap();
	if (!may_start())
		return -EAGAIN;
	pid = helper_process__start(parser_serve__requests, &fd);
	if (pid < 0)
		return pid;
	if (clock_getcpuclockid(pid, &process.clock)) {
		close(fd);
		return -EAGAIN;
	}
	if (!process.owner)
		atexit(end_parser);
	set_patience(fd);
	process.owner = getpid();
	process.fd = fd;
	process.pid = pid;
	process.spent_ns = 0;
	process.generation++;
	process.starts++;
	return 0;
}

uint64_t parser_process__ready(void)
{
	if (process.pid && process.owner != getpid()) { /* a parent's */
		close(process.fd);
		process.pid = 0;
		process.left_count = 0;
	}
	return process.pid || !start() ? process.generation : 0;
}

uint64_t parser_process__current(void)
{
	return process.pid && process.owner == getpid() ? process.generation : 0;
}

int parser_process__socket(void)
{
	return process.fd;
}

uint64_t parser_process__spent(void)
{
	struct timespec t;
	uint64_t now = clock_gettime(process.clock, &t) ? process.spent_ns : timespec_ns(t);
	uint64_t spent = gained_since(now, process.spent_ns);

	process.spent_ns = now;
	process.cpu_ns += spent;
	return spent;
}

bool parser_process__is_runnable(void)
{
	return task__state(process.pid) == 'R';
}

uint64_t parser_process__cpu_ns(void)
{
	return process.cpu_ns;
}
