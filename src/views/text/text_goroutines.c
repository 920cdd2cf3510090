/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines in groups, the largest first. */
#include <inttypes.h>

#include "report/go_rows.h"
#include "util/duration.h"
#include "words/describe_go.h"
#include "views/text/text_parts.h"

#define SHOWN_STATES 6
#define SHOWN_ROLES  6
#define SHOWN_QUEUES 5
#define SHOWN_TIMERS 6
#define SHOWN_FRAMES 48
#define SHOWN_GROUPS 40 /* --all: each */
#define FRAME_BYTES  512

/* ---- the summary ---- */

static void states_line(FILE *out, const struct go_report *r)
{
	uint64_t more = 0;

	text_part(out, "%" PRIu64 " %s", r->reading->total,
		  r->reading->total == 1 ? "goroutine" : "goroutines");
	for (size_t i = 0; i < r->reading->state_count; i++) {
		if (i < SHOWN_STATES)
			text_part(out, "%s%" PRIu64 " %s", i ? ", " : ": ", r->reading->states[i].count,
				  r->reading->states[i].state);
		else
			more += r->reading->states[i].count;
	}
	if (more)
		text_part(out, ", %" PRIu64 " other", more);
	if (r->reading->system)
		text_part(out, "; and %" PRIu64 " of the runtime", r->reading->system);
	text_line(out, "%s", "");
}

static void roles_line(FILE *out, const struct snapshot_report *s)
{
	const struct go_report *r = s->go;
	uint64_t more = 0;
	char time[DURATION_TEXT];

	text_part(out, "%zu %s: ", s->thread_count, s->thread_count == 1 ? "thread" : "threads");
	for (size_t i = 0; i < r->thread_groups; i++) {
		const struct go_threads *t = &r->threads[i];

		if (i >= SHOWN_ROLES) {
			more += t->count;
			continue;
		}
		text_part(out, "%s%" PRIu64 " ", i ? ", " : "", t->count);
		if (!t->syscall) {
			text_part(out, "%s", t->running ? "running" : "idle");
			continue;
		}
		text_part(out, "%sin %s%s",
			  !t->on_goroutine ? ""
			  : t->count == 1  ? "goroutine "
					   : "goroutines ",
			  t->on_goroutine ? "syscall " : "", t->syscall);
		if (t->file)
			text_part(out, " on %s", t->file);
		text_part(out, " for up to %s", duration_format(time, sizeof(time), t->longest_ns));
	}
	if (more)
		text_part(out, ", %" PRIu64 " in other calls", more);
	text_line(out, "%s", "");
}

static void scheduler_line(FILE *out, const struct go_scheduler *s)
{
	if (!s->known)
		return;
	text_part(out, "scheduler: %" PRIu64 " P (%" PRIu64 " idle), %" PRIu64 " M (%" PRIu64 " idle), ",
		  s->procs, s->idle_procs, s->threads, s->idle_threads);
	text_part(out, "run queues %" PRIu64 " global + %" PRIu64 " local", s->queued_global,
		  s->queued_local);
	if (s->gc_known)
		text_part(out, ", collector %s", s->gc_running ? "running" : "not running");
	text_line(out, "%s", "");
}

static void timers_line(FILE *out, const struct go_timers *t)
{
	char name[DESCRIBE_WAIT];
	uint64_t more = t->more;

	text_part(out, "timers: ");
	if (!t->known)
		text_part(out, "unknown");
	else
		text_part(out, "%" PRIu64, t->total);
	for (size_t i = 0; i < t->kind_count; i++)
		if (i < SHOWN_TIMERS)
			text_part(out, "%s%" PRIu64 " %s", i ? ", " : ": ", t->kinds[i].count,
				  describe_go_timers(name, sizeof(name), &t->kinds[i]));
		else
			more += t->kinds[i].count;
	if (more)
		text_part(out, ", %" PRIu64 " other", more);
	text_line(out, "%s", "");
}

static void leaks_line(FILE *out, const struct go_leaks *l)
{
	char heap[DURATION_TEXT], read[DURATION_TEXT], took[DURATION_TEXT];

	if (!l->looked)
		return;
	if (l->problem) {
		text_line(out, "leaks: not searched: %s", l->problem);
		return;
	}
	text_part(out, "leaks: %" PRIu64 " of %" PRIu64 " goroutines that wait for others %s", l->leaked,
		  l->waiting, !l->leaked || go_leaks__sure(l) ? "can never go on" : "may never go on");
	text_line(out, " (searched %s of a heap of %s, %" PRIu64 " %s, in %s)",
		  bytes_format(read, sizeof(read), l->read_bytes),
		  bytes_format(heap, sizeof(heap), l->heap_bytes), l->readings,
		  l->readings == 1 ? "time" : "times", duration_format(took, sizeof(took), l->took_ns));
}

static void losses_line(FILE *out, const struct go_report *r)
{
	if (r->reading->lost_moved)
		text_line(out,
			  "%" PRIu64 " goroutines ran each time they were read: their stacks are unknown",
			  r->reading->lost_moved);
	if (r->reading->lost_unreadable)
		text_line(out, "%" PRIu64 " goroutines could not be read and are omitted",
			  r->reading->lost_unreadable);
	if (r->reading->lost_stacks)
		text_line(out,
			  "%" PRIu64 " goroutines have no stack here: their code is in no table of the "
			  "program, or there are too many different ones",
			  r->reading->lost_stacks);
	if (r->reading->lost_more)
		text_line(out, "%" PRIu64 " goroutines are omitted: too many", r->reading->lost_more);
}

/* Results that nobody has waited for: many channels with one sender each, most senders first. */
static bool each_has_its_own(const struct go_report *r)
{
	if (r->queue_count <= SHOWN_QUEUES || r->queues[0].q->senders > 1)
		return false;
	for (size_t i = 0; i < r->queue_count; i++)
		if (r->queues[i].q->reader_count || r->queues[i].of_log)
			return false;
	return true;
}

/* Those of logs are findings, which stand above. */
static void queue_lines(const struct view_options *o, FILE *out, const struct snapshot_report *s)
{
	const struct go_report *r = s->go;
	size_t shown = 0, i = 0;
	char text[1024];

	if (!o->all && each_has_its_own(r)) {
		text_line(out,
			  "channels: %" PRIu64
			  " goroutines blocked sending, each on a channel of its own; no receiver of "
			  "the %zu looked at is known",
			  r->queue_count + r->reading->queues_more, r->queue_count);
		return;
	}
	for (; i < r->queue_count && (shown < SHOWN_QUEUES || o->all); i++) {
		if (r->queues[i].of_log)
			continue;
		text_line(out, "channel: %s", describe_go_queue(text, sizeof(text), &r->queues[i]));
		shown++;
	}
	if (r->queue_count - i + r->reading->queues_more)
		text_line(out, "and %" PRIu64 " more channels with blocked senders",
			  r->queue_count - i + r->reading->queues_more);
}

/* Convoys and deadlocks are findings. */
static void lock_lines(const struct view_options *o, FILE *out, const struct snapshot_report *s)
{
	const struct go_report *r = s->go;
	size_t shown = 0, i = 0;
	char text[2048];

	for (; i < r->lock_count && (shown < SHOWN_QUEUES || o->all); i++) {
		if (r->locks[i].reported)
			continue;
		text_line(out, "lock: %s", describe_go_convoy(text, sizeof(text), &r->locks[i]));
		shown++;
	}
	if (r->lock_count - i + r->reading->locks_more)
		text_line(out, "and %" PRIu64 " more locks with waiting goroutines",
			  r->lock_count - i + r->reading->locks_more);
}

/* ---- groups ---- */

static void where(const struct view_options *o, FILE *out, const struct frame *f)
{
	if (f->file && *f->file)
		text_coloured(o, out, TEXT_PLAIN, f->line > 0 ? " at %s:%d" : " at %s", f->file, f->line);
	text_line(out, "%s", "");
}

static void stack(const struct view_options *o, FILE *out, const struct go_group *g)
{
	size_t max = o->all ? SIZE_MAX : SHOWN_FRAMES;
	char name[FRAME_BYTES];

	for (size_t i = 0; i < g->stack.count && i < max; i++) {
		const struct frame *f = &g->stack.frames[i];

		text_part(out, "  #%-2zu %s%s", i, describe_frame(name, sizeof(name), f),
			  f->inlined ? " (inlined)" : "");
		where(o, out, f);
	}
	if (g->stack.count > max)
		text_line(out, "  ... and %zu more frames", g->stack.count - max);
	if (g->stack.end && g->stack.end != STACK_COMPLETE)
		text_line(out, "  (%s)",
			  g->stack.end != STACK_RUNNING ? stack_end__name(g->stack.end)
							: "running on a thread: its stack is unknown");
	if (g->created_by.function) {
		text_part(out, "  created by %s", g->created_by.function);
		if (g->creator_goid)
			text_part(out, " in goroutine %" PRIu64, g->creator_goid);
		else if (g->creators_differ)
			text_part(out, "%s", " in different goroutines");
		where(o, out, &g->created_by);
	}
}

static void label_line(FILE *out, const struct go_group *g)
{
	if (!g->label_count)
		return;
	text_part(out, "%s", "  labels:");
	for (size_t i = 0; i < g->label_count; i++) {
		text_part(out, "%s %s=%s", i ? "," : "", g->labels[i].key, g->labels[i].value);
		if (g->labels[i].count != g->count)
			text_part(out, " (%" PRIu64 ")", g->labels[i].count);
	}
	if (g->labels_more)
		text_part(out, ", and others");
	text_line(out, "%s", "");
}

static void numbers(FILE *out, const struct go_group *g)
{
	if (g->count == 1) {
		text_part(out, ": goroutine %" PRIu64, g->goids[0]);
		return;
	}
	text_part(out, ": goroutines");
	for (size_t i = 0; i < g->goid_count; i++)
		text_part(out, " %" PRIu64, g->goids[i]);
	if (g->count > g->goid_count)
		text_part(out, " and %" PRIu64 " more", g->count - g->goid_count);
}

static void group(const struct view_options *o, FILE *out, const struct go_group_row *row)
{
	const struct go_group *g = &row->g;
	char wait[DESCRIBE_WAIT], span[DESCRIBE_WAIT], bytes[DURATION_TEXT];

	text_line(out, "%s", "");
	text_coloured(o, out, TEXT_BOLD, "%" PRIu64 " %s: %s", g->count,
		      g->count == 1 ? "goroutine" : "goroutines", g->state);
	if (*describe_go_wait(wait, sizeof(wait), row))
		text_coloured(o, out, TEXT_BOLD, " %s", wait);
	if (*describe_go_span(span, sizeof(span), g))
		text_coloured(o, out, TEXT_BOLD, ", %s", span);
	if (g->system)
		text_part(out, "%s", " (of the runtime)");
	if (g->locked && g->locked < g->count)
		text_part(out, ", %" PRIu64 " of them locked to a thread", g->locked);
	else if (g->locked)
		text_part(out, "%s", ", locked to a thread");
	numbers(out, g);
	text_line(out, g->count >= 1000 ? "; %s of stacks" : "%s",
		  g->count >= 1000 ? bytes_format(bytes, sizeof(bytes), g->stack_bytes) : "");
	label_line(out, g);
	stack(o, out, g);
}

void text_goroutines(const struct view_options *o, FILE *out, const struct snapshot_report *s)
{
	const struct go_report *r = s->go;
	size_t shown = 0;
	uint64_t more = 0;

	if (!r)
		return;
	text_line(out, "%s", "");
	if (r->reading->problem) {
		text_line(out, "goroutines: %s", r->reading->problem);
		return;
	}
	states_line(out, r);
	roles_line(out, s);
	scheduler_line(out, &r->reading->scheduler);
	timers_line(out, &r->reading->timers);
	leaks_line(out, &r->reading->leaks);
	losses_line(out, r);
	queue_lines(o, out, s);
	lock_lines(o, out, s);
	for (size_t i = 0; i < r->group_count; i++) {
		if (r->groups[i].g.system && !o->all)
			continue;
		if (shown++ < SHOWN_GROUPS || o->all)
			group(o, out, &r->groups[i]);
		else
			more += r->groups[i].g.count;
	}
	if (more) {
		text_line(out, "%s", "");
		text_line(out, "and %" PRIu64 " goroutines in %zu more groups (--all shows each)", more,
			  shown - SHOWN_GROUPS);
	}
}
