// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where threads are created, and how many in the last minute. Go's runtime creates them in many places of its
 * own, wherever it notices that a goroutine lacks one: that is one creator, and what matters of it are the
 * goroutines that it is for.
 */
#include <stdlib.h>

#include "model/go/go_keepers.h"
#include "model/interval/model_private.h"
#include "util/clock.h"

static const struct process_row *process_of(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return &r->processes[i];
	return NULL;
}

static bool same_frames(const struct call_stack *x, const struct call_stack *y)
{
	if (x->count != y->count)
		return false;
	for (size_t i = 0; i < x->count; i++)
		if (x->frames[i].address != y->frames[i].address)
			return false;
	return true;
}

/* The stack without frames that do not belong to it. */
static struct call_stack true_stack(const struct sample_creator *c)
{
	struct call_stack s = c->stack;

	if (call_stack__in_c(&s))
		s.count = call_stack__in_c(&s);
	return s;
}

/* Of a stack that is cut off, the others of which have other IDs, and some are not there yet. */
static uint64_t id_of(const struct sample_creator *c)
{
	size_t count = call_stack__in_c(&c->stack);
	uint64_t id = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < count; i++)
		id = (id ^ c->stack.frames[i].address) * 0x100000001b3;
	return count ? id : c->stack_id;
}

/* The row that c belongs to, which is of other places in the runtime, or of the same in C. */
static struct creator_row *row_of(struct creator_row *rows, size_t count, const struct sample_creator *c,
				  bool by_go)
{
	const struct call_stack stack = true_stack(c);
	bool in_c = call_stack__in_c(&stack);

	for (size_t i = 0; (by_go || in_c) && i < count; i++)
		if (rows[i].pid == c->pid &&
		    (by_go ? rows[i].cause != NULL : !rows[i].cause && same_frames(&rows[i].stack, &stack)))
			return &rows[i];
	return NULL;
}

/* What the runtime created its threads for, if that is more than the usual few. */
static void say_cause(struct model *m, struct creator_row *row)
{
	const struct process_row *p = process_of(&m->report, row->pid);
	const struct go_group *g = p && p->go && !p->go->problem ? go_process__keepers(p->go) : NULL;

	row->cause = "Go's runtime, for its goroutines";
	row->stack = (struct call_stack){0};
	if (!g || go_process__few_threads(p->go, p->threads) || g->count * 2 <= row->alive)
		return;
	row->cause = arena__format(&m->arena, "Go's runtime, for %llu %s", (unsigned long long)g->count,
				   go_group__keeping_text(&m->arena, g));
	row->stack = g->stack;
}

static void add(struct creator_row *to, const struct sample_creator *c)
{
	to->alive += gained_since(c->created, c->exited);
	to->created += c->created;
	to->exited += c->exited;
	if (to->cause && c->stack_id < to->id)
		to->id = c->stack_id;
}

/* The rows of the processes' own code, then one for the runtime of each Go program. */
static size_t fill(struct model *m, struct creator_row *rows)
{
	const struct sample *s = m->now;
	size_t count = 0;

	for (size_t i = 0; i < s->creator_count; i++) {
		const struct sample_creator *c = &s->creators[i];
		bool by_go = call_stack__creates_for_go(&c->stack);
		struct creator_row *row = row_of(rows, count, c, by_go);

		if (row) {
			add(row, c);
			continue;
		}
		rows[count++] = (struct creator_row){.pid = c->pid,
						     .id = by_go ? c->stack_id : id_of(c),
						     .stack = true_stack(c),
						     .cause = by_go ? "" : NULL,
						     .alive = gained_since(c->created, c->exited),
						     .created = c->created,
						     .exited = c->exited};
	}
	return count;
}

void model__creators(struct model *m)
{
	struct creator_row *rows = ARENA_NEW(&m->arena, struct creator_row, m->now->creator_count + 1);
	size_t count = fill(m, rows);

	for (size_t i = 0; i < count; i++) {
		struct creator_row *r = &rows[i];
		struct history *h = &model__memory(m, r->cause ? MEMORY_GO_RUNTIME : MEMORY_CREATOR, r->pid,
						   r->cause ? 0 : r->id)
					     ->history;

		history__add(h, m->now->now_ns, r->alive);
		r->growth_per_s = history__rate(h);
		if (r->cause)
			say_cause(m, r);
	}
	if (count)
		qsort(rows, count, sizeof(*rows), order__by_alive);
	m->report.creators = rows;
	m->report.creator_count = count;
}

void model__last_minute(struct model *m, struct process_row *row, const struct sample_process *b)
{
	struct minute *minute = &model__memory(m, MEMORY_PROCESS, row->pid, 0)->minute;
	struct minute_point gained;

	if (!minute->count)
		minute__add(minute, m->before->now_ns, b ? b->created : 0, b ? b->exited : 0);
	gained = minute__add(minute, m->now->now_ns, row->created_total, row->exited_total);
	row->minute_ns = gained.time_ns;
	row->minute_created = gained.created;
	row->minute_exited = gained.ended;
}
