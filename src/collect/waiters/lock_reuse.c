// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/waiters/lock_reuse.h"

#include <sched.h>

#include "thresholds.h"
#include "waits/wait.h"

#define CLOCKS_NS 10000000u /* a wait and a start are measured by different clocks */

static const struct sample_thread *thread_of(const struct sample *s, pid_t pid, pid_t tid)
{
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].pid == pid && s->threads[i].tid == tid)
			return &s->threads[i];
	return NULL;
}

/* The lock is first given to waiters of a higher priority, however late they came. */
static bool has_priority(pid_t tid)
{
	int policy = sched_getscheduler(tid);

	return policy < 0 || (policy & ~SCHED_RESET_ON_FORK) == SCHED_FIFO ||
	       (policy & ~SCHED_RESET_ON_FORK) == SCHED_RR || policy == SCHED_DEADLINE;
}

/* What the other threads show of one that has been there for age_ns. */
struct others {
	bool older;    /* a waiter that has slept since before */
	bool newer;    /* one that has slept for less, or may have been woken meanwhile */
	bool runnable; /* one that may have been woken, and has had no CPU yet */
	uint64_t longest_ns;
};

static struct others look_at_others(const struct sample *s, const struct sample_lock *l,
				    const struct sample_thread *owner)
{
	struct others o = {0};

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (t->pid != l->pid || t == owner || wait__ended(t->state))
			continue;
		if (!t->blocked) {
			o.runnable = true;
		} else if (t->lock_address == l->word) {
			if (t->steady && t->blocked_ns > owner->age_ns + CLOCKS_NS)
				o.older = true;
			/* One that is younger than the owner has not had the lock before it. */
			else if (!t->steady || t->age_ns + CLOCKS_NS > owner->age_ns)
				o.newer = true;
			if (t->blocked_ns > o.longest_ns)
				o.longest_ns = t->blocked_ns;
		}
	}
	return o;
}

/*
 * Who unlocks a mutex wakes the waiter that has slept longest, which gets it, or sleeps anew if another
 * thread was faster. So where all have slept since before the thread was created, nobody has unlocked it
 * since then. Woken ones that have had no CPU yet are not seen to be that: then the thread must have been
 * there for a while. Read-write locks are handed on in other ways.
 */
enum lock_reuse lock_reuse__of(struct locks *locks, const struct sample *s, const struct sample_lock *l,
			       pid_t tid)
{
	const struct sample_thread *owner = thread_of(s, l->pid, tid);
	struct others o;

	if (!owner || !wait__exclusive(l->kind))
		return REUSE_NOT;
	/* It was nobody's TID at an earlier reading, and the lock has it still. */
	if (locks__gone_before(locks, l->pid, l->word, owner->ns_tid, s->now_ns - owner->age_ns))
		return REUSE_CERTAIN;
	o = look_at_others(s, l, owner);
	if (!o.older || o.longest_ns < NS_OF_MS(LOCK_HOLDER_MS) || has_priority(tid))
		return REUSE_NOT;
	if (l->kind == LOCK_MUTEX && !o.newer && (!o.runnable || owner->age_ns >= NS_OF_S(LOCK_REUSE_S)))
		return REUSE_CERTAIN;
	return o.longest_ns >= NS_OF_S(LOCK_REUSE_S) ? REUSE_UNKNOWN : REUSE_NOT;
}

void lock_reuse__settle(struct sample *s)
{
	for (size_t i = 0; i < s->lock_count; i++) {
		struct sample_lock *l = &s->locks[i];

		if (!l->reused || !l->likely_tid)
			continue;
		if (l->likely_tid == l->reused) {
			l->owner_tid = l->reused;
			l->reused = l->outside = 0;
		}
		l->likely_tid = 0;
		l->likely = LOCK_LIKELY_NOT;
		l->likely_in = NULL;
		for (size_t k = 0; l->owner_tid && k < s->thread_count; k++) {
			struct sample_thread *t = &s->threads[k];

			if (t->pid == l->pid && t->lock_address == l->word && t->steady)
				t->blocked_by = l->owner_tid;
		}
	}
}
