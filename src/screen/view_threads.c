// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads: those that are held up first, then running, then idle ones; equal ones as one row that unfolds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "screen/scene.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "waits/wait.h"
#include "words/describe.h"

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_SCREEN_THREADS, ret_count);
}

static enum style style_of(const struct thread_row *t)
{
	return t->blocked && wait_class__at_rest(t->wait.class) ? STYLE_DIM : STYLE_PLAIN;
}

static void add_members(const struct scene *s, struct grid *g, const struct thread_group *group)
{
	for (size_t k = 0; k < group->count; k++) {
		const struct thread_row *t = &s->r->threads[group->members[k]];

		grid__add(g, &(struct grid_row){.id = thread__identity(t->tid),
						.index = group->members[k],
						.depth = 1,
						.style = style_of(t)});
	}
}

static void rows(const struct scene *s, struct grid *g)
{
	for (size_t i = 0; i < s->groups->count; i++) {
		const struct thread_group *group = &s->groups->list[i];
		const struct thread_row *first = &s->r->threads[group->members[0]];
		bool several = group->count > 1;

		if (grid__add(g, &(struct grid_row){.id = several ? group->id : thread__identity(first->tid),
						    .index = group->members[0],
						    .group = i,
						    .fold = several ? FOLD_CLOSED : FOLD_NONE,
						    .style = style_of(first)}))
			add_members(s, g, group);
	}
}

/* Of a row that stands for several: their sums. */
struct sums {
	size_t count;
	uint64_t cpu_ns, switches;
};

static void add(struct sums *sums, const struct thread_row *t)
{
	sums->count++;
	sums->cpu_ns += t->counts[TS_CPU_NS];
	sums->switches += t->counts[TS_VOLUNTARY] + t->counts[TS_INVOLUNTARY];
}

static struct sums sums_of(const struct scene *s, const struct grid_row *row)
{
	const struct thread_group *group = &s->groups->list[row->group];
	struct sums sums = {0};

	if (row->fold == FOLD_NONE)
		add(&sums, &s->r->threads[row->index]);
	for (size_t i = 0; row->fold != FOLD_NONE && i < group->count; i++)
		add(&sums, &s->r->threads[group->members[i]]);
	return sums;
}

/* in_short: without what the detail has anyway: a lock's address and owner. */
static char *wait_words(char *dst, size_t size, const struct scene *s, const struct thread_row *r,
			bool in_short)
{
	const struct naming naming = naming__of_interval(s->r);
	char wait[DESCRIBE_WAIT], stopper[DESCRIBE_WAIT] = "", sleep[DESCRIBE_NAME];

	if (!r->blocked) {
		char running[DESCRIBE_HALT];

		snprintf(dst, size, "%s", describe_running(running, sizeof(running), r));
		return dst;
	}
	if (r->wait.kind == WAIT_STOPPED)
		describe_stopper(stopper, sizeof(stopper), &r->halt);
	if (in_short)
		describe_wait_short(wait, sizeof(wait), &naming, &r->wait);
	else
		describe_wait(wait, sizeof(wait), &naming, &r->wait);
	snprintf(dst, size, "%s%s%s%s", wait, describe_sleep(sleep, r), *stopper ? " " : "", stopper);
	return dst;
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;
	const struct interval_report *report = s->r;
	const struct thread_row *r = &report->threads[row->index];
	struct sums sums = sums_of(s, row);
	uint64_t cpu_ns = sums.cpu_ns, switches = sums.switches;
	char name[DESCRIBE_NAME + 32], words[2 * DESCRIBE_WAIT + DESCRIBE_NAME + 64],
		stack[DESCRIBE_WAIT] = "";

	if (row->fold == FOLD_NONE)
		describe_thread(name, sizeof(name), r->name, r->tid);
	else
		thread_group__name(name, sizeof(name), s->r, &s->groups->list[row->group]);
	wait_words(words, sizeof(words), s, r, true);
	if (r->stack.count)
		describe_creator(stack, sizeof(stack), &r->stack, 8);
#include "views/text/text_cells.h"
#include "report/columns/screen_threads.def"
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;
	const struct thread_row *r = &s->r->threads[row->index];
	struct sums sums = sums_of(s, row);
	uint64_t cpu_ns = sums.cpu_ns, switches = sums.switches;
	double values[TABLE_COLUMNS], *v = values;
#include "views/text/text_values.h"
#include "report/columns/screen_threads.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}

/* Why its wait is judged as it is. */
static void reason_line(const struct thread_row *t, struct page *p)
{
	char reason[DESCRIBE_WAIT];

	if (*describe_wait_reason(reason, sizeof(reason), &t->wait))
		page__line(p, STYLE_DIM, 2, "%s", reason);
}

/* The snapshot has the stack that the interval lacks, and what it says of the wait. */
static bool only_snapshot_knows(const struct thread_row *t, const struct thread_row *seen)
{
	return t->blocked && t->wait.reason == WAIT_REASON_NO_STACK && seen && seen->stack.count;
}

/* What it waits for in a sentence, with the chain behind it, and why that is judged so. seen: in the snapshot
 * that is shown below; NULL: not in one. */
static void wait_lines(const struct scene *s, const struct thread_row *t, const struct thread_row *seen,
		       struct page *p)
{
	const struct lock_row *l = t->wait.lock != NO_INDEX ? &s->r->locks[t->wait.lock] : NULL;
	pid_t owner = l && l->owner_tid ? l->owner_tid : t->wait.blocked_by;
	char words[2 * DESCRIBE_WAIT + DESCRIBE_NAME + 64], age[DESCRIBE_AGE];
	struct thread_row alone = *t;

	alone.wait.blocked_by = 0; /* the chain names it */
	wait_words(words, sizeof(words), s, &alone, false);
	if (!t->blocked) {
		page__line(p, STYLE_PLAIN, 2, "%s", words);
		return;
	}
	page__line(p, STYLE_PLAIN, 2, "for %s: %s%s", describe_age(age, sizeof(age), &t->wait),
		   describe_wait_verb(&t->wait), words);
	if (!only_snapshot_knows(t, seen))
		reason_line(t, p);
	if (owner)
		page__chain(p, s, l ? l->kind : wait__lock_kind(t->wait.kind), owner);
}

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	const struct thread_row *t = &s->r->threads[row->index];
	char stack[DESCRIBE_CHAIN];

	wait_lines(s, t, NULL, p);
	if (t->stack.count)
		page__line(p, STYLE_PLAIN, 2, "in %s", describe_calls(stack, sizeof(stack), &t->stack, 10));
}

/* A letter per interval for where most of its time went, the last minute. */
#define HISTORY 60

static char interval_letter(const struct interval_report *r, pid_t tid)
{
	const struct naming n = naming__of_interval(r);
	const struct thread_row *t = naming__thread(&n, tid);

	if (!t)
		return ' ';
	if (r->interval_ns && t->counts[TS_CPU_NS] > r->interval_ns / 2)
		return 'R';
	if (!t->blocked)
		return 'r';
	if (wait_class__at_rest(t->wait.class))
		return '.';
	return t->wait.lock != NO_INDEX                                   ? 'L'
	       : t->wait.kind == WAIT_WRITE || t->wait.kind == WAIT_FSYNC ? 'W'
	       : t->wait.kind == WAIT_STOPPED                             ? 'T'
									  : 'w';
}

static void history(const struct scene *s, pid_t tid, struct page *p)
{
	char bar[HISTORY + 1];
	size_t from = s->moment + 1 > HISTORY ? s->moment + 1 - HISTORY : 0, used = 0;

	for (size_t i = from; i <= s->moment && i < scene__moment_count(s); i++)
		bar[used++] = interval_letter(scene__moment(s, i)->report, tid);
	bar[used] = '\0';
	if (used == 1)
		page__heading(p, "THE LAST INTERVAL");
	else
		page__heading(p, "THE LAST %zu INTERVALS", used);
	page__line(p, STYLE_PLAIN, 2, "  [%s]", bar);
	page__line(p, STYLE_DIM, 2,
		   "  at the end of each: L waits for a lock, W for a write or sync, w for something else, "
		   ". idle, T stopped, r running, R ran for most of it");
}

static void account(const struct thread_row *t, uint64_t interval_ns, struct page *p)
{
	char age[DURATION_TEXT], cpu[DURATION_TEXT];

	page__line(p, STYLE_PLAIN, 2,
		   "%s of a CPU in this interval; %llu context switches, %llu of them involuntary; created "
		   "%s ago",
		   text_percent(cpu, t->counts[TS_CPU_NS], interval_ns),
		   (unsigned long long)t->counts[TS_VOLUNTARY] + t->counts[TS_INVOLUNTARY],
		   (unsigned long long)t->counts[TS_INVOLUNTARY],
		   duration_format(age, sizeof(age), t->age_ns));
}

/* The threads of a folded row go different ways: the detail follows the one that has waited longest. */
static struct place enter(const struct scene *s, const struct grid_row *row)
{
	return (struct place){.view = VIEW_THREADS,
			      .id = row->id,
			      .detail = true,
			      .detail_of = thread__identity(s->r->threads[row->index].tid)};
}

static const struct thread_row *find(const struct scene *s, uint64_t id)
{
	for (size_t i = 0; i < s->r->thread_count; i++)
		if (thread__identity(s->r->threads[i].tid) == id)
			return &s->r->threads[i];
	return NULL;
}

/* How many do the same, if it is not alone. */
static void company(const struct scene *s, const struct thread_row *t, struct page *p)
{
	uint64_t id = thread_group__identity(s->r, t);
	char name[DESCRIBE_NAME + 32];

	for (size_t i = 0; i < s->groups->count; i++)
		if (s->groups->list[i].id == id && s->groups->list[i].count > 1)
			page__line(p, STYLE_DIM, 2, "one of those that do the same now: %s",
				   thread_group__name(name, sizeof(name), s->r, &s->groups->list[i]));
}

static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	const struct thread_row *t = find(s, id), *seen = t ? scene__snapshot_thread(s, t->tid) : NULL;
	char name[DESCRIBE_NAME], clock[DURATION_TEXT];

	if (!t)
		return false;
	page__line(p, STYLE_BOLD, 2, "%s", describe_thread(name, sizeof(name), t->name, t->tid));
	wait_lines(s, t, seen, p);
	company(s, t, p);
	account(t, s->r->interval_ns, p);
	history(s, t->tid, p);
	page__stack(p, "STACK", &t->stack,
		    !t->blocked                    ? "running"
		    : only_snapshot_knows(t, seen) ? "see the snapshot below"
						   : "not read yet");
	page__findings(p, s, VIEW_THREADS, id);
	if (!seen)
		return true;
	time_format_clock(clock, sizeof(clock), s->snapshot_ns);
	page__heading(p, "IN THE SNAPSHOT OF %.8s", clock);
	if (only_snapshot_knows(t, seen) && seen->blocked)
		reason_line(seen, p);
	page__stack(p, "user stack", &seen->stack, "not read");
	page__stack(p, "kernel stack", &seen->kernel_stack,
		    "not available: hidden, or the thread is running");
	return true;
}

const struct screen_view view_threads = {
	.title = "threads",
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.preview = preview,
	.detail = detail,
	.enter = enter,
	.empty = "no threads",
};
