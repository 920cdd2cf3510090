// SPDX-License-Identifier: GPL-2.0-or-later
/* The process itself: takes requests, forks, and says what has ended. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/inherited.h"
#include "cli/live_collector.h"
#include "cli/named_processes.h"
#include "cli/privileges.h"
#include "cli/screen_events.h"
#include "cli/screen_settings.h"
#include "cli/starter_private.h"
#include "cli/top_collector.h"
#include "facts/saved/saved.h"
#include "symbols/module.h"
#include "target/silence.h"
#include "util/fd_message.h"
#include "util/progress.h"

#define STARTED 64

static struct process {
	const struct options *o;
	bool screen; /* else only the next collectors of a viewer that prints are started */
	int fd, signals;
	sigset_t mask; /* as it was */
	struct started {
		unsigned number; /* 0: none */
		pid_t pid;
		bool command; /* it may have one */
	} list[STARTED];
} self;

static const int IGNORED[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};

/* ---- in a child --------------------------------------------------------------------------------- */

static void begin(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	close(self.fd);
	close(self.signals);
	for (size_t i = 0; i < sizeof(IGNORED) / sizeof(*IGNORED); i++)
		if (!inherited__ignores(IGNORED[i]))
			signal(IGNORED[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &self.mask, NULL);
	setpgid(0, 0); /* the terminal's signals are the viewer's */
}

static int collect(const struct starter_request *r, const int *fds, size_t count)
{
	struct options o = *self.o;
	struct live_collector l = {.samples = fds[0],
				   .snapshots = fds[1],
				   .messages = fds[2],
				   .requests = fds[3],
				   .outputs = {-1, -1},
				   .only = r->pid,
				   .number = r->record};

	for (size_t i = 4; i < count; i++)
		l.outputs[i - 4] = fds[i];
	return live_collector__run(&o, &l);
}

/* What the first one has made for others is there. */
static int collect_next(const struct starter_request *r, const int *fds)
{
	struct options o = *self.o;
	struct apart a;

	o.count = r->count;
	o.duration_ns = r->duration_ns;
	o.ready_file = NULL;
	return apart__join(&a, &o, fds) ? STATUS_FAILED : top_collector__run(&o, &a);
}

/* The files are as in the folder of the user, and the names as of all processes; nothing else is read. */
static void answer(const struct starter_request *r, const int *fds, size_t count)
{
	struct options named = {.name_count = 1, .names = {r->text}};
	pid_t pids[MAX_TARGETS];
	int fd = -1, result = -EINVAL;

	if (r->wish == STARTER_CREATE)
		result = saved_file__create(r->text, &fd);
	else if (r->wish == STARTER_SETTINGS && count == 2)
		result = screen_settings__store(fds[1]);
	else if (r->wish == STARTER_NAMED)
		result = named_processes__find(&named, pids) ? pids[0] : -ESRCH;
	fd_message__send(fds[0], &result, sizeof(result), fd);
}

static _Noreturn void run(const struct starter_request *r, const int *fds, size_t count)
{
	int status = 0;

	if (r->wish == STARTER_COLLECTOR)
		status = collect(r, fds, count);
	else if (r->wish == STARTER_NEXT)
		status = collect_next(r, fds);
	else if (r->wish == STARTER_EVENTS)
		status = screen_events__print(self.o, r->pid, fds[0]);
	else
		answer(r, fds, count);
	exit(status);
}

/* ---- the process ---------------------------------------------------------------------------------- */

/* The command does not outlive threadscope: that is the collector's business, unless it hangs. */
static void end_command(pid_t collector)
{
	char path[64];
	FILE *in;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)collector, (int)collector);
	in = fopen(path, "re");
	while (in && fscanf(in, "%d", &child) == 1)
		kill(child, SIGTERM);
	if (in)
		fclose(in);
}

/* It has not been reaped: the PID is still its own. */
static void end(unsigned number)
{
	for (size_t i = 0; number && i < STARTED; i++) {
		if (self.list[i].number != number)
			continue;
		if (self.list[i].command)
			end_command(self.list[i].pid);
		kill(self.list[i].pid, SIGKILL);
	}
}

/* A viewer that is stopped reads them later; if there is no more room, it sees that the pipes are closed. */
static void say_end(unsigned number, int status)
{
	struct starter_end e = {number, status};

	send(self.fd, &e, sizeof(e), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < STARTED; i++) {
			if (!self.list[i].number || self.list[i].pid != pid)
				continue;
			say_end(self.list[i].number, status);
			self.list[i].number = 0;
		}
	}
}

static struct started *place(void)
{
	for (size_t i = 0; i < STARTED; i++)
		if (!self.list[i].number)
			return &self.list[i];
	return NULL;
}

static size_t least_fds(enum starter_wish wish)
{
	switch (wish) {
	case STARTER_KILL:
		return 0;
	case STARTER_COLLECTOR:
		return 4;
	case STARTER_NEXT:
		return STARTER_ENDS;
	default:
		return 1;
	}
}

/* What the collector before was at, when it ended: all later ones go without. A file is the narrower cause.
 */
static void go_without(void)
{
	char file[PROGRESS_FILE];

	progress__file(file, sizeof(file));
	if (*file)
		module__leave_out(file);
	else
		silence__leave_alone(progress__pid());
}

static void take(const struct starter_request *r, const int *fds, size_t count)
{
	bool lasts = r->wish == STARTER_COLLECTOR || r->wish == STARTER_EVENTS || r->wish == STARTER_NEXT;
	bool command = r->wish == STARTER_COLLECTOR && !r->pid && self.o->child;
	struct started *at = lasts ? place() : NULL;
	pid_t parent = getpid(), pid;

	if (r->wish == STARTER_KILL)
		return end(r->number);
	if (count < least_fds(r->wish) || (r->wish == STARTER_NEXT) == self.screen)
		return;
	if (r->wish == STARTER_NEXT)
		go_without();
	pid = lasts && !at ? -1 : fork();
	if (!pid) {
		begin(parent);
		run(r, fds, count);
	}
	if (pid < 0 && lasts)
		say_end(r->number, STATUS_FAILED << 8);
	else if (lasts)
		*at = (struct started){r->number, pid, command};
	if (command) /* which has all; it is not started again */
		privileges__keep_for_starting(true);
}

static bool serve(void)
{
	struct starter_request r;
	int fds[STARTER_FDS];
	size_t count;
	ssize_t n = fd_message__receive_all(self.fd, &r, sizeof(r), fds, STARTER_FDS, &count);

	if (n == (ssize_t)sizeof(r)) {
		r.text[sizeof(r.text) - 1] = '\0';
		take(&r, fds, count);
	}
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
	return n > 0;
}

/* It holds nothing of the terminal. What a command is to inherit stays open. */
static void become_alone(int fd)
{
	int nowhere = open("/", O_PATH | O_CLOEXEC);
	sigset_t ends;

	prctl(PR_SET_NAME, "ts-starter");
	setpgid(0, 0);
	for (size_t i = 0; i < sizeof(IGNORED) / sizeof(*IGNORED); i++)
		signal(IGNORED[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ends, &self.mask);
	for (int i = 0; i < 3; i++)
		dup2(nowhere, i);
	close(nowhere);
	self.fd = fd;
	self.signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (self.signals < 0)
		_exit(1);
}

void starter__run(const struct options *o, bool screen, int fd)
{
	struct signalfd_siginfo info;

	become_alone(fd);
	self.o = o;
	self.screen = screen;
	if (!o->child)
		privileges__keep_for_starting(screen);
	for (;;) {
		struct pollfd fds[] = {{self.fd, POLLIN, 0}, {self.signals, POLLIN, 0}};

		if (poll(fds, 2, -1) < 0)
			continue;
		while (read(self.signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
			;
		reap();
		if (fds[0].revents && !serve())
			_exit(0);
	}
}
