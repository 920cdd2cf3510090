// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "collect/waiters/lock_reuse.h"
#include "collect/waiters/lock_waiters.h"
#include "target/task_look.h"
#include "util/clock.h"
#include "util/heap.h"
#include "waits/wait.h"

static int by_word(const void *a, const void *b)
{
	const struct sample_lock *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

void lock_waiters__sort(struct sample *s)
{
	size_t kept = 0;

	if (s->lock_count)
		qsort(s->locks, s->lock_count, sizeof(*s->locks), by_word);
	for (size_t i = 0; i < s->lock_count; i++)
		if (!kept || by_word(&s->locks[kept - 1], &s->locks[i]))
			s->locks[kept++] = s->locks[i];
	s->lock_count = kept;
}

struct sample_lock *lock_waiters__find(struct sample *s, pid_t pid, uint64_t word)
{
	struct sample_lock key = {.pid = pid, .word = word};

	return s->lock_count ? bsearch(&key, s->locks, s->lock_count, sizeof(key), by_word) : NULL;
}

pid_t lock_waiters__own_thread(const struct sample *s, pid_t pid, pid_t ns_tid)
{
	if (ns_tid <= 0)
		return 0;
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].pid == pid && s->threads[i].ns_tid == ns_tid)
			return s->threads[i].tid;
	return 0;
}

static struct sample_lock *lock_of(struct sample *s, const struct sample_thread *t)
{
	return t->lock_address ? lock_waiters__find(s, t->pid, t->lock_address) : NULL;
}

/* The kernel side cannot read the list of a thread that already waits when it is first seen: that wait has no
 * row. */
static void add_lock(struct sample *s, const struct sample_thread *t, uint64_t first_ns)
{
	uint64_t began = gained_since(s->now_ns, t->blocked_ns);

	s->locks = heap__resize(s->locks, s->lock_count + 1, sizeof(*s->locks));
	s->locks[s->lock_count++] = (struct sample_lock){
		.pid = t->pid,
		.word = t->lock_address,
		.kind = LOCK_FUTEX,
		.wait_ns = s->now_ns - (began > first_ns ? began : first_ns),
	};
	lock_waiters__sort(s);
}

void lock_waiters__find_words(struct targets *targets, struct sample *s, const struct pass *pass,
			      uint64_t first_ns)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		if (t->lock_address)
			continue;
		thread__find_word(t, targets);
		if (t->lock_address && pass->threads[i].t.flags & TS_THREAD_PREATTACH &&
		    !lock_waiters__find(s, t->pid, t->lock_address))
			add_lock(s, t, first_ns);
	}
}

size_t lock_waiters__read(struct locks *locks, const struct sample *s)
{
	uint64_t last = 0;
	size_t waiting = 0;

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (!t->lock_address)
			continue;
		waiting++;
		/* Waiters of one lock often follow each other. */
		if (t->lock_address != last)
			locks__read(locks, t->pid, t->lock_address);
		last = t->lock_address;
	}
	return waiting;
}

void lock_waiters__mark_steady(struct sample *s, const struct pass *before, const struct pass *after)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct ts_thread *t = &before->threads[i].t;
		const struct pass_thread *p = pass__find(after, t->tgid, t->tid);

		s->threads[i].steady = thread__did_not_run(t, p);
	}
}

void lock_waiters__take_newer(struct sample *s, const struct pass *before, const struct pass *after)
{
	struct ts_account account;

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct ts_thread *t = &before->threads[i].t;
		const struct pass_thread *p =
			s->threads[i].steady ? NULL : pass__find(after, t->tgid, t->tid);

		if (!p || p->t.start_ns != t->start_ns)
			continue;
		account = s->threads[i].account;
		memset(&s->threads[i], 0, sizeof(s->threads[i]));
		thread__fill(&s->threads[i], p, &after->clocks, &s->arena);
		s->threads[i].account = account; /* of the sample's time, which its interval is measured by */
		s->threads[i].newer = true;
	}
}

size_t lock_waiters__moved_owners(struct locks *locks, const struct sample *s, bool *moved)
{
	pid_t last = 0;
	size_t count = 0;

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *waiter = &s->threads[i];
		pid_t owner = waiter->lock_address && waiter->steady
				      ? locks__maybe_owner(locks, waiter->pid, waiter->lock_address)
				      : 0;

		/* Waiters of one lock often follow each other. */
		if (owner == last)
			continue;
		last = owner;
		for (size_t k = 0; owner && k < s->thread_count; k++) {
			const struct sample_thread *t = &s->threads[k];

			if (t->pid != waiter->pid || t->ns_tid != owner || t->steady || !t->blocked ||
			    moved[k])
				continue;
			moved[k] = true;
			count++;
		}
	}
	return count;
}

/*
 * Whether the owner is in the wait that the sample has of it while it owns the lock. If it ran between the
 * passes, it may have given the lock back since the copy, and wait for something else: then the lock must
 * still be its own, and it must not have run until that was read.
 */
static bool waits_as_owner(struct locks *locks, const struct sample_lock *l, const struct sample_thread *t,
			   const struct pass *newer)
{
	const struct pass_thread *p = pass__find(newer, (uint32_t)t->pid, (uint32_t)t->tid);
	struct task_look now;

	return t->steady || (t->newer && p && locks__still_owned(locks, l->pid, l->word) &&
			     !task__look(t->tid, &now) && now.switches == p->t.switches && now.state != 'R');
}

/* The owner, from the lock's bytes. If it has run since the pass, its wait of that time is over. */
static pid_t owner_of(struct locks *locks, struct sample *s, const struct sample_lock *l,
		      const struct pass *newer)
{
	pid_t owner = lock_waiters__own_thread(s, l->pid, locks__owner(locks, l->pid, l->word));

	for (size_t i = 0; owner && i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		if (t->pid != l->pid || t->tid != owner || !t->blocked || waits_as_owner(locks, l, t, newer))
			continue;
		t->blocked = false;
		t->state = 'R';
		t->lock_address = 0;
		t->stack = (struct call_stack){.end = STACK_RUNNING};
		t->kernel_stack = (struct call_stack){0};
	}
	return owner;
}

/* An owner that has ended, or may have: its TID is nobody's any more, or another thread's. */
static void find_owner(struct locks *locks, struct sample *s, struct sample_lock *l, const struct pass *newer)
{
	pid_t number = locks__owner(locks, l->pid, l->word);
	pid_t tid = lock_waiters__own_thread(s, l->pid, number);
	enum lock_reuse reuse = tid ? lock_reuse__of(locks, s, l, tid) : REUSE_NOT;

	if (!tid || reuse == REUSE_NOT) {
		l->owner_tid = owner_of(locks, s, l, newer);
		l->outside = l->owner_tid ? 0 : number;
		locks__note_gone(locks, l->pid, l->word, l->outside, s->now_ns);
		return;
	}
	l->reused = tid;
	/* The owner of a FILE is not known by its TID. */
	if (reuse == REUSE_CERTAIN && locks__facts(locks, l->pid, l->word)->form != FORM_FILE)
		l->outside = number;
}

static bool waits_to_write(const struct sample_thread *t)
{
	return t->lock_address && t->steady && t->kind == WAIT_RWLOCK_WRITE;
}

/* The writer of the reading before comes first, so that the same one is followed. */
static void note_writers(struct locks *locks, const struct sample *s, bool earlier)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (waits_to_write(t) &&
		    (!earlier || locks__noted_writer(locks, t->pid, t->lock_address) == t->tid))
			locks__note_writer(locks, t->pid, t->lock_address, t->tid, s->now_ns, t->blocked_ns);
	}
}

void lock_waiters__join(struct locks *locks, struct sample *s, const struct pass *newer)
{
	bool *proven = HEAP_NEW(bool, s->lock_count + 1);

	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_lock *l = lock_of(s, &s->threads[i]);

		if (l && s->threads[i].steady)
			proven[l - s->locks] = true;
	}
	note_writers(locks, s, true);
	note_writers(locks, s, false);
	for (size_t i = 0; i < s->lock_count; i++) {
		struct sample_lock *l = &s->locks[i];
		const struct lock_facts *facts;

		if (!l->word)
			continue;
		facts = locks__facts(locks, l->pid, l->word);
		l->address = facts->address;
		l->symbol = arena__string(&s->arena, facts->symbol);
		l->kind = facts->kind;
		l->native_type = lock_form__type(facts->form, facts->kind);
		if (!proven[i])
			continue;
		find_owner(locks, s, l, newer);
		l->readers = locks__readers(locks, l->pid, l->word);
		l->taken = locks__taken(locks, l->pid, l->word, s->now_ns);
	}
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		struct sample_lock *l = lock_of(s, t);

		if (!l)
			continue;
		if (t->steady)
			t->blocked_by = l->owner_tid;
		/* Its own stack was not walked: the other waiters of the word are the evidence. */
		if (t->kind == WAIT_FUTEX)
			t->kind = locks__facts(locks, t->pid, l->word)->wait;
	}
	free(proven);
}
