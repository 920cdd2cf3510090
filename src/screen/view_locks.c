// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks that are waited for, with the chain from their waiters to what holds them up. */
#include "screen/scene.h"
#include "util/duration.h"
#include "views/text/text_rows.h"
#include "words/describe.h"

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_LOCKS, ret_count);
}

static void rows(const struct scene *s, struct grid *g)
{
	for (size_t i = 0; i < s->r->ranked_locks; i++) {
		const struct lock_row *l = &s->r->locks[s->r->lock_rank[i]];

		grid__add(g, &(struct grid_row){.id = lock__identity(l),
						.index = s->r->lock_rank[i],
						.style = l->for_work ? STYLE_DIM : STYLE_PLAIN});
	}
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;

	text_lock_cells(t, s->r, &s->r->locks[row->index]);
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	return text_lock_value(s->r, &s->r->locks[row->index], column);
}

static void owner(const struct scene *s, const struct lock_row *l, struct page *p)
{
	if (l->owner_tid)
		page__chain(p, s, l->owner_tid);
	else if (l->for_work)
		page__line(p, STYLE_DIM, 2, "workers wait here for work: nothing is held up");
	else
		page__line(p, STYLE_PLAIN, 2,
			   "its owner is not known: this kind of lock keeps none, or it was released");
}

#define SHOWN_WAITERS 6

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	const struct lock_row *l = &s->r->locks[row->index];
	const struct naming n = naming__of_interval(s->r);
	char waiters[DESCRIBE_WAIT];

	if (l->waiter_count)
		page__line(p, STYLE_PLAIN, 2, "%zu wait: %s", l->waiter_count,
			   describe_names(waiters, sizeof(waiters), &n, l->waiters, l->waiter_count,
					  SHOWN_WAITERS));
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
	page__line(p, STYLE_PLAIN, 2, "in this interval %llu waits: p50 %s, p99 %s, longest %s",
		   (unsigned long long)l->waits.count, duration_format(a, sizeof(a), l->waits.p50_ns),
		   duration_format(b, sizeof(b), l->waits.p99_ns),
		   duration_format(c, sizeof(c), l->waits.max_ns));
}

static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	const struct naming n = naming__of_interval(s->r);
	const struct lock_row *l = NULL;
	const struct thread_row *holder;
	char name[DESCRIBE_WAIT];

	for (size_t i = 0; i < s->r->lock_count && !l; i++)
		if (lock__identity(&s->r->locks[i]) == id)
			l = &s->r->locks[i];
	if (!l)
		return false;
	page__line(p, STYLE_BOLD, 2, "%s", describe_lock(name, sizeof(name), l));
	owner(s, l, p);
	latencies(p, l);
	page__heading(p, "%zu %s", l->waiter_count, l->waiter_count == 1 ? "WAITER" : "WAITERS");
	for (size_t i = 0; i < l->waiter_count; i++)
		waiter(p, &n, l->waiters[i]);
	holder = l->owner_tid ? scene__thread(s, l->owner_tid) : NULL;
	if (holder)
		page__stack(p, "THE OWNER'S STACK", &holder->stack,
			    holder->blocked ? "not read so far" : "it runs");
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
	.empty = "no thread waits for a lock",
};
