/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot's threads with their stacks: equal stacks together, the most common first. */
#include <inttypes.h>
#include <string.h>

#include "util/duration.h"
#include "model/describe.h"
#include "views/text_parts.h"

#define SHOWN_TIDS   8
#define SHOWN_FRAMES 48
#define NAME_BYTES   240 /* of a function in a stack */

static void frame(FILE *out, const struct frame *f, size_t index, bool kernel)
{
	char name[NAME_BYTES];

	text_part(out, "  %s#%-2zu 0x%016" PRIx64 " ", kernel ? "[k] " : "", index, f->address);
	if (!f->function || !*f->function) {
		text_part(out, "%s", describe_frame(name, sizeof(name), f));
	} else {
		text_part(out, "%s", describe_frame(name, sizeof(name), f));
		if (f->inlined)
			text_part(out, " (inlined)");
		else
			text_part(out, "+%" PRIu64, f->offset);
		if (f->module && !kernel)
			text_part(out, " (%s)", describe_basename(f->module));
	}
	if (f->file && *f->file)
		text_part(out, f->line > 0 ? " at %s:%d" : " at %s", f->file, f->line);
	text_line(out, "%s", "");
}

static void stack(const struct view_options *o, FILE *out, const struct call_stack *s, bool kernel)
{
	size_t max = o->all ? SIZE_MAX : SHOWN_FRAMES;

	for (size_t i = 0; i < s->count && i < max; i++)
		frame(out, &s->frames[i], i, kernel);
	if (s->count > max)
		text_line(out, "  ... and %zu more frames", s->count - max);
	if (s->end && strcmp(s->end, "complete") && !(kernel || (!s->count && !strcmp(s->end, "running"))))
		text_line(out, "  (%s)", s->end);
}

/* Before what describe_wait() says. */
static const char *wait_verb(enum wait_kind kind)
{
	if (kind == WAIT_STOPPED)
		return "";
	return (unsigned)kind <= WAIT_FUTEX ? "waiting for " : "waiting in ";
}

/* "waiting for mutex log_mutex, 1.2 s .. 2.3 s" */
static void wait_clause(FILE *out, const struct naming *n, const struct thread_row *one, const char *kind,
			bool mixed, uint64_t shortest_ns, uint64_t longest_ns)
{
	char wait[DESCRIBE_WAIT], a[DURATION_TEXT], b[DURATION_TEXT];

	if (!one || !one->blocked) {
		text_part(out, "%s", kind ? kind : "running");
		return;
	}
	if (mixed)
		snprintf(wait, sizeof(wait), "%s, not all on the same", wait_kind__name(one->wait.kind));
	else
		describe_wait_short(wait, sizeof(wait), n, &one->wait);
	text_part(out, "%s%s, ", wait_verb(one->wait.kind), wait);
	duration_format(a, sizeof(a), shortest_ns);
	duration_format(b, sizeof(b), longest_ns);
	if (strcmp(a, b))
		text_part(out, "%s .. %s", a, b);
	else
		text_part(out, "%s", a);
}

static void group(const struct view_options *o, FILE *out, const struct naming *n,
		  const struct stack_group *g)
{
	char name[DESCRIBE_NAME];

	text_line(out, "%s", "");
	text_part(out, "%zu %s: ", g->count, g->count == 1 ? "thread" : "threads");
	wait_clause(out, n, g->one, g->wait, g->mixed, g->shortest_ns, g->longest_ns);
	if (g->count == 1 && g->one) {
		text_part(out, ": %s", describe_thread(name, sizeof(name), g->one->name, g->one->tid));
	} else {
		text_part(out, g->count == 1 ? ": tid" : ": tids");
		for (size_t i = 0; i < g->count && i < SHOWN_TIDS; i++)
			text_part(out, " %d", (int)g->tids[i]);
		if (g->count > SHOWN_TIDS)
			text_part(out, " ... (%zu more)", g->count - SHOWN_TIDS);
	}
	text_line(out, "%s", "");
	if (!g->one)
		return;
	stack(o, out, &g->one->stack, false);
	stack(o, out, &g->one->kernel_stack, true);
}

/* Nothing folded: each thread with its own stack and its own words. */
static void thread(const struct view_options *o, FILE *out, const struct naming *n,
		   const struct thread_row *t)
{
	char name[DESCRIBE_NAME], wait[DESCRIBE_WAIT], duration[DURATION_TEXT];

	text_line(out, "%s", "");
	text_part(out, "%s, state %c: ", describe_thread(name, sizeof(name), t->name, t->tid), t->state);
	if (t->blocked)
		text_line(out, "%s%s, %s", wait_verb(t->wait.kind),
			  describe_wait(wait, sizeof(wait), n, &t->wait),
			  duration_format(duration, sizeof(duration), t->wait.duration_ns));
	else
		text_line(out, "running");
	stack(o, out, &t->stack, false);
	stack(o, out, &t->kernel_stack, true);
}

void text_stacks(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		 const struct naming *n)
{
	for (size_t i = 0; !o->all && i < r->group_count; i++)
		group(o, out, n, &r->groups[i]);
	for (size_t i = 0; o->all && i < r->thread_count; i++)
		thread(o, out, n, &r->threads[i]);
}
