// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads that wait for other processes: what is the matter there, and circles over several processes. */
#include <string.h>

#include "model/findings/hangs.h"
#include "thresholds.h"
#include "util/text.h"
#include "waits/wait.h"
#include "words/describe.h"

static bool in_call(const struct link_row *k, const char *start)
{
	return k->state == LINK_BLOCKED && k->syscall && starts_with(k->syscall, start);
}

/* Or it is the one that gives work to the reader, and has none. */
static bool waits_for_work(const struct link_row *last)
{
	if (last->gives && last->state == LINK_RUNS)
		return true;
	return last->state == LINK_BLOCKED &&
	       (last->gives || wait__for_input(WAIT_OTHER, last->syscall, last->file));
}

enum hang_weight hangs__chain_weight(const struct wait *w, uint64_t ns)
{
	const struct link_row *last = w->chain_count ? &w->chain[w->chain_count - 1] : NULL;

	/* Who holds a file's lock is always known to the kernel: it was not found in time. */
	if (!last)
		return w->kind == WAIT_FILE_LOCK ? HANG_QUIET : HANG_SERIOUS;
	/* Whatever it is blocked in, the file's users wait for its answer. */
	if ((last->role == LINK_LEASES || last->role == LINK_PERMITS) && last->state != LINK_RUNS)
		return HANG_SERIOUS;
	/* As one that is idle in a transaction: others try again for its database meanwhile. */
	if (w->chain->held && last->state != LINK_RUNS)
		return HANG_SERIOUS;
	/* Who changed it last need not change it next. */
	if (last->role == LINK_CHANGED_SEMAPHORE || waits_for_work(last))
		return HANG_QUIET;
	if (last->state == LINK_RUNS)
		return ns < NS_OF_S(LOCK_BUSY_OWNER_S) ? HANG_QUIET : HANG_SERIOUS;
	/* Workers take turns at waiting for clients. */
	if (in_call(last, "accept"))
		return HANG_NORMAL;
	/* It waits for its client, with a transaction open. */
	if (last->role == LINK_HOLDS_DATABASE)
		return HANG_SERIOUS;
	/* A standby waits for the file's lock of a server that is well, and servers for their turn at
	 * clients. A sleep may be a select. */
	if ((last->role == LINK_HOLDS_SEMAPHORE || last->role == LINK_HOLDS_FILE ||
	     last->role == LINK_OWNS) &&
	    (in_call(last, "poll") || in_call(last, "ppoll")))
		return HANG_QUIET;
	/* Nor is that certain to hold it. */
	if (last->role == LINK_HOLDS_SEMAPHORE && (in_call(last, "select") || in_call(last, "pselect")))
		return HANG_QUIET;
	return in_call(last, "epoll_") ? HANG_QUIET : HANG_SERIOUS;
}

bool hangs__chain_holds_up(const struct wait *w)
{
	return w->chain_count && link_role__holds_up(w->chain->role);
}

static bool lasts(const struct link_row *k)
{
	return k->duration_ns >= NS_OF_S(STUCK_THREAD_S);
}

bool hangs__child_hangs(const struct wait *w)
{
	if (w->kind != WAIT_CHILD || !w->chain_count)
		return false;
	if (w->chain[w->chain_count - 1].state == LINK_STOPPED)
		return true;
	for (size_t i = 1; i < w->chain_count; i++) {
		const struct link_row *k = &w->chain[i];

		if (k->role == LINK_OWNS &&
		    (k->state == LINK_GONE || k->state == LINK_LEFT || k->state == LINK_REUSED))
			return true;
		if (k->role == LINK_READS && k->state == LINK_NOBODY && lasts(k - 1))
			return true;
		if ((k->role == LINK_HOLDS_FILE || k->role == LINK_OWNS) && lasts(k - 1))
			return hangs__chain_weight(w, w->chain[i - 1].duration_ns) == HANG_SERIOUS;
	}
	return false;
}

bool hangs__child_is_not_read(const struct thread_row *t)
{
	const struct wait *w = &t->wait;

	for (size_t i = 1; w->kind == WAIT_CHILD && i < w->chain_count; i++)
		if (w->chain[i].role == LINK_READS && w->chain[i].pid == t->pid && !w->chain[i].one_of &&
		    w->chain[i].state == LINK_BLOCKED && lasts(&w->chain[i - 1]))
			return true;
	return false;
}

/* ---- circles ---------------------------------------------------------------------- */

/* Any thread of a process may read, write or accept what it has open, whatever the one looked at does. */
static bool others_may_serve(const struct link_row *k)
{
	bool end = k->role == LINK_READS || k->role == LINK_WRITES || k->role == LINK_PEER ||
		   k->role == LINK_LISTENS;

	/* Nor is a message queue only for the one that received last. */
	return k->role == LINK_RECEIVES || (k->role == LINK_PERMITS && k->threads > 1) ||
	       (end && k->threads > 1);
}

/* The processes are looked at one after the other: that each has been blocked for long shows that they were
 * at the same time. Two that wait for each other to send may do so with a time-out of the socket. */
static bool is_circle(const struct thread_row *t)
{
	const struct wait *w = &t->wait;
	bool held = false;

	if (!t->blocked || !w->chain_count || !w->chain[w->chain_count - 1].again || w->timed ||
	    w->duration_ns < NS_OF_S(STUCK_THREAD_S))
		return false;
	for (size_t i = 0; i < w->chain_count; i++) {
		const struct link_row *k = &w->chain[i];

		held = held || (k->role != LINK_WRITES && k->role != LINK_PEER);
		if (others_may_serve(k) || (!k->again && k->duration_ns < NS_OF_MS(LOG_STALL_MS)))
			return false;
	}
	return held;
}

static void report_circle(struct hangs *h, const struct thread_row *const *list, size_t count)
{
	pid_t *tids = ARENA_NEW(h->f->arena, pid_t, count);
	char name[DESCRIBE_NAME], wait[DESCRIBE_WAIT], chain[DESCRIBE_CHAIN], time[DESCRIBE_AGE];
	const struct thread_row *t = list[0];

	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	hangs__report(h, FINDING_DEADLOCK, false,
		      arena__format(h->f->arena, "deadlock of %zu %s: %s has been in %s for %s%s",
				    t->wait.chain_count, t->wait.chain_count == 1 ? "process" : "processes",
				    describe_thread(name, sizeof(name), t->name, t->tid),
				    describe_wait_short(wait, sizeof(wait), h->n, &t->wait),
				    describe_age(time, sizeof(time), &t->wait),
				    describe_links(chain, sizeof(chain), &t->wait)),
		      tids, count);
}

/* Threads of a process that wait for the same have the same chain. */
void hangs__circles(struct hangs *h)
{
	const struct thread_row **list =
		ARENA_NEW(h->f->arena, const struct thread_row *, h->n->thread_count + 1);

	for (size_t i = 0; i < h->n->thread_count; i++) {
		const struct thread_row *t = &h->n->threads[i];
		size_t count = 0;

		if (h->reported[i] || !is_circle(t))
			continue;
		list[count++] = t;
		for (size_t k = i + 1; k < h->n->thread_count; k++)
			if (!h->reported[k] && h->n->threads[k].wait.chain == t->wait.chain)
				list[count++] = &h->n->threads[k];
		report_circle(h, list, count);
	}
}
