// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/monitor.h"
#include "util/progress.h"

#define PIPE_ROOM (1 << 20) /* a sample of 10,000 threads; more are written in parts */

enum { SAMPLES, MESSAGES, REQUESTS, PIPES };

static pid_t viewer; /* of a collector */

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int open_pipes(int ends[PIPES][2])
{
	for (int i = 0; i < PIPES; i++)
		ends[i][0] = ends[i][1] = -1;
	for (int i = 0; i < PIPES; i++) {
		if (pipe2(ends[i], O_CLOEXEC)) {
			int err = -errno;

			for (int k = 0; k < i; k++) {
				close_end(&ends[k][0]);
				close_end(&ends[k][1]);
			}
			return err;
		}
	}
	fcntl(ends[SAMPLES][0], F_SETPIPE_SZ, PIPE_ROOM); /* without the privilege it stays as it is */
	return 0;
}

/* Whoever reads the viewer's output sees its end when the viewer ends: nothing of its streams stays open
 * here, but for a command. */
static void put_away(int fd)
{
	int nowhere = open("/", O_PATH | O_CLOEXEC);

	dup2(nowhere, fd);
	close_end(&nowhere);
}

static void take_streams(struct apart *a)
{
	for (int i = 0; i < 2; i++)
		a->streams[i] = fcntl(STDOUT_FILENO + i, F_DUPFD_CLOEXEC, 3);
	put_away(STDOUT_FILENO);
	dup2(a->messages, STDERR_FILENO);
	close_end(&a->messages);
}

/* The terminal's signals and those of a service's end come to all: the viewer decides. */
static void begin_collecting(struct apart *a)
{
	prctl(PR_SET_NAME, "ts-collector");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != viewer)
		_exit(1);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	take_streams(a);
}

/* In both processes. */
static void take_ends(struct apart *a, int ends[PIPES][2], int monitor[2])
{
	a->samples = ends[SAMPLES][a->collects];
	a->messages = ends[MESSAGES][a->collects];
	a->requests = ends[REQUESTS][!a->collects];
	a->monitor = monitor[a->collects];
	close_end(&ends[SAMPLES][!a->collects]);
	close_end(&ends[MESSAGES][!a->collects]);
	close_end(&ends[REQUESTS][a->collects]);
	close_end(&monitor[!a->collects]);
}

int apart__fork(struct apart *a, const struct options *o)
{
	int ends[PIPES][2], monitor[2] = {-1, -1}, err = open_pipes(ends);
	pid_t self = getpid(), pid;

	*a = (struct apart){
		.samples = -1, .messages = -1, .requests = -1, .monitor = -1, .streams = {-1, -1}};
	if (err)
		return err;
	progress__share();
	/* While SIGCHLD is ignored, no exit status of a child arrives. */
	signal(SIGCHLD, SIG_DFL);
	err = monitor__start(o, monitor, &a->monitor_pid);
	pid = err ? -1 : fork();
	if (!err && pid < 0)
		err = -errno;
	a->collects = !pid;
	a->collector = pid > 0 ? pid : 0;
	take_ends(a, ends, monitor);
	if (err)
		apart__close(a);
	if (a->collects) {
		a->monitor_pid = 0;
		viewer = self;
		begin_collecting(a);
	}
	return err;
}

void apart__close(struct apart *a)
{
	close_end(&a->samples);
	close_end(&a->messages);
	close_end(&a->requests);
	close_end(&a->monitor);
	if (a->collects)
		apart__close_streams(a);
	if (a->monitor_pid)
		waitpid(a->monitor_pid, NULL, 0);
	a->monitor_pid = 0;
}

void apart__close_streams(struct apart *a)
{
	for (int i = 0; i < 2; i++)
		close_end(&a->streams[i]);
	put_away(STDIN_FILENO);
}

bool apart__may_go(struct apart *a)
{
	struct apart_request r;
	ssize_t n;

	while ((n = read(a->requests, &r, sizeof(r))) == (ssize_t)sizeof(r) || (n < 0 && errno == EINTR)) {
		if (n > 0 && r.wish == APART_GO)
			return true;
		a->stops = a->stops || n > 0;
		a->signal = n > 0 ? r.signal : a->signal;
	}
	return false;
}

int apart__take_samples(struct apart *a)
{
	int fd = a->samples;

	a->samples = -1;
	return fd;
}

/* One that cannot be written finds a collector that has ended, which its pipes say. */
void apart__request(const struct apart *a, enum apart_wish wish, int signal)
{
	struct apart_request r = {.wish = wish, .signal = signal};

	if (write(a->requests, &r, sizeof(r)) < 0)
		return;
}

bool apart__is_own(pid_t pid)
{
	return pid == getpid() || (viewer && pid == viewer);
}
