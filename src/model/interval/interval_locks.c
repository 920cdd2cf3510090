// SPDX-License-Identifier: GPL-2.0-or-later
/* Lock rows: one per lock, with the sums of its futex words (a condition variable has several). */
#include <stdlib.h>
#include <string.h>

#include "model/interval/model_private.h"
#include "util/clock.h"
#include "util/heap.h"
#include "waits/futex_wait.h"
#include "words/describe.h"

struct lock_sum {
	struct lock_row row;
	uint64_t watched_ns, woken_ns, last_ns; /* of its words, the latest */
	bool timed; /* a waiter has a timeout: a wait that ended tells of no signal */
	struct spread spread;
	uint64_t ended; /* waits that ended in the interval */
};

static const struct sample_lock *lock_before(const struct model *m, const struct sample_lock *l,
					     size_t *cursor)
{
	const struct sample *b = m->before;

	while (*cursor < b->lock_count &&
	       (b->locks[*cursor].pid < l->pid ||
		(b->locks[*cursor].pid == l->pid && b->locks[*cursor].word < l->word)))
		(*cursor)++;
	if (*cursor < b->lock_count && b->locks[*cursor].pid == l->pid && b->locks[*cursor].word == l->word &&
	    !b->locks[*cursor].evicted)
		return &b->locks[*cursor];
	return NULL;
}

/* The sample's locks are sorted by pid and word. These are in the order of what they are words of: a
 * condition variable has several, which may be far apart, as musl's are on the waiters' stacks.
 */
static int by_address(const void *a, const void *b)
{
	const struct sample_lock *x = *(const struct sample_lock *const *)a;
	const struct sample_lock *y = *(const struct sample_lock *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

static struct lock_sum *sum_for(struct lock_sum *sums, size_t *count, const struct sample_lock *l)
{
	struct lock_sum *last = *count ? &sums[*count - 1] : NULL;

	if (last && last->row.pid == l->pid && last->row.address == l->address && l->address) {
		last->row.words_to = l->word;
		if (!last->row.owner_tid)
			last->row.owner_tid = l->owner_tid;
		row__likely_holder(&last->row, l);
		return last;
	}
	last = &sums[(*count)++];
	memset(last, 0, sizeof(*last));
	last->row = (struct lock_row){.pid = l->pid,
				      .address = l->address,
				      .words_from = l->word,
				      .words_to = l->word,
				      .symbol = l->symbol,
				      .type = l->type,
				      .by_virtual = l->by_virtual,
				      .native_type = l->native_type,
				      .kind = l->kind,
				      .owner_tid = l->owner_tid,
				      .held_ns = l->held_ns,
				      .outside = l->outside,
				      .reused = l->reused};
	row__likely_holder(&last->row, l);
	return last;
}

/* What an earlier one knew of the time before may be lost. */
static void take_later(struct lock_sum *sum, uint64_t watched_ns, uint64_t last_ns, uint64_t woken_ns,
		       pid_t waker)
{
	if (last_ns > sum->last_ns)
		sum->last_ns = last_ns;
	if (watched_ns > sum->watched_ns)
		sum->watched_ns = watched_ns;
	if (woken_ns > sum->woken_ns) {
		sum->woken_ns = woken_ns;
		sum->row.signalled_by = waker;
	}
}

static void add_word(struct model *m, struct lock_sum *sum, const struct sample_lock *l,
		     const struct sample_lock *b)
{
	uint64_t earlier = sum->spread.count;

	sum->row.wait_ns += b && b->wait_ns <= l->wait_ns ? l->wait_ns - b->wait_ns : b ? 0 : l->wait_ns;
	spread__add(&sum->spread, &l->waits, b ? &b->waits : NULL, m->now->epoch);
	sum->ended += sum->spread.count - earlier;
	take_later(sum, l->watched_ns, l->last_ns, l->woken_ns, l->waker_tid);
}

#define CONDVAR_BYTES 48 /* a pthread_cond_t; */
#define CONDVAR_PAIR  4  /* its waiters wait on two words beside each other, in turns */
#define NEARBY        12 /* words of it, at most */

/* Whether the lock contains the word. The start of one that begins with its word may be unknown. */
static bool contains(const struct lock_row *l, uint64_t word)
{
	if (l->address != l->words_from)
		return word >= l->address && word < l->address + CONDVAR_BYTES;
	return word + CONDVAR_PAIR >= l->address && word <= l->address + CONDVAR_PAIR;
}

/* A wait without a timeout that ended although no signal was seen had one that was not: of another process.
 */
static uint64_t since_signal(const struct lock_sum *sum)
{
	if (sum->woken_ns)
		return sum->woken_ns;
	return !sum->timed && sum->last_ns > sum->watched_ns ? sum->last_ns : sum->watched_ns;
}

/*
 * Who woke a waiter of it last, as far as its words say. Those of short waits are not known to be of it; and
 * musl's are on the stacks of the waiters, where they are not found once a wait is over.
 */
static void note_signal(struct lock_sum *sums, size_t count, size_t at, uint64_t now_ns)
{
	struct lock_sum *sum = &sums[at];

	if ((sum->row.kind != LOCK_CONDVAR && sum->row.kind != LOCK_SEMAPHORE) ||
	    !contains(&sum->row, sum->row.words_from) || !contains(&sum->row, sum->row.words_to)) {
		sum->row.signalled_by = 0;
		return;
	}
	for (size_t i = at < NEARBY ? 0 : at - NEARBY; i < count && i <= at + NEARBY; i++) {
		const struct lock_row *other = &sums[i].row;

		if (i != at && other->pid == sum->row.pid && other->kind == LOCK_FUTEX &&
		    contains(&sum->row, other->address))
			take_later(sum, sums[i].watched_ns, sums[i].last_ns, sums[i].woken_ns,
				   other->signalled_by);
	}
	if (sum->watched_ns)
		sum->row.unsignalled_ns = gained_since(now_ns, since_signal(sum));
}

/* Those of the others are needed until all are made. */
static void note_signals(struct lock_sum *sums, size_t count, uint64_t now_ns)
{
	for (size_t i = 0; i < count; i++)
		if (sums[i].row.kind != LOCK_FUTEX)
			note_signal(sums, count, i, now_ns);
	for (size_t i = 0; i < count; i++)
		if (sums[i].row.kind == LOCK_FUTEX)
			sums[i].row.signalled_by = 0;
}

/* ret_sums: of each of the sample's locks, which of the sums it is in. */
static size_t sum_words(struct model *m, struct lock_sum *sums, size_t *ret_sums)
{
	size_t total = m->now->lock_count, cursor = 0, count = 0;
	const struct sample_lock **before = HEAP_NEW(const struct sample_lock *, total + 1);
	const struct sample_lock **order = HEAP_NEW(const struct sample_lock *, total + 1);

	for (size_t i = 0; i < total; i++) {
		order[i] = &m->now->locks[i];
		before[i] = lock_before(m, order[i], &cursor);
	}
	if (total)
		qsort(order, total, sizeof(*order), by_address);
	for (size_t i = 0; i < total; i++) {
		size_t at = (size_t)(order[i] - m->now->locks);
		struct lock_sum *sum = sum_for(sums, &count, order[i]);

		ret_sums[at] = (size_t)(sum - sums);
		add_word(m, sum, order[i], before[at]);
	}
	free(before);
	free(order);
	return count;
}

static int by_word(const void *key, const void *element)
{
	const struct sample_thread *t = key;
	const struct sample_lock *l = element;

	if (t->pid != l->pid)
		return t->pid < l->pid ? -1 : 1;
	return t->lock_address < l->word ? -1 : t->lock_address > l->word;
}

const struct sample_lock *model__waited_lock(const struct sample *s, const struct sample_thread *t)
{
	if (!t->lock_address || !s->lock_count)
		return NULL;
	return bsearch(t, s->locks, s->lock_count, sizeof(*s->locks), by_word);
}

/* NULL: it waits for none. */
static struct lock_sum *lock_of(const struct model *m, struct lock_sum *sums, const size_t *sum_of,
				const struct sample_thread *t)
{
	const struct sample_lock *l = model__waited_lock(m->now, t);

	return l ? &sums[sum_of[l - m->now->locks]] : NULL;
}

static void add_waiters(struct model *m, struct lock_sum *sums, size_t count, const size_t *sum_of)
{
	pid_t *tids = ARENA_NEW(&m->arena, pid_t, m->now->thread_count + 1);
	size_t *listed = HEAP_NEW(size_t, count + 1), room = 0;

	for (size_t i = 0; i < m->now->thread_count; i++) {
		const struct sample_thread *t = &m->now->threads[i];
		struct lock_sum *s = lock_of(m, sums, sum_of, t);

		if (!s)
			continue;
		s->row.waiter_count++;
		s->timed |= futex_wait__timed(m->now->threads[i].syscall, m->now->threads[i].args);
		spread__add_age(&s->spread, sample_thread__waited_ns(t));
	}
	for (size_t i = 0; i < count; room += sums[i++].row.waiter_count)
		sums[i].row.waiters = tids + room;
	for (size_t i = 0; i < m->now->thread_count; i++) {
		const struct lock_sum *s = lock_of(m, sums, sum_of, &m->now->threads[i]);

		if (s)
			tids[(size_t)(s->row.waiters - tids) + listed[s - sums]++] = m->now->threads[i].tid;
	}
	free(listed);
}

struct lock_row *model__locks(struct model *m, struct process_row *processes, size_t process_count)
{
	struct lock_sum *sums = HEAP_NEW(struct lock_sum, m->now->lock_count + 1);
	struct spread *all = HEAP_NEW(struct spread, 1), *held = HEAP_NEW(struct spread, 1);
	struct lock_row *rows = ARENA_NEW(&m->arena, struct lock_row, m->now->lock_count + 1);
	size_t *sum_of = HEAP_NEW(size_t, m->now->lock_count + 1), count, kept = 0, at = 0;

	count = sum_words(m, sums, sum_of);
	add_waiters(m, sums, count, sum_of);
	note_signals(sums, count, m->now->now_ns);
	for (size_t p = 0; p < process_count; p++) {
		uint64_t waits = 0, held_waits = 0;

		memset(all, 0, sizeof(*all));
		memset(held, 0, sizeof(*held));
		while (at < count && sums[at].row.pid < processes[p].pid)
			at++;
		for (; at < count && sums[at].row.pid == processes[p].pid; at++) {
			struct lock_sum *s = &sums[at];

			s->row.waits = spread__row(&s->spread, s->ended + s->row.waiter_count);
			if (!s->row.waits.count && !s->row.wait_ns)
				continue;
			ranking__lock(&s->row, processes[p].go);
			waits += s->row.waits.count;
			/* What was waited for Java locks is in the rows of the words, too. */
			processes[p].futex_wait_ns += s->row.type ? 0 : s->row.wait_ns;
			spread__merge(all, &s->spread);
			/* A join lasts as long as its thread. */
			if (s->row.held && s->row.kind != LOCK_JOIN) {
				held_waits += s->row.waits.count;
				spread__merge(held, &s->spread);
			}
			rows[kept++] = s->row;
		}
		processes[p].futex = spread__row(all, waits);
		processes[p].lock_waits = spread__row(held, held_waits);
	}
	if (kept)
		qsort(rows, kept, sizeof(*rows), order__by_time_waited);
	m->report.locks = rows;
	m->report.lock_count = kept;
	free(sum_of);
	free(sums);
	free(all);
	free(held);
	return rows;
}

/* ---- where only threads wait that have nothing to do --------------------------------------------------- */

/* All that wait there now. */
static bool only_idle(const struct naming *n, const struct lock_row *l)
{
	for (size_t i = 0; i < l->waiter_count; i++) {
		const struct thread_row *t = naming__thread(n, l->waiters[i]);

		if (!t || !t->blocked || !wait_class__at_rest(t->wait.class))
			return false;
	}
	return l->waiter_count > 0;
}

static int by_process_and_address(const void *a, const void *b)
{
	const struct lock_row *x = *(const struct lock_row *const *)a;
	const struct lock_row *y = *(const struct lock_row *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* Those of the report before, by process and address. */
static const struct lock_row **idle_before(struct model *m, size_t *ret_count)
{
	const struct interval_report *r = &m->last->report;
	const struct lock_row **list = ARENA_NEW(&m->arena, const struct lock_row *, r->lock_count + 1);

	*ret_count = 0;
	for (size_t i = 0; i < r->lock_count; i++)
		if (r->locks[i].idle)
			list[(*ret_count)++] = &r->locks[i];
	if (*ret_count)
		qsort(list, *ret_count, sizeof(*list), by_process_and_address);
	return list;
}

void model__idle_locks(struct model *m, struct lock_row *rows)
{
	const struct naming names = naming__of_interval(&m->report);
	size_t count;
	const struct lock_row **before = idle_before(m, &count);

	for (size_t i = 0; i < m->report.lock_count; i++) {
		const struct lock_row *l = &rows[i];

		/* All workers of a pool may be at work at this moment. */
		if (!l->waiter_count && !l->held && count)
			rows[i].idle =
				bsearch(&l, before, count, sizeof(*before), by_process_and_address) != NULL;
		else
			rows[i].idle = only_idle(&names, l);
	}
	ranking__locks(&m->arena, &m->report);
}
