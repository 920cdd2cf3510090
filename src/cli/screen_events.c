// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/screen_events.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/heap.h"

#define ENDED      16
#define LINE_BYTES 4096 /* a longer one is cut */

struct screen_events {
	struct loop *loop;
	struct ui *ui;
	const struct options *o;
	int fd; /* -1: nothing runs */
	pid_t pid;
	pid_t ended[ENDED]; /* killed, and to be reaped */
	size_t ended_count;
	char line[LINE_BYTES];
	size_t length;
	char last[LINE_BYTES]; /* the last line: if it ends by itself, why */
};

struct screen_events *screen_events__new(struct loop *loop, struct ui *ui, const struct options *o)
{
	struct screen_events *e = HEAP_NEW(struct screen_events, 1);

	*e = (struct screen_events){.loop = loop, .ui = ui, .o = o, .fd = -1};
	return e;
}

void screen_events__reap(struct screen_events *e)
{
	size_t left = 0;

	for (size_t i = 0; i < e->ended_count; i++)
		if (waitpid(e->ended[i], NULL, WNOHANG) != e->ended[i])
			e->ended[left++] = e->ended[i];
	e->ended_count = left;
}

/* To be reaped later: the kernel takes its time to detach the probes, and a key is not to wait for that. */
static void note_ended(struct screen_events *e, pid_t pid)
{
	screen_events__reap(e);
	if (e->ended_count == ENDED) {
		waitpid(e->ended[0], NULL, 0);
		e->ended[0] = e->ended[--e->ended_count];
	}
	e->ended[e->ended_count++] = pid;
	screen_events__reap(e);
}

/* A stopped reader of its pipe would hold it up: it is killed, which leaves nothing in the kernel. */
static void end(struct screen_events *e)
{
	if (e->fd < 0)
		return;
	loop__remove(e->loop, e->fd);
	close(e->fd);
	e->fd = -1;
	kill(e->pid, SIGKILL);
	note_ended(e, e->pid);
	e->pid = 0;
}

void screen_events__free(struct screen_events *e)
{
	if (e)
		end(e);
	free(e);
}

/* ---- lines ------------------------------------------------------------------------- */

static void finish_line(struct screen_events *e)
{
	e->line[e->length] = '\0';
	e->length = 0;
	memcpy(e->last, e->line, sizeof(e->last));
	ui__event_line(e->ui, e->line);
}

static void take(struct screen_events *e, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] == '\n')
			finish_line(e);
		else if (e->length + 1 < sizeof(e->line))
			e->line[e->length++] = bytes[i];
	}
}

static void came(void *arg, int fd)
{
	struct screen_events *e = arg;
	char bytes[16384];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0) {
		take(e, bytes, (size_t)n);
	} else if (!n || (errno != EINTR && errno != EAGAIN)) {
		end(e);
		ui__events_over(e->ui, e->last);
	}
}

/* ---- the command --------------------------------------------------------------------- */

#define HOOK_ARGUMENTS 16
#define ARGUMENTS      (MAX_GLOBS + HOOK_ARGUMENTS + 11)

/* "--hook=NAME=CHOICE", and in two words. */
static size_t hooks(const struct options *o, char **to)
{
	size_t n = 0;

	for (int i = 1; i < o->argc && n + 2 <= HOOK_ARGUMENTS && strcmp(o->argv[i], "--") != 0; i++) {
		bool alone = !strcmp(o->argv[i], "--hook");

		if (alone || !strncmp(o->argv[i], "--hook=", 7))
			to[n++] = heap__string(o->argv[i]);
		if (alone && i + 1 < o->argc)
			to[n++] = heap__string(o->argv[++i]);
	}
	return n;
}

/* What the screen was started with, as far as it selects events. Freed by the caller, each but the first. */
static void command_line(const struct options *o, pid_t pid, char *argv[ARGUMENTS])
{
	size_t n = 0;

	argv[n++] = "threadscope";
	argv[n++] = heap__string(EVENTS_OPTION);
	argv[n++] = heap__string("events");
	argv[n++] = heap__format("--pid=%d", (int)pid);
	argv[n++] = heap__format("--min-wait=%" PRIu64 "ns", o->min_wait_ns);
	argv[n++] = heap__format("--slow-write=%" PRIu64 "ns", o->slow_write_ns);
	for (size_t i = 0; i < o->log_file_count; i++)
		argv[n++] = heap__format("--log-file=%s", o->log_files[i]);
	if (o->lines || o->no_lines)
		argv[n++] = heap__string(o->lines ? "--lines" : "--no-lines");
	if (o->names_memory)
		argv[n++] = heap__format("--names-memory=%" PRIu64 "M", o->names_memory >> 20);
	if (o->names_time_ns)
		argv[n++] = heap__format("--names-time=%" PRIu64 "ns", o->names_time_ns);
	n += hooks(o, argv + n);
	argv[n] = NULL;
}

/* In a child that has the parent's memory: it only calls the kernel. */
static _Noreturn void become(int out, char **argv)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0); /* the terminal's signals are the screen's */
	if (dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0)
		execv("/proc/self/exe", argv);
	_exit(1);
}

/* A copy of the page tables of many megabytes would take longer than a key may. */
static pid_t start(int out, char **argv)
{
	pid_t pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */

	if (!pid)
		become(out, argv); /* NOLINT(clang-analyzer-unix.Vfork): calls of the kernel */
	return pid;
}

int screen_events__follow(struct screen_events *e, pid_t pid)
{
	char *argv[ARGUMENTS];
	int ends[2], err;

	end(e);
	*e->last = '\0';
	e->length = 0;
	if (!pid)
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	command_line(e->o, pid, argv);
	e->pid = start(ends[1], argv);
	err = e->pid < 0 ? -errno : 0;
	for (char **a = argv + 1; *a; a++)
		free(*a);
	close(ends[1]);
	if (!err)
		err = loop__add(e->loop, ends[0], came, e);
	if (err) {
		close(ends[0]);
		if (e->pid > 0) {
			kill(e->pid, SIGKILL);
			waitpid(e->pid, NULL, 0);
		}
		return err;
	}
	e->fd = ends[0];
	return 0;
}
