// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/deadlocks.h"

#include "words/describe.h"

/* Index of the thread that i waits for, by a lock or a join. */
static size_t next_in_chain(const struct naming *n, size_t i)
{
	const struct thread_row *t = &n->threads[i], *next;

	if (!t->blocked || t->wait.lock == NO_INDEX || t->wait.timed)
		return NO_INDEX;
	next = naming__waited_for(n, t, NULL);
	return next ? (size_t)(next - n->threads) : NO_INDEX;
}

/* start: any of its threads. It begins with the lowest TID, in whatever order the threads are. */
static void add_deadlock(struct arena *a, const struct naming *n, struct deadlock *ret, size_t start)
{
	size_t length = 0, first = start, i = start;
	bool likely = false, some = false;
	size_t *locks;
	pid_t *tids;

	do {
		const struct lock_row *lock = naming__lock(n, n->threads[i].wait.lock);

		length++;
		naming__waited_for(n, &n->threads[i], &likely);
		some = some || likely || (lock && lock_row__may_end(lock));
		i = next_in_chain(n, i);
		if (n->threads[i].tid < n->threads[first].tid)
			first = i;
	} while (i != start);
	i = first;
	tids = ARENA_NEW(a, pid_t, length);
	locks = ARENA_NEW(a, size_t, length);
	for (size_t k = 0; k < length; k++, i = next_in_chain(n, i)) {
		tids[k] = n->threads[i].tid;
		locks[k] = n->threads[i].wait.lock;
	}
	*ret = (struct deadlock){.tids = tids, .locks = locks, .count = length, .likely = some};
}

/* Marks the chain from start with the deadlock that it leads to, 0: none; in_walk: threads of this walk. */
static void mark_chain(const struct naming *n, const size_t *seen, size_t *leads_to, size_t start,
		       size_t deadlock)
{
	size_t walk = seen[start];

	for (size_t at = start; at != NO_INDEX && seen[at] == walk && !leads_to[at];
	     at = next_in_chain(n, at))
		leads_to[at] = deadlock;
}

/* Each thread waits for at most one thread, possibly itself, so a walk that meets itself has found a circle.
 */
struct deadlocks deadlocks__find(struct arena *a, const struct naming *n)
{
	struct deadlock *list = ARENA_NEW(a, struct deadlock, n->thread_count + 1);
	size_t *seen = ARENA_NEW(a, size_t, n->thread_count + 1);     /* by which walk, from 1 on */
	size_t *leads_to = ARENA_NEW(a, size_t, n->thread_count + 1); /* deadlock, from 1 on */
	bool *involved = ARENA_NEW(a, bool, n->thread_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < n->thread_count; i++) {
		size_t at = i;

		while (at != NO_INDEX && !seen[at]) {
			seen[at] = i + 1;
			at = next_in_chain(n, at);
		}
		if (at == NO_INDEX || seen[i] != i + 1)
			continue;
		if (seen[at] == i + 1)
			add_deadlock(a, n, &list[count++], at);
		if (seen[at] == i + 1 || leads_to[at])
			mark_chain(n, seen, leads_to, i, seen[at] == i + 1 ? count : leads_to[at]);
	}
	for (size_t i = 0; i < n->thread_count; i++) {
		involved[i] = leads_to[i];
		if (leads_to[i])
			list[leads_to[i] - 1].behind++;
	}
	for (size_t i = 0; i < count; i++)
		list[i].behind -= list[i].count;
	return (struct deadlocks){.list = list, .count = count, .involved = involved};
}
