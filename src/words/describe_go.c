// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "words/describe_go.h"
#include "util/append.h"
#include "util/duration.h"
#include "util/text.h"

#define ENDS_SHOWN 3

char *describe_go_ends(char *dst, size_t size, const struct go_group *g)
{
	bool several = g->pipes_seen > 1 && g->targets != 1;
	size_t used = 0, shown = g->pipe_end_count < ENDS_SHOWN ? g->pipe_end_count : ENDS_SHOWN;
	uint64_t more = g->pipe_end_count - shown + g->pipe_ends_more;

	*dst = '\0';
	if (!shown)
		return dst;
	append(dst, size, &used, "%s end%s held by", g->pipe_write ? "read" : "write", several ? "s" : "");
	for (size_t i = 0; i < shown; i++) {
		const struct go_pipe_end *e = &g->pipe_ends[i];

		append(dst, size, &used, "%s", !i ? " " : i + 1 == shown && !more ? " and " : ", ");
		append(dst, size, &used, *e->name ? "%s (%d)" : "%sprocess %d", e->name, (int)e->pid);
	}
	if (more)
		append(dst, size, &used, " and %" PRIu64 " more %s", more,
		       more == 1 ? "process" : "processes");
	if (g->pipes_seen < g->count)
		append(dst, size, &used, " (%" PRIu64 " looked at)", g->pipes_seen);
	return dst;
}

static void describe_several(char *dst, size_t size, const struct go_group *g)
{
	static const char *const WHAT[] = {"", "channels", "channels", "semaphores", "", "descriptors"};
	char ends[DESCRIBE_WAIT];

	describe_go_ends(ends, sizeof(ends), g);
	snprintf(dst, size, "on %s%" PRIu64 " different %s%s%s%s%s", g->targets_more ? "more than " : "",
		 g->targets, WHAT[g->wait.target], g->peer ? ", all to " : "", g->peer ? g->peer : "",
		 *ends ? ": pipes, " : "", ends);
}

static void describe_one(char *dst, size_t size, const struct go_group *g)
{
	const struct go_wait *w = &g->wait;
	char ends[DESCRIBE_WAIT];

	switch (w->target) {
	case GO_TARGET_CHAN:
	case GO_TARGET_SELECT:
		snprintf(dst, size, "on chan 0x%" PRIx64 " (%" PRIu64 " of %" PRIu64 "%s%s)", w->address,
			 w->len, w->cap, w->closed ? ", closed" : "",
			 w->target == GO_TARGET_SELECT && w->cases > 1 ? ", and others" : "");
		break;
	case GO_TARGET_SEMAPHORE:
		snprintf(dst, size, "on 0x%" PRIx64 " (%" PRIu64 " waiters)", w->address, g->behind);
		break;
	case GO_TARGET_FD:
		describe_go_ends(ends, sizeof(ends), g);
		snprintf(dst, size, "to %s fd %d%s%s%s%s%s", w->fd_write ? "write to" : "read from", w->fd,
			 w->file ? " (" : "", w->file ? w->file : "", w->file && *ends ? ", " : "",
			 w->file ? ends : "", w->file ? ")" : "");
		break;
	case GO_TARGET_SLEEP:
	case GO_TARGET_NONE:
		break;
	}
}

char *describe_go_wait(char *dst, size_t size, const struct go_group_row *row)
{
	const struct go_group *g = &row->g;

	*dst = '\0';
	if (row->same_call && row->syscall)
		snprintf(dst, size, "%s%s%s", row->syscall, row->file ? " on " : "",
			 row->file ? row->file : "");
	else if (g->targets > 1)
		describe_several(dst, size, g);
	else if (g->targets == 1)
		describe_one(dst, size, g);
	return dst;
}

char *describe_go_span(char *dst, size_t size, const struct go_group *g)
{
	char a[DURATION_TEXT], b[DURATION_TEXT];
	const char *about = g->wait_exact == g->wait_known   ? ""
			    : g->wait_least == g->wait_known ? "at least "
							     : "about ";

	*dst = '\0';
	if (!g->wait_known)
		return dst;
	duration_format(a, sizeof(a), g->wait_min_ns);
	duration_format(b, sizeof(b), g->wait_max_ns);
	if (strcmp(a, b))
		snprintf(dst, size, "%s%s .. %s", about, a, b);
	else
		snprintf(dst, size, "%s%s", about, a);
	if (g->wait_known < g->count) {
		size_t used = strlen(dst);

		snprintf(dst + used, size - used, " (%" PRIu64 " known)", g->wait_known);
	}
	return dst;
}

char *describe_go_line(char *dst, size_t size, const struct frame *f)
{
	*dst = '\0';
	if (f->file && *f->file && f->line > 0)
		snprintf(dst, size, "%s:%d", path_basename(f->file), f->line);
	return dst;
}

static char *describe_code(char *dst, size_t size, const struct frame *f)
{
	if (!*describe_go_line(dst, size, f) && f->function)
		snprintf(dst, size, "%s", f->function);
	return dst;
}

/* Functions that wait on behalf of their callers. */
static bool waits_for_others(const struct frame *f)
{
	static const char *const packages[] = {"runtime.", "sync.", "internal/", "syscall.", "time."};

	for (size_t i = 0; f->function && i < sizeof(packages) / sizeof(packages[0]); i++)
		if (starts_with(f->function, packages[i]))
			return true;
	return false;
}

char *describe_go_place(char *dst, size_t size, const struct go_group *g)
{
	size_t at = 0;

	*dst = '\0';
	while (at + 1 < g->stack.count && waits_for_others(&g->stack.frames[at]))
		at++;
	return at < g->stack.count ? describe_code(dst, size, &g->stack.frames[at]) : dst;
}

char *describe_go_creator(char *dst, size_t size, const struct go_group *g)
{
	*dst = '\0';
	return g->created_by.function ? describe_code(dst, size, &g->created_by) : dst;
}

char *describe_go_timers(char *dst, size_t size, const struct go_timer_kind *k)
{
	if (!strcmp(k->function, "time.goFunc"))
		snprintf(dst, size, "time.AfterFunc(%s)", k->runs ? k->runs : "unknown function");
	else if (!strcmp(k->function, "time.sendTime"))
		snprintf(dst, size, "%s", k->periodic ? "time.Ticker" : "time.Timer");
	else if (!strcmp(k->function, "runtime.goroutineReady"))
		snprintf(dst, size, "time.Sleep");
	else
		snprintf(dst, size, "%s", *k->function ? k->function : "unknown function");
	return dst;
}
