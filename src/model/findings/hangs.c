// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/hangs.h"

#include <string.h>

#include "model/findings/convoy_calls.h"
#include "model/findings/deadlock_findings.h"
#include "thresholds.h"
#include "waits/wait.h"
#include "words/describe.h"

#define MOST_OWNERS 4096 /* of a chain: more than a circle with a timeout in it is followed for */

static size_t index_of(const struct hangs *h, pid_t tid)
{
	const struct thread_row *row = naming__thread(h->n, tid);

	return row ? (size_t)(row - h->n->threads) : NO_INDEX;
}

bool hangs__reported(const struct hangs *h, pid_t tid)
{
	size_t at = index_of(h, tid);

	return at != NO_INDEX && h->reported[at];
}

void hangs__report(struct hangs *h, enum finding_kind kind, bool quiet, const char *summary,
		   const pid_t *tids, size_t count)
{
	const struct thread_row *first = naming__thread(h->n, tids[0]);

	findings__add(h->f, &(struct finding){.kind = kind,
					      .severity = quiet ? SEVERITY_INFO : SEVERITY_USUAL,
					      .summary = summary,
					      .pid = first ? first->pid : 0,
					      .tids = tids,
					      .tid_count = count});
	for (size_t i = 0; i < count; i++) {
		size_t at = index_of(h, tids[i]);

		if (at != NO_INDEX)
			h->reported[at] = true;
	}
}

const struct thread_row *hangs__last_owner(const struct naming *n, pid_t owner)
{
	const struct thread_row *t = naming__thread(n, owner);

	for (int i = 0; t && i < MOST_OWNERS; i++) {
		const struct thread_row *next = naming__waited_for(n, t, NULL);

		if (!next)
			return t;
		t = next;
	}
	return NULL;
}

static enum hang_weight weight_of(const struct thread_row *last, uint64_t ns)
{
	if (last->blocked && last->wait.chain_count)
		return hangs__chain_weight(&last->wait, ns);
	/* It will not get on by itself. */
	if (last->halt.reason == HALT_THROTTLED || last->halt.reason == HALT_LOW_PRIORITY)
		return HANG_SERIOUS;
	if (!last->blocked)
		return ns < NS_OF_S(LOCK_BUSY_OWNER_S) ? HANG_QUIET : HANG_SERIOUS;
	if (last->wait.kind == WAIT_ACCEPT)
		return HANG_NORMAL;
	return wait__for_input(last->wait.kind, last->wait.syscall, last->wait.file) ? HANG_QUIET
										     : HANG_SERIOUS;
}

enum hang_weight hangs__weight(const struct hangs *h, const struct thread_row *waiter, pid_t owner,
			       uint64_t ns)
{
	const struct thread_row *last = hangs__last_owner(h->n, owner), *t;
	enum hang_weight weight;
	enum turn turn;

	/* Another process has it. */
	if (!last && waiter && waiter->wait.chain_count && waiter->wait.chain->role == LINK_OWNS)
		return hangs__chain_weight(&waiter->wait, ns);
	if (!last || wait__ended(last->state))
		return HANG_SERIOUS;
	weight = weight_of(last, ns);
	if (weight == HANG_NORMAL || !hangs__may_be_turn(last))
		return weight;
	for (t = naming__thread(h->n, owner); t && t != last; t = naming__waited_for(h->n, t, NULL))
		waiter = t;
	turn = hangs__turn(waiter, last);
	/* Whoever waits for a condition variable, or polls, may wait for anything. */
	if (weight == HANG_SERIOUS && !last->wait.for_work)
		return turn == TURN_TAKEN ? HANG_QUIET : HANG_SERIOUS;
	return turn == TURN_NOT ? HANG_SERIOUS : HANG_QUIET;
}

bool hangs__semaphore_is_quiet(const struct hangs *h, const struct thread_row *waiter,
			       const struct lock_row *l, uint64_t ns)
{
	pid_t holder = naming__holder(l, NULL);

	return holder <= 0 || hangs__weight(h, waiter, holder, ns) != HANG_SERIOUS;
}

uint64_t hangs__held_up_ns(const struct hangs *h, const struct thread_row *t)
{
	const struct link_row *first = t->wait.chain_count ? t->wait.chain : NULL;
	const struct lock_row *lock = naming__lock(h->n, t->wait.lock);
	const struct thread_row *owner = naming__thread(h->n, t->wait.blocked_by);
	uint64_t ns = t->wait.duration_ns, of_owner = 0;

	if (first && first->held && first->state == LINK_BLOCKED)
		of_owner = first->duration_ns > t->wait.seen_ns ? first->duration_ns : t->wait.seen_ns;
	else if (t->wait.at_least && lock && lock->kind == LOCK_MONITOR && owner && owner->blocked)
		of_owner = owner->wait.duration_ns;
	return of_owner > ns ? of_owner : ns;
}

void findings__hangs(struct findings *f, const struct hang_facts *facts)
{
	const struct naming *n = facts->names;
	struct hangs h = {
		.f = f, .facts = facts, .n = n, .reported = ARENA_NEW(f->arena, bool, n->thread_count + 1)};

	findings__deadlocks(f, n, facts->deadlocks);
	memcpy(h.reported, facts->deadlocks->involved, n->thread_count * sizeof(*h.reported));
	hangs__circles(&h);
	hangs__convoys(&h);
	hangs__spinning(&h);
	hangs__lock_code(&h);
	for (size_t i = 0; i < n->thread_count; i++)
		h.reported[i] = h.reported[i] || facts->in_call[i];
	hangs__unresolved_names(&h);
	hangs__stuck_threads(&h);
	hangs__one_cause(&h);
	findings__calls_of_owners(f, n);
}
