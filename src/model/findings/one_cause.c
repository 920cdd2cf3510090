// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One cause, one finding: all that waits, through one lock or several, for the same last owner. Of several
 * findings on the way to it one is left, which says how many more wait. What is found of the call that the
 * last owner is in follows from it (convoy_calls.c).
 */
#include <string.h>

#include "model/findings/hangs.h"
#include "words/describe.h"

struct fold {
	struct hangs *h;
	bool *counted; /* by thread: in the finding that is left, or on its chain */
	bool *gone;    /* by finding */
};

/* The thread at the end of the chain of owners that the finding's first thread waits behind; NULL: none. */
static const struct thread_row *cause_of(const struct hangs *h, const struct finding *f)
{
	const struct thread_row *first = f->tid_count ? naming__thread(h->n, f->tids[0]) : NULL, *next;

	if (!first || !first->blocked || (f->kind != FINDING_LOCK_CONVOY && f->kind != FINDING_STUCK_THREAD))
		return NULL;
	next = naming__waited_for(h->n, first, NULL);
	return next && next != first ? hangs__last_owner(h->n, next->tid) : NULL;
}

static size_t count_thread(const struct fold *d, pid_t tid)
{
	const struct thread_row *t = naming__thread(d->h->n, tid);
	size_t at = t ? (size_t)(t - d->h->n->threads) : 0;
	bool more = t && !d->counted[at];

	if (t)
		d->counted[at] = true;
	return more;
}

/* Its threads, and the owners that its sentence follows. */
static void count_own(const struct fold *d, const struct finding *f, const struct thread_row *cause)
{
	const struct thread_row *t = naming__thread(d->h->n, f->tids[0]);

	memset(d->counted, 0, d->h->n->thread_count * sizeof(*d->counted));
	for (size_t i = 0; i < f->tid_count; i++)
		count_thread(d, f->tids[i]);
	for (; t && t != cause; t = naming__waited_for(d->h->n, t, NULL))
		count_thread(d, t->tid);
	count_thread(d, cause->tid);
}

static const pid_t *joined(struct arena *a, struct finding *to, const struct finding *from)
{
	pid_t *tids = ARENA_NEW(a, pid_t, to->tid_count + from->tid_count);
	size_t count = to->tid_count;

	memcpy(tids, to->tids, count * sizeof(*tids));
	for (size_t i = 0; i < from->tid_count; i++) {
		bool there = false;

		for (size_t k = 0; k < to->tid_count && !there; k++)
			there = to->tids[k] == from->tids[i];
		if (!there)
			tids[count++] = from->tids[i];
	}
	to->tid_count = count;
	return tids;
}

static void take_in(struct arena *a, struct finding *to, const struct finding *from)
{
	to->tids = joined(a, to, from);
	if (from->severity > to->severity)
		to->severity = from->severity;
	if (from->kind != to->kind) {
		to->covers = true;
		to->covered = from->kind;
	}
}

static size_t depth(const struct hangs *h, const struct finding *f, const struct thread_row *cause)
{
	const struct thread_row *t = naming__thread(h->n, f->tids[0]);
	size_t steps = 0;

	for (; t && t != cause; t = naming__waited_for(h->n, t, NULL))
		steps++;
	return steps;
}

/* "4 more threads have been stuck": of different locks. */
static bool is_sum(const struct hangs *h, const struct finding *f)
{
	const struct thread_row *x = naming__thread(h->n, f->tids[0]), *y;

	y = f->tid_count > 1 ? naming__thread(h->n, f->tids[1]) : NULL;
	return f->kind == FINDING_STUCK_THREAD && x && y && x->wait.lock != y->wait.lock;
}

/* A queue says more than a thread alone; of single ones the sentence of the farthest names the others. */
static bool says_more(const struct hangs *h, const struct finding *x, const struct finding *y,
		      const struct thread_row *cause)
{
	if (is_sum(h, x) != is_sum(h, y))
		return is_sum(h, y);
	if ((x->kind == FINDING_LOCK_CONVOY) != (y->kind == FINDING_LOCK_CONVOY))
		return x->kind == FINDING_LOCK_CONVOY;
	if (x->kind == FINDING_LOCK_CONVOY)
		return x->tid_count > y->tid_count;
	return depth(h, x, cause) > depth(h, y, cause);
}

/* Of all findings with this cause one is left. */
static void fold_one(struct fold *d, const struct thread_row *const *causes, size_t first)
{
	struct findings *f = d->h->f;
	const struct thread_row *cause = causes[first];
	char name[DESCRIBE_NAME];
	size_t best = first, more = 0;

	for (size_t i = first + 1; i < f->count; i++)
		if (causes[i] == cause && !d->gone[i] && says_more(d->h, &f->list[i], &f->list[best], cause))
			best = i;
	count_own(d, &f->list[best], cause);
	for (size_t i = first; i < f->count; i++) {
		if (causes[i] != cause || d->gone[i] || i == best)
			continue;
		for (size_t k = 0; k < f->list[i].tid_count; k++)
			more += count_thread(d, f->list[i].tids[k]);
		take_in(f->arena, &f->list[best], &f->list[i]);
		d->gone[i] = true;
	}
	if (more)
		f->list[best].summary =
			arena__format(f->arena, "%s; %zu more %s behind %s", f->list[best].summary, more,
				      more == 1 ? "thread waits" : "threads wait",
				      describe_thread(name, sizeof(name), cause->name, cause->tid));
}

void hangs__one_cause(struct hangs *h)
{
	struct findings *f = h->f;
	const struct thread_row **causes = ARENA_NEW(f->arena, const struct thread_row *, f->count + 1);
	struct fold d = {.h = h,
			 .counted = ARENA_NEW(f->arena, bool, h->n->thread_count + 1),
			 .gone = ARENA_NEW(f->arena, bool, f->count + 1)};
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++)
		causes[i] = cause_of(h, &f->list[i]);
	for (size_t i = 0; i < f->count; i++)
		if (causes[i] && !d.gone[i])
			fold_one(&d, causes, i);
	for (size_t i = 0; i < f->count; i++)
		if (!d.gone[i])
			f->list[kept++] = f->list[i];
	f->count = kept;
}
