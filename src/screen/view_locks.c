// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks that are waited for, with the chain from their waiters to what holds them up. */
#include <string.h>

#include "screen/identity.h"
#include "screen/scene.h"
#include "util/append.h"
#include "util/duration.h"
#include "views/text/text_rows.h"
#include "words/describe.h"

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_LOCKS, ret_count);
}

/* ---- rows: locks, and unfolded who holds one, to the end of the chain, and who waits ------------------ */

#define MOST_OWNERS 16 /* a longer chain goes on in the detail of the last one */

/* What a row is, in its group; its index is that of the lock. */
#define THE_LOCK 0
#define OWNERS   1 /* + steps from the lock */
#define WAITERS  (OWNERS + MOST_OWNERS)

static const struct lock_row *lock_of(const struct scene *s, const struct grid_row *row)
{
	return &s->r->locks[row->index];
}

/* The owners along the chain, each once: a circle ends where it began. */
static size_t chain_of(const struct scene *s, const struct lock_row *l, pid_t tids[MOST_OWNERS])
{
	size_t count = 0;

	for (pid_t tid = l->owner_tid; tid > 0 && count < MOST_OWNERS;) {
		const struct thread_row *t;

		for (size_t i = 0; i < count; i++)
			if (tids[i] == tid)
				return count;
		tids[count++] = tid;
		t = scene__thread(s, tid);
		tid = t && t->blocked ? t->wait.blocked_by : 0;
	}
	return count;
}

static void add_thread(struct grid *g, const struct lock_row *l, size_t lock, size_t what, pid_t tid)
{
	uint64_t id = identity__add(identity__add(lock__identity(l), what < WAITERS), (uint64_t)tid);

	grid__add(g, &(struct grid_row){.id = id,
					.index = lock,
					.group = what,
					.depth = 1,
					.style = l->for_work ? STYLE_DIM : STYLE_PLAIN});
}

static void rows(const struct scene *s, struct grid *g)
{
	for (size_t i = 0; i < s->r->ranked_locks; i++) {
		size_t index = s->r->lock_rank[i];
		const struct lock_row *l = &s->r->locks[index];
		pid_t owners[MOST_OWNERS];
		bool several = l->waiter_count || l->owner_tid;

		if (!grid__add(g, &(struct grid_row){.id = lock__identity(l),
						     .index = index,
						     .group = THE_LOCK,
						     .fold = several ? FOLD_CLOSED : FOLD_NONE,
						     .style = l->for_work ? STYLE_DIM : STYLE_PLAIN}))
			continue;
		for (size_t k = 0, count = chain_of(s, l, owners); k < count; k++)
			add_thread(g, l, index, OWNERS + k, owners[k]);
		for (size_t k = 0; k < l->waiter_count; k++)
			add_thread(g, l, index, WAITERS + k, l->waiters[k]);
	}
}

/* Of a row below a lock. */
static pid_t tid_of(const struct scene *s, const struct grid_row *row)
{
	const struct lock_row *l = lock_of(s, row);
	pid_t owners[MOST_OWNERS];

	if (row->group >= WAITERS)
		return row->group - WAITERS < l->waiter_count ? l->waiters[row->group - WAITERS] : 0;
	return row->group - OWNERS < chain_of(s, l, owners) ? owners[row->group - OWNERS] : 0;
}

/* The owner at which a circle closes, behind the last one of the chain; 0: it ends. */
static pid_t again(const struct scene *s, const struct grid_row *row)
{
	pid_t owners[MOST_OWNERS], next;
	size_t count = chain_of(s, lock_of(s, row), owners);
	const struct thread_row *last = count ? scene__thread(s, owners[count - 1]) : NULL;

	next = last && last->blocked && row->group == OWNERS + count - 1 ? last->wait.blocked_by : 0;
	for (size_t i = 0; i < count; i++)
		if (next && owners[i] == next)
			return next;
	return 0;
}

#define THREAD_TEXT (2 * DESCRIBE_WAIT + DESCRIBE_NAME + 32)

/* "worker-1 (12863) waits, in log_line < serve_request"; "held by log-rotator (12871): waiting in fsync(...)"
 */
static void thread_words(const struct scene *s, const struct grid_row *row, char dst[THREAD_TEXT])
{
	const struct naming n = naming__of_interval(s->r);
	const struct thread_row *t = naming__thread(&n, tid_of(s, row));
	bool waiter = row->group >= WAITERS;
	char name[DESCRIBE_NAME], words[DESCRIBE_HALT], stack[DESCRIBE_WAIT];
	size_t used = 0;

	describe_tid(name, sizeof(name), &n, tid_of(s, row));
	append(dst, THREAD_TEXT, &used, "%s%s",
	       waiter                 ? "waits: "
	       : row->group == OWNERS ? "held by "
				      : "which is held by ",
	       name);
	if (!t)
		return;
	if (!t->blocked)
		append(dst, THREAD_TEXT, &used, ": %s", describe_running(words, sizeof(words), t));
	else if (!waiter)
		append(dst, THREAD_TEXT, &used, ": %s%s", describe_wait_verb(&t->wait),
		       describe_wait_short(words, sizeof(words), &n, &t->wait));
	if (!waiter && again(s, row))
		append(dst, THREAD_TEXT, &used, ", which %s holds again",
		       describe_tid(name, sizeof(name), &n, again(s, row)));
	if (t->blocked && t->stack.count)
		append(dst, THREAD_TEXT, &used, ", in %s",
		       describe_creator(stack, sizeof(stack), &t->stack, 6));
}

/* The columns of a lock that a thread has something for: how long it waits, and what it does. */
static void thread_cells(const struct scene *s, const struct grid_row *row, struct table *t)
{
	const struct thread_row *r = scene__thread(s, tid_of(s, row));
	char words[THREAD_TEXT], age[DESCRIBE_AGE];
	size_t count;

	columns(s, &count);
	for (size_t i = 0; i + 2 < count; i++)
		table__cell(t, "%s", "");
	table__cell(t, "%s", r && r->blocked ? duration_format(age, sizeof(age), r->wait.duration_ns) : "");
	thread_words(s, row, words);
	table__cell(t, "%s", words);
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;

	if (row->group == THE_LOCK)
		text_lock_cells(t, s->r, lock_of(s, row));
	else
		thread_cells(s, row, t);
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	return text_lock_value(s->r, lock_of(s, row), column);
}

static struct place enter(const struct scene *s, const struct grid_row *row)
{
	pid_t tid = row->group == THE_LOCK ? 0 : tid_of(s, row);

	if (tid)
		return (struct place){.view = VIEW_THREADS, .id = thread__identity(tid), .detail = true};
	return (struct place){.view = VIEW_LOCKS, .id = row->id, .detail = true};
}

/* ---- in words ----------------------------------------------------------------------------------------- */

static void owner(const struct scene *s, const struct lock_row *l, struct page *p)
{
	const struct naming n = naming__of_interval(s->r);
	char holder[DESCRIBE_HOLDER], why[DESCRIBE_HOLDER];
	const char *signal = describe_signal(why, sizeof(why), &n, l);

	if (*signal)
		page__line(p, STYLE_PLAIN, 2, "%s", signal + strspn(signal, ", "));
	if (l->owner_tid)
		page__chain(p, s, l->kind, l->owner_tid);
	else if (*describe_holder(holder, sizeof(holder), &n, l))
		page__line(p, STYLE_PLAIN, 2, "%s%s%s", holder,
			   *describe_likely(why, sizeof(why), l) ? ": " : "", why);
	else if (l->for_work)
		page__line(p, STYLE_DIM, 2, "workers wait here for work: nothing is held up");
	else
		page__line(p, STYLE_PLAIN, 2, "holder not known%s",
			   describe_no_owner(holder, sizeof(holder), l));
}

#define SHOWN_WAITERS 6

static void waiters_line(const struct scene *s, const struct lock_row *l, struct page *p)
{
	const struct naming n = naming__of_interval(s->r);
	char waiters[DESCRIBE_WAIT];

	if (l->waiter_count)
		page__line(p, STYLE_PLAIN, 2, "waiters (%zu): %s", l->waiter_count,
			   describe_names(waiters, sizeof(waiters), &n, l->waiters, l->waiter_count,
					  SHOWN_WAITERS));
}

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	const struct lock_row *l = &s->r->locks[row->index];
	char words[THREAD_TEXT];

	if (row->group != THE_LOCK) {
		thread_words(s, row, words);
		page__line(p, STYLE_PLAIN, 2, "%s", words);
		return;
	}
	waiters_line(s, l, p);
	owner(s, l, p);
}

static void waiter(struct page *p, const struct naming *n, pid_t tid)
{
	const struct thread_row *t = naming__thread(n, tid);
	char name[DESCRIBE_NAME], age[DESCRIBE_AGE], stack[DESCRIBE_WAIT];

	describe_tid(name, sizeof(name), n, tid);
	if (!t || !t->blocked) {
		page__line(p, STYLE_PLAIN, 4, "  %s", name);
		return;
	}
	page__line(p, STYLE_PLAIN, 4, "  %s for %s%s%s", name, describe_age(age, sizeof(age), &t->wait),
		   t->stack.count ? ", in " : "",
		   t->stack.count ? describe_creator(stack, sizeof(stack), &t->stack, 6) : "");
}

static void latencies(struct page *p, const struct lock_row *l)
{
	char a[DURATION_TEXT], b[DURATION_TEXT], c[DURATION_TEXT];

	if (!l->waits.count)
		return;
	page__line(p, STYLE_PLAIN, 2, "waits in this interval: %llu, p50 %s, p99 %s, longest %s",
		   (unsigned long long)l->waits.count, duration_format(a, sizeof(a), l->waits.p50_ns),
		   duration_format(b, sizeof(b), l->waits.p99_ns),
		   duration_format(c, sizeof(c), l->waits.max_ns));
}

/* What a thread did at another time, without the lock, says nothing of what it does with it. */
static bool held_then(const struct scene *s, const struct lock_row *l, pid_t tid)
{
	for (size_t i = 0; s->snapshot && i < s->snapshot->lock_count; i++)
		if (lock__identity(&s->snapshot->locks[i]) == lock__identity(l))
			return naming__holder(&s->snapshot->locks[i], NULL) == tid;
	return false;
}

/* The report has the stacks of waits that last; the snapshot, those of all threads. */
static void owners_stack(const struct scene *s, const struct lock_row *l, struct page *p)
{
	pid_t tid = naming__holder(l, NULL);
	const struct thread_row *t = scene__thread(s, tid), *seen = scene__snapshot_thread(s, tid);
	char heading[64], clock[DURATION_TEXT];

	if (!t)
		return;
	snprintf(heading, sizeof(heading), "OWNER'S STACK");
	if (!t->stack.count && seen && seen->stack.count && held_then(s, l, tid)) {
		snprintf(heading, sizeof(heading), "OWNER'S STACK IN THE SNAPSHOT OF %.8s",
			 time_format_clock(clock, sizeof(clock), s->snapshot_ns));
		t = seen;
	}
	page__stack(p, heading, &t->stack, t->blocked ? "not read yet" : "running");
}

static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	const struct naming n = naming__of_interval(s->r);
	const struct lock_row *l = NULL;
	char name[DESCRIBE_WAIT];

	for (size_t i = 0; i < s->r->lock_count && !l; i++)
		if (lock__identity(&s->r->locks[i]) == id)
			l = &s->r->locks[i];
	if (!l)
		return false;
	page__line(p, STYLE_BOLD, 2, "%s", describe_lock(name, sizeof(name), l));
	owner(s, l, p);
	latencies(p, l);
	waiters_line(s, l, p);
	owners_stack(s, l, p);
	page__findings(p, s, VIEW_LOCKS, id);
	page__heading(p, "WAITERS (%zu)", l->waiter_count);
	for (size_t i = 0; i < l->waiter_count; i++)
		waiter(p, &n, l->waiters[i]);
	return true;
}

const struct screen_view view_locks = {
	.title = "locks",
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.preview = preview,
	.detail = detail,
	.enter = enter,
	.empty = "no thread waits for a lock",
};
