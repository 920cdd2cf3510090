// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/screen_events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "util/heap.h"

#define LINE_BYTES 4096 /* a longer one is cut */

struct screen_events {
	struct loop *loop;
	struct ui *ui;
	struct starter *starter;
	int fd; /* -1: nothing runs */
	unsigned number;
	char line[LINE_BYTES];
	size_t length;
	char last[LINE_BYTES]; /* the last line: if it ends by itself, why */
};

struct screen_events *screen_events__new(struct loop *loop, struct ui *ui, struct starter *starter)
{
	struct screen_events *e = HEAP_NEW(struct screen_events, 1);

	*e = (struct screen_events){.loop = loop, .ui = ui, .starter = starter, .fd = -1};
	return e;
}

/* A stopped reader of its pipe would hold it up: it is killed, which leaves nothing in the kernel. */
static void end(struct screen_events *e)
{
	if (e->fd < 0)
		return;
	loop__remove(e->loop, e->fd);
	close(e->fd);
	e->fd = -1;
	starter__kill(e->starter, e->number);
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

int screen_events__print(const struct options *screen, pid_t pid, int out)
{
	const struct command *c = COMMANDS;
	struct options o = {.pids = {pid},
			    .pid_count = 1,
			    .interval_ns = screen->interval_ns,
			    .min_wait_ns = screen->min_wait_ns,
			    .slow_write_ns = screen->slow_write_ns,
			    .waits_or_writes = true,
			    .log_file_count = screen->log_file_count,
			    .hooks = screen->hooks,
			    .lines = screen->lines,
			    .no_lines = screen->no_lines,
			    .names_memory = screen->names_memory,
			    .names_time_ns = screen->names_time_ns,
			    .for_screen = true};

	prctl(PR_SET_NAME, "threadscope");
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		return STATUS_FAILED;
	close(out);
	while (c->run != command_events)
		c++;
	o.command = c;
	memcpy(o.log_files, screen->log_files, sizeof(o.log_files));
	return command_events(&o);
}

int screen_events__follow(struct screen_events *e, pid_t pid)
{
	int ends[2], err;

	end(e);
	*e->last = '\0';
	e->length = 0;
	if (!pid)
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	err = starter__events(e->starter, pid, ends[1], &e->number);
	close(ends[1]);
	if (!err) {
		err = loop__add(e->loop, ends[0], came, e);
		if (err)
			starter__kill(e->starter, e->number);
	}
	if (err) {
		close(ends[0]);
		return err;
	}
	e->fd = ends[0];
	return 0;
}
