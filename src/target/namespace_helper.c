// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/namespace_helper.h"

#include <cap-ng.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/helper_process.h"
#include "target/helper_rights.h"
#include "target/task_look.h"
#include "util/clock.h"
#include "util/fd_message.h"

#define SLICE_MS  20
#define SILENT_NS 500000000ull
#define BUSY_NS   10000000000ull /* for how long it may lack a CPU */

static struct {
	int fd; /* a socket; valid if pid is set */
	pid_t pid, owner;
	pid_t left; /* given up, and to be reaped */
	uint64_t left_cpu_ns;
} helper;

static _Noreturn void serve(void)
{
	struct namespace_question q = {0};
	int fd;

	prctl(PR_SET_NAME, "ts-namespaces");
	helper_rights__keep_for_namespaces();
	while (fd_message__receive(HELPER_SOCKET, &q, sizeof(q), &fd) == (ssize_t)sizeof(q)) {
		if (fd >= 0)
			namespace__ask_here(fd, &q);
		else
			q.error = -EBADF;
		fd_message__send(HELPER_SOCKET, &q, sizeof(q), fd >= 0 ? q.fd : -1);
		if (fd >= 0 && q.fd >= 0)
			close(q.fd);
		if (fd >= 0)
			close(fd);
	}
	_exit(0);
}

/* A parent that does not reap what it inherits (PID 1 of a container) would be left with it. */
static void end(void)
{
	if (namespace_helper__runs() && !kill(helper.pid, SIGKILL))
		waitpid(helper.pid, NULL, 0);
}

void namespace_helper__start(void)
{
	pid_t pid;
	int fd;

	if (namespace_helper__runs() || capng_get_caps_process() ||
	    !capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN))
		return;
	pid = helper_process__start(serve, &fd);
	if (pid < 0)
		return;
	if (!helper.owner)
		atexit(end);
	helper.fd = fd;
	helper.pid = pid;
	helper.owner = getpid();
}

bool namespace_helper__runs(void)
{
	return helper.pid && helper.owner == getpid();
}

uint64_t namespace_helper__cpu_ns(void)
{
	if (helper.left && waitpid(helper.left, NULL, WNOHANG))
		helper.left = 0;
	return helper.left_cpu_ns + (namespace_helper__runs() ? process_cpu_ns(helper.pid) : 0);
}

/* One that waits in the kernel ends when that lets it. */
static void give_up(void)
{
	helper.left_cpu_ns += process_cpu_ns(helper.pid);
	close(helper.fd);
	kill(helper.pid, SIGKILL);
	helper.left = helper.pid;
	helper.pid = 0;
}

/* On a busy machine it may be short of CPU: that is no silence, up to a bound. */
static bool answers(void)
{
	uint64_t begun = monotonic_ns(), before = begun, silent = 0, now;
	struct pollfd f = {helper.fd, POLLIN, 0};

	while (silent < SILENT_NS && before - begun < BUSY_NS) {
		if (poll(&f, 1, SLICE_MS) > 0)
			return true;
		now = monotonic_ns();
		if (task__state(helper.pid) != 'R')
			silent += now - before;
		before = now;
	}
	return false;
}

int namespace_helper__ask(int fd, struct namespace_question *q)
{
	struct namespace_question answer;
	int err = fd_message__send(helper.fd, q, sizeof(*q), fd), with = -1;

	if (!err && !answers())
		err = -ETIMEDOUT;
	if (!err && fd_message__receive(helper.fd, &answer, sizeof(answer), &with) != (ssize_t)sizeof(answer))
		err = -EPIPE;
	if (err) {
		give_up();
		return err;
	}
	*q = answer;
	q->fd = with;
	/* This process may have no more descriptors. */
	return !q->error && q->subject == NAMESPACE_SOCKETS && with < 0 ? -EMFILE : q->error;
}
