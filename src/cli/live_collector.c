// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/live_collector.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/commands.h"
#include "cli/first_look.h"
#include "cli/inherited.h"
#include "cli/session.h"
#include "facts/saved/saved.h"
#include "model/interval/model.h"
#include "util/clock.h"
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

struct live {
	struct session s;
	struct first_look *look; /* until the first sample with names */
	struct saved_writer *samples, *snapshots;
	struct saved_writer *record; /* --save */
	int samples_fd;
	bool stop;                    /* the screen wants no more, or is gone */
	struct feed_request snapshot; /* that was asked for */
	bool wants_snapshot;
	uint64_t skipped; /* intervals in a row that the screen had no time for */
};

static void take_request(void *arg, int fd)
{
	struct live *l = arg;
	struct feed_request r;
	ssize_t n = read(fd, &r, sizeof(r));

	if (n != (ssize_t)sizeof(r) || r.wish == FEED_STOP) {
		l->stop = true;
		loop__remove(l->s.loop, fd);
	} else if (r.wish == FEED_INTERVAL && r.interval_ns) {
		session__tick(&l->s, r.interval_ns);
	} else if (r.wish == FEED_SNAPSHOT && r.pid > 0) {
		l->snapshot = r;
		l->wants_snapshot = true;
	}
}

/* A screen that has gone is no failure: it just ended before it could say so. */
static int write_failed(struct live *l, int err)
{
	if (err != -EPIPE)
		return complain(STATUS_FAILED, "cannot hand over what was read: %s", strerror(-err));
	l->stop = true;
	return STATUS_DONE;
}

static int write_look(struct live *l)
{
	int err = 0;

	l->look = first_look__take(&l->s);
	if (!l->look)
		return STATUS_DONE;
	l->s.seen = true;
	err = saved_writer__note(l->samples, &(struct saved_note){.look = true});
	if (!err)
		err = saved_writer__sample(l->samples, interval_report__sample(first_look__report(l->look)));
	return err ? write_failed(l, err) : STATUS_DONE;
}

static int write_snapshot(struct live *l, const struct sample *s, uint64_t wall_ns)
{
	int err = saved_writer__snapshot(l->snapshots,
					 &(struct saved_snapshot){.wall_ns = wall_ns, .number = 1, .of = 1});

	return err ? err : saved_writer__sample(l->snapshots, s);
}

/* By probes of its own, as the snapshot command; what cannot be had is a complaint. */
static void take_snapshot(struct live *l)
{
	struct probes_options po = {.targets = PROBES_SET, .snapshot = true, .wishes = l->s.o->hooks};
	struct collector_options co = {.only_pid = l->snapshot.pid,
				       .lines = options__lines(l->s.o),
				       .kernel_stacks = true,
				       .goroutines =
					       l->snapshot.goroutines ? GOROUTINE_LIST : GOROUTINE_GROUPS};
	uint64_t started = monotonic_ns();
	struct collector *c = NULL;
	struct probes *p = NULL;
	struct features features;
	struct sample *s;
	int err = probes__open(&po, &features, &p);

	if (!err)
		err = probes__add_target(p, l->snapshot.pid, false);
	if (!err) {
		c = collector__new(p, &co);
		err = collector__snapshot(c, l->snapshot.pid, &s);
	}
	if (!err) {
		err = write_snapshot(l, s, monotonic_ns() - started);
		sample__free(s);
	}
	if (err == -ESRCH)
		complain(STATUS_DONE, "no snapshot: process %d has ended", (int)l->snapshot.pid);
	else if (err)
		complain(STATUS_DONE, "no snapshot of process %d: %s", (int)l->snapshot.pid, strerror(-err));
	collector__free(c);
	probes__close(p);
	l->wants_snapshot = false;
}

/* The screen has not read what it got before: it is stopped, or short of CPU. What fits the rest of the pipe
 * does not have to wait for it. */
static bool is_full(const struct live *l)
{
	int unread, room = fcntl(l->samples_fd, F_GETPIPE_SZ);

	return !ioctl(l->samples_fd, FIONREAD, &unread) && unread > room / 2;
}

static int write_sample(struct live *l, struct sample *s, bool *ret_over)
{
	int err =
		l->skipped ? saved_writer__note(l->samples, &(struct saved_note){.skipped = l->skipped}) : 0;

	if (!err)
		err = saved_writer__sample(l->samples, s);
	l->skipped = 0;
	*ret_over = session__is_last(&l->s, s);
	return err ? write_failed(l, err) : STATUS_DONE;
}

static int take_sample(struct live *l, bool last, bool *ret_over)
{
	bool skip = !last && is_full(l);
	struct sample *s;
	int status;

	if (skip)
		l->skipped++; /* its next interval is longer; a record has all of them */
	if (skip && !l->record)
		return STATUS_DONE;
	if (collector__sample(l->s.collector, &s))
		return complain(STATUS_FAILED, "cannot read the threads");
	first_look__free(l->look);
	l->look = NULL;
	status = save__sample(l->s.o, l->record, s);
	if (!status && !skip)
		status = write_sample(l, s, ret_over);
	sample__free(s);
	return status;
}

static int follow(struct live *l)
{
	int status = STATUS_DONE, wake = 0;
	bool over = false;

	if (session__tick(&l->s, l->s.o->interval_ns))
		return complain(STATUS_FAILED, "cannot set a timer");
	while (!status && !over && !l->stop && !(wake & (WAKE_STOP | WAKE_ENDED))) {
		wake = session__wait_until(&l->s, LOOP_FOREVER);
		if (wake & WAKE_EVENTS)
			collector__events(l->s.collector, NULL, NULL);
		if (l->wants_snapshot)
			take_snapshot(l);
		if (wake & (WAKE_TIMER | WAKE_STOP | WAKE_ENDED))
			status = take_sample(l, (wake & WAKE_ENDED) != 0, &over);
	}
	return status;
}

static int observe(struct live *l)
{
	struct sample *first = NULL;
	bool over;
	int status = session__open_probes(&l->s, false);

	if (!status)
		status = session__begin(&l->s, &first);
	if (status)
		return status;
	status = save__sample(l->s.o, l->record, first);
	if (!status)
		status = write_sample(l, first, &over);
	sample__free(first);
	return status ? status : follow(l);
}

static int open_writer(int fd, const struct saved_head *h, struct saved_writer **ret)
{
	FILE *out = fdopen(fd, "w");
	int err = out ? saved_writer__new(out, h, ret) : -errno;

	if (err && out)
		fclose(out);
	return err;
}

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

static int run(struct live *l, const struct options *o, const int fds[PIPES], const int outputs[2])
{
	struct saved_head head = {.every_process = !o->pid_count && !o->name_count && !o->child};
	int status = session__open_targets(&l->s, o), err;

	memcpy(l->s.outputs, outputs, sizeof(l->s.outputs));
	l->samples_fd = fds[SAMPLES];
	err = open_writer(fds[SAMPLES], &head, &l->samples);
	if (!err)
		err = open_writer(fds[SNAPSHOTS], &(struct saved_head){.snapshot = true}, &l->snapshots);
	if (err)
		return write_failed(l, err);
	if (!status)
		status = session__check_limits(&l->s);
	if (!status)
		status = save__open(o, false, head.every_process, &l->record);
	if (!status)
		status = write_look(l);
	if (!status && loop__add(l->s.loop, fds[REQUESTS], take_request, l))
		status = complain(STATUS_FAILED, "cannot start");
	if (!status && !l->stop)
		status = observe(l);
	fflush(stderr);
	saved_writer__note(l->samples, &(struct saved_note){.end = true, .status = status});
	return status;
}

int live_collector__run(struct options *o, const char *argument)
{
	struct live *l = HEAP_NEW(struct live, 1);
	int fds[PIPES], outputs[2], only, status;
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
	status = run(l, o, fds, outputs);
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
	free(l);
	return status;
}
