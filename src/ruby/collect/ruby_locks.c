// SPDX-License-Identifier: GPL-2.0-or-later
#include "ruby/collect/ruby_locks.h"

#include "collect/locks/vm_locks.h"
#include "ruby/collect/ruby_private.h"
#include "waits/wait.h"

/* In the sample; NULL: it is not in there. */
static const struct sample_thread *thread_of(const struct ruby_stacks *r, const struct sample *s, pid_t pid,
					     uint64_t address)
{
	for (size_t i = 0; address && i < s->thread_count && i < r->proof_count; i++)
		if (s->threads[i].pid == pid && r->proofs[i].address == address)
			return &s->threads[i];
	return NULL;
}

/* Sleeps as its machine makes it sleep: on its condition variable, or, one of them, in a poll for signals. */
static bool sleeps(const struct sample_thread *t, const struct ruby_thread *x)
{
	return ruby_thread__sleeps_on(x, t->lock_address) || (!t->lock_address && t->kind == WAIT_POLL);
}

/* Both looks have the same Mutex and the same owner. In the queue of the GVL it has been woken: the Mutex was
 * free. */
static bool waits_for_mutex(const struct ruby_thread *x, const struct ruby_thread *y)
{
	return x->mutex && x->owner && x->mutex == y->mutex && x->owner == y->owner && !x->queued &&
	       !y->queued;
}

static void use_mutex(struct ruby_stacks *r, struct sample *s, struct sample_thread *t,
		      const struct ruby_thread *x)
{
	const struct sample_thread *owner = thread_of(r, s, t->pid, x->owner);

	if (owner && owner != t)
		vm_locks__wait(r->locks, s, t,
			       &(struct vm_lock){.address = x->mutex,
						 .key = x->mutex,
						 .kind = LOCK_MUTEX,
						 .wait = WAIT_MUTEX,
						 .native_type = "Thread::Mutex"},
			       owner, NULL);
}

/* In its queue at both looks, or on a word of those who have given it up for others. */
static bool waits_for_gvl(const struct sample_thread *t, const struct ruby_thread *x,
			  const struct ruby_thread *y, const struct ruby_gvl *g)
{
	return (x->queued && y->queued && ruby_thread__sleeps_on(x, t->lock_address)) ||
	       (t->lock_address >= g->yields && t->lock_address < g->end);
}

static void use_gvl(struct ruby_stacks *r, struct sample *s, struct sample_thread *t,
		    const struct ruby_seen *v, const struct ruby_gvl *g)
{
	const struct ruby_gvl *again = ruby_look__gvl(&v->again, g->ractor);
	bool same = again && again->owner == g->owner;

	vm_locks__wait(r->locks, s, t,
		       &(struct vm_lock){.address = g->address,
					 .key = g->address,
					 .kind = LOCK_MUTEX,
					 .wait = WAIT_MUTEX,
					 .symbol = RUBY_GVL,
					 .looks = true /* one of them, each 100 ms */},
		       same ? thread_of(r, s, t->pid, g->owner) : NULL, NULL);
}

/* Threads of the sample that wait, and did not run while the machine was looked at. */
void ruby_locks__name(struct ruby_stacks *r, struct sample *s, bool waited_only)
{
	const struct ruby_seen *v = NULL;
	const struct ruby_gvl *gvl;

	vm_locks__begin(r->locks, s);
	for (size_t i = 0; i < s->thread_count && i < r->proof_count; i++) {
		struct sample_thread *t = &s->threads[i];
		const struct ruby_thread *x = r->proofs[i].thread, *y;

		if (!x || !r->proofs[i].same || !t->blocked || t->newer || t->kind == WAIT_STOPPED)
			continue;
		v = ruby_stacks__seen(r, t->pid, v);
		y = v ? ruby_look__by_address(&v->again, x->address) : NULL;
		gvl = y ? ruby_look__gvl(&v->first, x->ractor) : NULL;
		if (gvl && waits_for_gvl(t, x, y, gvl))
			use_gvl(r, s, t, v, gvl);
		else if (y && waits_for_mutex(x, y) && sleeps(t, x))
			use_mutex(r, s, t, x);
	}
	vm_locks__end(r->locks, s, waited_only);
}
