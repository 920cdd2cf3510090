// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/monitor.h"
#include "target/process.h"
#include "util/progress.h"

#define PIPE_ROOM (1 << 20) /* a sample of 10,000 threads; more are written in parts */

enum { SAMPLES, MESSAGES, REQUESTS, PIPES };

_Static_assert(PIPES == STARTER_ENDS, "what a later collector is given");

static pid_t viewer;       /* of this process, or itself */
static uint64_t run_ticks; /* when its run began */

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
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	progress__begin();
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

static const struct apart NONE = {.samples = -1,
				  .messages = -1,
				  .requests = -1,
				  .monitor = -1,
				  .streams = {-1, -1},
				  .starter = {.fd = -1}};

int apart__fork(struct apart *a, const struct options *o, bool again)
{
	int ends[PIPES][2], monitor[2] = {-1, -1}, err;
	pid_t pid;

	*a = NONE;
	viewer = getpid();
	run_ticks = process__ticks_now();
	progress__share();
	/* While SIGCHLD is ignored, no exit status of a child arrives. */
	signal(SIGCHLD, SIG_DFL);
	if (again)
		starter__start(o, false, &a->starter); /* without one the run ends with its collector */
	err = open_pipes(ends);
	if (err) {
		starter__close(&a->starter);
		return err;
	}
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
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != viewer)
			_exit(1);
		a->monitor_pid = 0;
		starter__close(&a->starter);
		begin_collecting(a);
	}
	return err;
}

int apart__join(struct apart *ret, const struct options *o, const int ends[STARTER_ENDS])
{
	int monitor[2] = {-1, -1}, err;

	*ret = NONE;
	ret->collects = true;
	ret->run_ticks = run_ticks;
	ret->samples = ends[SAMPLES];
	ret->messages = ends[MESSAGES];
	ret->requests = ends[REQUESTS];
	begin_collecting(ret);
	/* It ends with this process, which keeps both ends. */
	err = monitor__start(o, monitor, &ret->monitor_pid);
	ret->monitor = monitor[1];
	return err;
}

int apart__next(struct apart *a, uint64_t count, uint64_t duration_ns)
{
	int ends[PIPES][2], err = open_pipes(ends);
	int theirs[PIPES];

	if (err)
		return err;
	for (int i = 0; i < PIPES; i++)
		theirs[i] = ends[i][i != REQUESTS];
	err = starter__next(&a->starter, theirs, count, duration_ns, &a->number);
	for (int i = 0; i < PIPES; i++) {
		close_end(&ends[i][i != REQUESTS]);
		if (err)
			close_end(&ends[i][i == REQUESTS]);
	}
	if (err)
		return err;
	close_end(&a->samples);
	close_end(&a->messages);
	close_end(&a->requests);
	a->samples = ends[SAMPLES][0];
	a->messages = ends[MESSAGES][0];
	a->requests = ends[REQUESTS][1];
	return 0;
}

pid_t apart__pid(const struct apart *a)
{
	return a->number ? progress__of() : a->collector;
}

bool apart__ended(struct apart *a, int *ret_how)
{
	unsigned number;

	if (!a->number)
		return waitpid(a->collector, ret_how, WNOHANG) > 0;
	while (starter__ended(&a->starter, &number, ret_how)) {
		if (!number)
			starter__close(&a->starter); /* and all that it has started */
		if (!number || number == a->number)
			return true;
	}
	return false;
}

void apart__reap_first(struct apart *a)
{
	if (a->number && a->collector && waitpid(a->collector, NULL, WNOHANG) == a->collector)
		a->collector = 0;
}

void apart__kill(struct apart *a)
{
	if (a->number)
		starter__kill(&a->starter, a->number);
	else
		kill(a->collector, SIGKILL);
}

void apart__close(struct apart *a)
{
	close_end(&a->samples);
	close_end(&a->messages);
	close_end(&a->requests);
	close_end(&a->monitor);
	if (a->collects)
		apart__close_streams(a);
	if (a->monitor_pid && !a->collects)
		waitpid(a->monitor_pid, NULL, 0);
	a->monitor_pid = 0;
	starter__close(&a->starter);
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
