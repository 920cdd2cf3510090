// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/live_collector.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/collecting.h"
#include "cli/commands.h"
#include "cli/inherited.h"
#include "cli/monitor.h"
#include "facts/saved/saved.h"
#include "util/heap.h"

#define PIPE_ROOM (1 << 20) /* a sample of 10,000 threads; more are written in parts */

/* ---- the screen's side ------------------------------------------------------------------------- */

enum { SAMPLES, SNAPSHOTS, MESSAGES, REQUESTS, PIPES };

/* In a child that has the parent's memory, and a parent with threads: it only calls the kernel. */
static _Noreturn void become(char **argv, const int theirs[PIPES], const int outputs[2])
{
	for (int i = 0; i < PIPES; i++)
		fcntl(theirs[i], F_SETFD, 0);
	for (int i = 0; i < 2; i++)
		if (outputs[i] >= 0)
			fcntl(outputs[i], F_SETFD, 0);
	setpgid(0, 0); /* the terminal's signals are the screen's */
	/* What the screen has blocked and ignores is not what a command is to begin with. */
	inherited__give_back();
	execv("/proc/self/exe", argv);
	_exit(STATUS_FAILED);
}

/* A copy of the page tables of many megabytes would take longer than a key may. */
static pid_t start(char **argv, const int theirs[PIPES], const int outputs[2])
{
	pid_t pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */

	if (!pid)
		become(argv, theirs, outputs); /* NOLINT(clang-analyzer-unix.Vfork): calls of the kernel */
	return pid;
}

static char **command_line(const struct options *o, pid_t only, unsigned number, const int theirs[PIPES],
			   const int outputs[2])
{
	char **argv = HEAP_NEW(char *, (size_t)o->argc + 2);

	argv[0] = o->argv[0];
	argv[1] = heap__format(COLLECTOR_OPTION "%d,%d,%d,%d,%d,%u,%d,%d", theirs[SAMPLES], theirs[SNAPSHOTS],
			       theirs[MESSAGES], theirs[REQUESTS], (int)only, number, outputs[0], outputs[1]);
	for (int i = 1; i < o->argc; i++)
		argv[i + 1] = o->argv[i];
	return argv;
}

static void close_all(const int fds[PIPES])
{
	for (int i = 0; i < PIPES; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int open_pipes(int ours[PIPES], int theirs[PIPES])
{
	int ends[2];

	for (int i = 0; i < PIPES; i++)
		ours[i] = theirs[i] = -1;
	for (int i = 0; i < PIPES; i++) {
		bool to_them = i == REQUESTS;

		if (pipe2(ends, O_CLOEXEC)) {
			int err = -errno;

			close_all(ours);
			close_all(theirs);
			return err;
		}
		ours[i] = ends[to_them];
		theirs[i] = ends[!to_them];
	}
	fcntl(ours[SAMPLES], F_SETPIPE_SZ, PIPE_ROOM); /* without the privilege it stays as it is */
	return 0;
}

char *live_collector__file(const char *file, unsigned number)
{
	return number > 1 ? heap__format("%s.%u", file, number) : heap__string(file);
}

int live_collector__start(const struct options *o, pid_t only, unsigned number, const int outputs[2],
			  struct feed_pipes *ret, pid_t *ret_pid)
{
	int ours[PIPES], theirs[PIPES], err = open_pipes(ours, theirs);
	char **argv;
	pid_t pid;

	if (err)
		return err;
	signal(SIGPIPE, SIG_IGN);
	argv = command_line(o, only, number, theirs, outputs);
	pid = start(argv, theirs, outputs);
	if (pid < 0)
		err = -errno;
	free(argv[1]);
	free(argv);
	close_all(theirs);
	if (err) {
		close_all(ours);
		return err;
	}
	*ret = (struct feed_pipes){.samples = ours[SAMPLES],
				   .snapshots = ours[SNAPSHOTS],
				   .messages = ours[MESSAGES],
				   .requests = ours[REQUESTS]};
	*ret_pid = pid;
	return 0;
}

/* ---- the collector's side ---------------------------------------------------------------------- */

/* Complaints go down their pipe; nothing else of the terminal is touched. */
static int take_streams(int messages)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(messages, STDERR_FILENO) < 0)
		return -errno;
	close(null);
	close(messages);
	return 0;
}

/* What is recorded is open. */
static int give_up(struct collecting *l, const struct options *o, int monitor[2])
{
	pid_t pid = 0; /* its end is of no interest: it ends with this process */
	int err = monitor__start(o, monitor, &pid);

	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	session__collects(&l->s, monitor[1]);
	return STATUS_DONE;
}

static int run(struct collecting *l, const struct options *o, const int fds[PIPES], const int outputs[2],
	       int monitor[2])
{
	struct saved_head head = {.every_process = !o->pid_count && !o->name_count && !o->child};
	int status = session__open_targets(&l->s, o), err;

	memcpy(l->s.outputs, outputs, sizeof(l->s.outputs));
	l->samples_fd = fds[SAMPLES];
	err = saved_writer__to(fds[SAMPLES], &head, &l->samples);
	if (!err)
		err = saved_writer__to(fds[SNAPSHOTS], &(struct saved_head){.snapshot = true}, &l->snapshots);
	if (err)
		return collecting__write_failed(l, err);
	if (!status)
		status = session__check_limits(&l->s);
	if (!status)
		status = save__open(o, false, head.every_process, &l->record);
	if (!status)
		status = give_up(l, o, monitor);
	if (!status)
		status = collecting__look(l);
	if (!status && loop__add(l->s.loop, fds[REQUESTS], collecting__request, l))
		status = complain(STATUS_FAILED, "cannot start");
	if (!status && !l->stop)
		status = collecting__observe(l);
	fflush(stderr);
	saved_writer__note(l->samples, &(struct saved_note){.end = true, .status = status});
	return status;
}

int live_collector__run(struct options *o, const char *argument)
{
	struct collecting *l = HEAP_NEW(struct collecting, 1);
	int fds[PIPES], outputs[2], monitor[2] = {-1, -1}, only, status;
	char *record = NULL;
	unsigned number;

	if (sscanf(argument, "%d,%d,%d,%d,%d,%u,%d,%d", &fds[0], &fds[1], &fds[2], &fds[3], &only, &number,
		   &outputs[0], &outputs[1]) != PIPES + 4)
		return complain(STATUS_USAGE, "unexpected argument '" COLLECTOR_OPTION "%s'", argument);
	for (int i = 0; i < PIPES; i++)
		fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	for (int i = 0; i < 2; i++)
		if (outputs[i] >= 0)
			fcntl(outputs[i], F_SETFD, FD_CLOEXEC);
	heap__give_back();
	prctl(PR_SET_NAME, "ts-collector");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	if (take_streams(fds[MESSAGES]))
		return STATUS_FAILED;
	if (only) {
		o->pids[0] = only;
		o->pid_count = 1;
		o->name_count = 0;
		o->child = NULL;
	}
	if (o->child && !o->output_file && outputs[0] < 0)
		o->output_file = "/dev/null"; /* the terminal is the screen's */
	if (o->save_file)
		o->save_file = record = live_collector__file(o->save_file, number);
	o->live = true;
	status = run(l, o, fds, outputs, monitor);
	/* Its own failures are in the last note; one of them may be that the screen reads no more. */
	if (!status && l->s.child_ended && !l->s.stopped)
		status = child__exit_status(l->s.child_status);
	else if (o->child)
		status = STATUS_DONE;
	saved_writer__close(l->samples);
	saved_writer__close(l->snapshots);
	saved_writer__close(l->record);
	free(record);
	first_look__free(l->look);
	session__close(&l->s);
	for (int i = 0; i < 2; i++)
		if (monitor[i] >= 0)
			close(monitor[i]);
	free(l);
	return status;
}
