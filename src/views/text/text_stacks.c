/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads of a snapshot with their stacks: groups of equal stacks, the largest first, then single threads,
 * and one line per idle group at the end.
 */
#include <inttypes.h>
#include <string.h>

#include "util/duration.h"
#include "util/text.h"
#include "words/describe.h"
#include "waits/wait.h"
#include "views/text/text_parts.h"

#define SHOWN_TIDS   8
#define SHOWN_NAMES  4
#define SHOWN_FRAMES 48 /* on a terminal */
#define SHOWN_LOCKS  6  /* of a group that waits on several */
#define MOTION_TEXT  80
#define IDLE_FRAMES  5
#define IDLE_LINES   12
#define NAME_BYTES   4200 /* of a function in a stack: none is longer */
#define NAME_COLUMNS 120  /* of one on a terminal */

/* ---- a stack ---- */

/* Frames of the C library are dimmed. */
static bool of_library(const struct frame *f)
{
	const char *file = f->module ? path_basename(f->module) : "";

	return !strncmp(file, "libc.", 5) || !strncmp(file, "libc-", 5) || !strncmp(file, "libpthread", 10) ||
	       !strncmp(file, "ld-musl", 7);
}

static void frame(const struct view_options *o, FILE *out, const struct frame *f, size_t index, bool kernel)
{
	enum text_colour colour = kernel || of_library(f) ? TEXT_DIM : TEXT_PLAIN;
	size_t size = o->terminal && !o->all ? NAME_COLUMNS : NAME_BYTES;
	char name[NAME_BYTES], where[32] = "";

	if (o->all)
		snprintf(where, sizeof(where), "0x%016" PRIx64 " ", f->address);
	text_coloured(o, out, colour, "  %s#%-2zu %s%s", kernel ? "[k] " : "", index, where,
		      describe_frame(name, size, f));
	if (f->function && *f->function) {
		if (f->language)
			text_coloured(o, out, colour, " (%s)", f->language);
		else if (f->inlined)
			text_coloured(o, out, colour, " (inlined)");
		else if (f->address) /* not of frames left out */
			text_coloured(o, out, colour, "+%" PRIu64, f->offset);
		if (f->module && !kernel)
			text_coloured(o, out, colour, " (%s)", path_basename(f->module));
	}
	if (f->file && *f->file)
		text_coloured(o, out, colour, f->line > 0 ? " at %s:%d" : " at %s", f->file, f->line);
	text_line(out, "%s", "");
}

static void stack(const struct view_options *o, FILE *out, const struct call_stack *s, bool kernel)
{
	size_t max = o->all || !o->terminal ? SIZE_MAX : SHOWN_FRAMES;

	for (size_t i = 0; i < s->count && i < max; i++)
		frame(o, out, &s->frames[i], i, kernel);
	if (s->count > max)
		text_line(out, "  ... and %zu more frames", s->count - max);
	if (s->end && s->end != STACK_COMPLETE && !(kernel || (!s->count && s->end == STACK_RUNNING)))
		text_line(out, s->sampled ? "  (%s: sampled%s)" : "  (%s)", stack_end__name(s->end),
			  s->sampled && s->sampled != STACK_COMPLETE ? ", truncated" : "");
}

/* In uninterruptible sleep, the kernel's frames show the reason; otherwise they are shown on request. */
static void stacks(const struct view_options *o, FILE *out, const struct thread_row *t)
{
	if (wait__ended(t->state))
		return;
	stack(o, out, &t->stack, false);
	if (o->all || o->kernel_stacks || t->state == 'D')
		stack(o, out, &t->kernel_stack, true);
}

/* ---- what they wait for ---- */

/* "mutex log_mutex"; for several files or locks: what they have in common. */
static char *group_wait(char *dst, size_t size, const struct naming *n, const struct stack_group *g)
{
	struct wait common = g->one->wait;

	if (g->mixed) {
		common.lock = NO_INDEX;
		common.blocked_by = 0;
		common.file = NULL;
		common.fd = -1;
	}
	return describe_wait_short(dst, size, n, &common);
}

/* Why its wait is of its class, and the processes that it waits for: a line each. */
static void reason(FILE *out, const struct thread_row *t)
{
	char text[DESCRIBE_CHAIN];

	if (t->blocked && *describe_wait_reason(text, sizeof(text), &t->wait))
		text_line(out, "  %s", text);
	if (t->blocked && *describe_links(text, sizeof(text), &t->wait))
		text_line(out, "  %s", text + strspn(text, ", "));
}

/* "1.2 s .. 2.3 s" */
#define SPAN_TEXT (DESCRIBE_AGE + DURATION_TEXT)
static char *span(char dst[SPAN_TEXT], const struct stack_group *g)
{
	char a[DURATION_TEXT], b[DURATION_TEXT];
	const char *least = describe_least(&g->one->wait);

	duration_format(a, sizeof(a), g->shortest_ns);
	duration_format(b, sizeof(b), g->longest_ns);
	snprintf(dst, SPAN_TEXT, strcmp(a, b) ? "%s%s .. %s" : "%s%s", least, a, b);
	return dst;
}

/* "worker-* (813 814 815 and 38 more)": the list has all TIDs, or at least the first SHOWN_TIDS. */
static void who(FILE *out, const struct naming *n, const pid_t *list, size_t listed, size_t count)
{
	char names[DESCRIBE_WAIT];

	if (count == 1) {
		text_line(out, "%s", describe_tid(names, sizeof(names), n, list[0]));
		return;
	}
	text_part(out, "%s (", describe_names(names, sizeof(names), n, list, listed, SHOWN_NAMES));
	for (size_t i = 0; i < listed && i < SHOWN_TIDS; i++)
		text_part(out, "%s%d", i ? " " : "", (int)list[i]);
	if (count > SHOWN_TIDS)
		text_part(out, " and %zu more", count - SHOWN_TIDS);
	text_line(out, ")");
}

/* A group that waits at one place for several objects: one line per object. */
static void several_waits(FILE *out, const struct naming *n, const struct stack_group *g)
{
	char wait[DESCRIBE_WAIT];

	for (size_t i = 0; i < g->wait_count; i++) {
		const struct same_wait *w = &g->waits[i];

		if (i == SHOWN_LOCKS) {
			text_line(out, "  and others");
			return;
		}
		text_part(out, "  %zu for %s: ", w->count,
			  describe_wait_short(wait, sizeof(wait), n, &w->one->wait));
		who(out, n, w->tids, w->count < SHOWN_TIDS ? w->count : SHOWN_TIDS, w->count);
	}
}

/* The motion of count threads over several snapshots: ", did not run between the 5 snapshots". */
static char *motion(char dst[MOTION_TEXT], uint64_t number, size_t unmoved, size_t unrun, size_t count)
{
	const char *what = unrun ? "did not run between the" : "at the same place in all";
	size_t of_them = unrun ? unrun : unmoved;

	*dst = '\0';
	if (number <= 1)
		return dst;
	if (!unmoved)
		snprintf(dst, MOTION_TEXT, ", moved meanwhile");
	else if (of_them == count)
		snprintf(dst, MOTION_TEXT, ", %s %zu snapshots", what, (size_t)number);
	else
		snprintf(dst, MOTION_TEXT, ", %zu of them %s %zu snapshots", of_them, what, (size_t)number);
	return dst;
}

/* "running"; of one thread that gets no CPU, why. */
static char *state_words(char *dst, size_t size, const struct thread_row *t, size_t count)
{
	if (t->blocked || !t->halt.reason)
		snprintf(dst, size, "%s", describe_wait_kind(t));
	else if (count > 1)
		snprintf(dst, size, "runnable, but %s",
			 t->halt.reason == HALT_THROTTLED ? "throttled" : "without a CPU");
	else
		describe_halt(dst, size, &t->halt);
	return dst;
}

/* " by SIGSTOP" */
static char *stop_words(char *dst, size_t size, const struct thread_row *t)
{
	describe_memory(dst, size, &t->halt);
	if (t->wait.kind == WAIT_STOPPED && t->halt.reason) {
		*dst = ' ';
		describe_stopper(dst + 1, size - 1, &t->halt);
	}
	return dst;
}

static void group(const struct view_options *o, FILE *out, const struct naming *n,
		  const struct stack_group *g, uint64_t number)
{
	char wait[DESCRIBE_WAIT], time[SPAN_TEXT], moved[MOTION_TEXT], state[DESCRIBE_HALT];

	motion(moved, number, g->unmoved, g->unrun, g->count);

	text_line(out, "%s", "");
	text_coloured(o, out, TEXT_BOLD, "%zu %s: ", g->count, g->count == 1 ? "thread" : "threads");
	if (g->one && g->one->blocked)
		text_coloured(o, out, TEXT_BOLD, "%s%s%s, %s%s", describe_wait_verb(&g->one->wait),
			      group_wait(wait, sizeof(wait), n, g), stop_words(state, sizeof(state), g->one),
			      span(time, g), moved);
	else
		text_coloured(o, out, TEXT_BOLD, "%s%s",
			      g->one ? state_words(state, sizeof(state), g->one, g->count) : g->wait, moved);
	text_part(out, ": ");
	who(out, n, g->tids, g->count, g->count);
	if (g->one && !wait_class__at_rest(g->one->wait.class))
		reason(out, g->one);
	if (g->mixed && (!g->one || !*describe_wait_named(wait, sizeof(wait), &g->one->wait)))
		several_waits(out, n, g);
	if (g->one)
		stacks(o, out, g->one);
}

/* --all: each thread with its own stack. */
static void thread(const struct view_options *o, FILE *out, const struct naming *n,
		   const struct thread_row *t, uint64_t number)
{
	char name[DESCRIBE_NAME], wait[DESCRIBE_WAIT], age[DESCRIBE_AGE], moved[MOTION_TEXT];
	char state[DESCRIBE_HALT];
	int64_t before = (int64_t)number - 1;

	text_line(out, "%s", "");
	text_coloured(o, out, TEXT_BOLD,
		      "%s, state %c: ", describe_thread(name, sizeof(name), t->name, t->tid), t->state);
	if (t->blocked)
		text_coloured(o, out, TEXT_BOLD, "%s%s%s, %s", describe_wait_verb(&t->wait),
			      describe_wait(wait, sizeof(wait), n, &t->wait),
			      stop_words(state, sizeof(state), t), describe_age(age, sizeof(age), &t->wait));
	else
		text_coloured(o, out, TEXT_BOLD, "%s", state_words(state, sizeof(state), t, 1));
	text_line(out, "%s", motion(moved, number, t->same_stack == before, t->did_not_run == before, 1));
	reason(out, t);
	stacks(o, out, t);
}

/* ---- idle threads ---- */

static void idle_line(FILE *out, const struct naming *n, const struct stack_group *g)
{
	char wait[DESCRIBE_WAIT], stack_text[DESCRIBE_WAIT], names[DESCRIBE_WAIT], time[SPAN_TEXT];

	if (g->count == 1)
		describe_tid(names, sizeof(names), n, g->tids[0]);
	else
		describe_names(names, sizeof(names), n, g->tids, g->count, SHOWN_NAMES);
	text_part(out, "  %4zu in %s, %s: %s", g->count, group_wait(wait, sizeof(wait), n, g), span(time, g),
		  names);
	if (g->one->stack.count)
		text_part(out, "; %s",
			  describe_creator(stack_text, sizeof(stack_text), &g->one->stack, IDLE_FRAMES));
	text_line(out, "%s", "");
}

static void idle_groups(FILE *out, const struct naming *n, const struct snapshot_report *r)
{
	size_t lines = 0, threads = 0, more = 0;

	for (size_t i = 0; i < r->group_count; i++)
		threads += r->groups[i].idle ? r->groups[i].count : 0;
	if (!threads)
		return;
	text_line(out, "%s", "");
	text_line(out, "%zu idle %s (--all shows each):", threads, threads == 1 ? "thread" : "threads");
	for (size_t i = 0; i < r->group_count; i++) {
		if (!r->groups[i].idle)
			continue;
		if (lines++ < IDLE_LINES)
			idle_line(out, n, &r->groups[i]);
		else
			more += r->groups[i].count;
	}
	if (more)
		text_line(out, "  %4zu at other places", more);
}

void text_stacks(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		 const struct naming *n)
{
	/* Selected threads are shown even if they are idle. */
	bool fold = !r->selected;

	for (size_t i = 0; o->all && i < r->thread_count; i++)
		if (!r->threads[i].left_out)
			thread(o, out, n, &r->threads[i], r->number);
	if (o->all)
		return;
	for (size_t i = 0; i < r->group_count; i++)
		if (!fold || !r->groups[i].idle)
			group(o, out, n, &r->groups[i], r->number);
	if (fold)
		idle_groups(out, n, r);
}
