// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads that every report finds in the same function that waits for a lock. Each wait is short where the
 * waiters nap or wait with a timeout, and looks harmless alone. Whether a thread went on between two reports
 * is not known, so this is no age; but one that hardly ran has only looked whether it may go on (MariaDB does
 * so each second behind a metadata lock), and its wait is at least as old as all of these.
 */
#include <string.h>

#include "model/interval/model_private.h"
#include "thresholds.h"
#include "util/clock.h"

/* The word that it spins for, or of the function's name and of what it waits for; 0: the thread is in no such
 * function. */
static uint64_t place_of(const struct thread_row *t)
{
	const struct wait *w = &t->wait;
	const char *parts[] = {w->function, w->what};
	uint64_t place = 0xcbf29ce484222325; /* FNV-1a */

	if (t->spin.address)
		return t->spin.address;
	if (!t->blocked || !w->on_lock)
		return 0;
	for (size_t i = 0; i < 2; i++)
		for (const char *c = parts[i] ? parts[i] : ""; *c; c++)
			place = (place ^ (uint8_t)*c) * 0x100000001b3;
	return place | 1;
}

/* The thread's index in the sample before; NO_INDEX: it was not there. Threads come in the order of the
 * sample. */
static size_t index_before(const struct sample *b, const struct sample_thread *t, size_t *cursor)
{
	while (*cursor < b->thread_count &&
	       (b->threads[*cursor].pid < t->pid ||
		(b->threads[*cursor].pid == t->pid && b->threads[*cursor].tid < t->tid)))
		(*cursor)++;
	if (*cursor < b->thread_count && b->threads[*cursor].pid == t->pid &&
	    b->threads[*cursor].tid == t->tid && b->threads[*cursor].age_ns <= t->age_ns)
		return *cursor;
	return NO_INDEX;
}

#define MISSED_MOST 2 /* reports in a row */

/* Too little for the work that the lock protects. */
static bool hardly_ran(const struct model *m, const struct thread_row *t)
{
	uint64_t seconds = m->report.interval_ns / NS_OF_S(1) + 1;

	return t->counts[TS_VOLUNTARY] + t->counts[TS_INVOLUNTARY] <= seconds * LOCK_LOOKS_PER_S &&
	       t->counts[TS_CPU_NS] <= seconds * LOCK_LOOKS_NS_PER_S;
}

static void make_older(struct thread_row *t, uint64_t ns)
{
	struct wait *w = &t->wait;

	if (!t->blocked || w->reason == WAIT_REASON_NAME || ns <= w->duration_ns)
		return;
	w->duration_ns = ns;
	w->at_least = true;
}

/* Where it waits between two naps is not known: it ran just then, or its stack could not be read. */
static bool not_seen(const struct thread_row *t)
{
	return !t->blocked || t->wait.reason == WAIT_REASON_NO_STACK;
}

void model__wait_places(struct model *m, struct thread_row *rows)
{
	const struct sample *s = m->now;
	size_t cursor = 0;

	m->places = ARENA_NEW(&m->arena, struct wait_place, s->thread_count + 1);
	for (size_t i = 0; i < s->thread_count; i++) {
		size_t at = m->last->places ? index_before(m->before, &s->threads[i], &cursor) : NO_INDEX;
		const struct wait_place *b = at != NO_INDEX ? &m->last->places[at] : NULL;
		struct wait_place *p = &m->places[i];

		p->place = place_of(&rows[i]);
		if (!p->place && b && b->missed < MISSED_MOST && not_seen(&rows[i])) {
			*p = *b;
			p->missed++;
		}
		if (!p->place || p->missed)
			continue;
		p->since_ns = b && b->place == p->place ? b->since_ns : s->now_ns;
		p->stuck_ns = b && b->place == p->place && hardly_ran(m, &rows[i])
				      ? b->stuck_ns
				      : gained_since(s->now_ns, rows[i].wait.duration_ns);
		rows[i].spin.seen_ns = rows[i].wait.seen_ns = gained_since(s->now_ns, p->since_ns);
		make_older(&rows[i], gained_since(s->now_ns, p->stuck_ns));
	}
}
