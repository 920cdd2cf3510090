// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding lock-convoy, of spin locks: threads that try to take one word in a loop. Whether one got on between
 * two readings is not known, unless the likely holder has not run meanwhile: then it has had the lock for as
 * long as that.
 */
#include <stdlib.h>

#include "model/findings/hangs.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe.h"

/* The threads at one word, and what is said of it. */
struct group {
	const struct thread_row *const *list;
	size_t count;
	size_t running;
	const struct thread_row *waiter; /* one of them, whose stack is known if one is */
	const struct thread_row *holder; /* blocked; NULL: not known */
	uint64_t seen_ns;                /* for how long at least two have been found there; 0: fewer have */
};

static int by_word(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->spin.address != y->spin.address)
		return x->spin.address < y->spin.address ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static struct group group_of(const struct hangs *h, const struct thread_row *const *list, size_t count)
{
	struct group g = {.list = list, .count = count, .waiter = list[0]};
	const struct thread_row *holder = NULL;
	size_t often = 0;

	for (size_t i = 0; i < count; i++) {
		const struct spin *spin = &list[i]->spin;

		g.running += !list[i]->blocked;
		if (!g.waiter->stack.count)
			g.waiter = list[i];
		if (spin->likely_tid > 0)
			holder = naming__thread(h->n, spin->likely_tid);
		if (spin->seen_ns < NS_OF_S(LOCK_SEEN_S))
			continue;
		often++;
		if (!g.seen_ns || spin->seen_ns < g.seen_ns)
			g.seen_ns = spin->seen_ns;
	}
	if (often < 2)
		g.seen_ns = 0;
	g.holder = holder && holder->blocked ? holder : NULL;
	return g;
}

static struct lock_row lock_of(const struct group *g)
{
	const struct thread_row *one = g->list[0];

	return (struct lock_row){.pid = one->pid,
				 .address = one->spin.address,
				 .symbol = one->spin.symbol,
				 .kind = LOCK_MUTEX,
				 .native_type = "spin lock",
				 .likely_tid = g->holder ? g->holder->tid : 0};
}

static const char *text_of(struct hangs *h, const struct group *g)
{
	const struct lock_row l = lock_of(g);
	const char *does = !g->running ? "nap and try again" : g->running < g->count ? "spin or nap" : "spin";
	char lock[DESCRIBE_WAIT], holder[DESCRIBE_HOLDER], chain[DESCRIBE_CHAIN], time[DESCRIBE_AGE];
	char name[DESCRIBE_NAME];
	const char *who;

	describe_lock_long(lock, sizeof(lock), &l);
	who = arena__format(h->f->arena, "%zu threads %s for %s", g->count, does, lock);
	if (g->count == 1)
		who = arena__format(h->f->arena, "%s %s for %s",
				    describe_tid(name, sizeof(name), h->n, g->list[0]->tid),
				    g->running ? "spins" : "naps and tries again", lock);
	if (g->holder)
		return arena__format(h->f->arena, "%s, %s%s", who,
				     describe_holder(holder, sizeof(holder), h->n, &l),
				     describe_chain(chain, sizeof(chain), h->n, g->holder->tid));
	duration_format(time, sizeof(time), g->seen_ns);
	return arena__format(h->f->arena, "%s, found there again and again for %s" HOLDER_NOT_KNOWN "%s", who,
			     time, describe_no_owner(holder, sizeof(holder), &l));
}

static void report_group(struct hangs *h, const struct thread_row *const *list, size_t count)
{
	const struct group g = group_of(h, list, count);
	uint64_t ns = g.holder ? g.holder->wait.duration_ns : g.seen_ns;
	enum hang_weight weight;
	pid_t *tids = ARENA_NEW(h->f->arena, pid_t, count + 1);

	/* Those that mostly nap, whose holder is not known: lock_code.c. */
	if (!g.holder && (g.running * 2 < count || !g.seen_ns))
		return;
	if (ns < (count == 1 ? NS_OF_S(STUCK_THREAD_S) : NS_OF_MS(LOCK_CONVOY_MS)))
		return;
	weight = g.holder                          ? hangs__weight(h, g.waiter, g.holder->tid, ns)
		 : ns < NS_OF_S(LOCK_BUSY_OWNER_S) ? HANG_QUIET
						   : HANG_SERIOUS;
	if (weight == HANG_NORMAL)
		return;
	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	if (g.holder)
		tids[count] = g.holder->tid;
	hangs__report(h, FINDING_LOCK_CONVOY, weight != HANG_SERIOUS || ns < NS_OF_S(LOCK_CONVOY_WARNING_S),
		      text_of(h, &g), tids, count + (g.holder != NULL));
}

void hangs__spinning(struct hangs *h)
{
	const struct thread_row **list =
		ARENA_NEW(h->f->arena, const struct thread_row *, h->n->thread_count + 1);
	size_t count = 0, first = 0;

	for (size_t i = 0; i < h->n->thread_count; i++)
		if (h->n->threads[i].spin.address && !h->reported[i])
			list[count++] = &h->n->threads[i];
	if (count)
		qsort(list, count, sizeof(*list), by_word);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && list[i]->pid == list[first]->pid &&
		    list[i]->spin.address == list[first]->spin.address)
			continue;
		report_group(h, list + first, i - first);
		first = i;
	}
}
