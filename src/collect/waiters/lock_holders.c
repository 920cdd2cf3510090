// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/waiters/lock_holders.h"

#include <string.h>

#include "collect/waiters/lock_holders_private.h"
#include "collect/waiters/lock_waiters.h"
#include "thresholds.h"
#include "util/text.h"
#include "waits/wait.h"

#define MOST_LOCKS 32  /* per sample */
#define MOST_SCANS 512 /* of a function's code for a lock, per sample: some 20 us each */

/* The thread's lock; NULL: it waits for none. */
static const struct sample_lock *waits_for(struct sample *s, const struct sample_thread *t)
{
	return t->lock_address ? lock_waiters__find(s, t->pid, t->lock_address) : NULL;
}

static bool same_lock(const struct sample_lock *x, const struct sample_lock *y)
{
	return x && y && x->pid == y->pid && x->address == y->address;
}

bool holders__waits_for(const struct holders *h, const struct sample_thread *t, const struct sample_lock *l)
{
	return same_lock(waits_for(h->s, t), l) ||
	       (t->spins_for && t->pid == l->pid && t->spins_for == l->address);
}

bool holders__can_be_read(const struct sample_thread *t)
{
	return t->blocked && t->steady && !t->newer && t->stack.count && t->kind != WAIT_CONDVAR;
}

static bool in_c_library(struct target *t, uint64_t pc)
{
	const struct mapping *m = mappings__find(target__mappings(t), pc);
	const char *file = m ? path_basename(m->path) : "";

	return starts_with(file, "libc.so") || starts_with(file, "libc-") ||
	       starts_with(file, "libpthread") || starts_with(file, "ld-musl") ||
	       starts_with(file, "ld-linux");
}

/* Any function on its stack may unlock something: most stacks need no closer look. */
static bool may_hold(struct holders *h, struct target *t, const struct sample_thread *thread)
{
	for (size_t i = 1; i < thread->stack.count && i < MOST_FRAMES; i++)
		if (holding_codes__unlocks(&h->codes, t, thread->stack.frames[i].address))
			return true;
	return false;
}

size_t holders__walk(struct holders *h, struct target *t, size_t i)
{
	const struct pass_thread *p = &h->pass->threads[i];
	struct stack_memory memory = {.start = p->t.regs.r[TS_REG_SP],
				      .bytes = p->ustack,
				      .len = p->ustack_bytes,
				      .beyond = t->process};

	if (!(p->t.flags & TS_THREAD_REGS))
		return 0;
	return unwinder__frames(t->unwinder, &p->t.regs, &memory, h->frames, MOST_FRAMES);
}

/* The first frame of a waiter that may hold what it waits for: behind the one that will unlock it once the
 * wait has ended, or that a signal handler has interrupted. Functions that return with the lock belong to the
 * wait. */
static size_t behind_wait(struct holders *h, struct target *t, size_t count, uint64_t lock, bool once)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t pc = h->frames[i].regs[TS_REG_PC];

		if (h->frames[i].exact)
			return i;
		if (in_c_library(t, pc - 1) || holding_codes__is_lock(t, pc))
			continue;
		switch (holding_codes__next(&h->codes, t, &h->frames[i], lock, once)) {
		case HOLDING_UNLOCKS:
			return i + 1;
		case HOLDING_UNKNOWN:
			return count;
		default:
			break;
		}
	}
	return count;
}

/* By which of its frames a thread holds the lock; 0: none. *ret_handler: a signal has interrupted it. */
static size_t holding_frame(struct holders *h, struct target *t, size_t count, size_t from, uint64_t lock,
			    bool once, bool *ret_handler)
{
	*ret_handler = false;
	for (size_t i = 1; i < count; i++) {
		*ret_handler = *ret_handler || h->frames[i].exact;
		if (i >= from &&
		    holding_codes__next(&h->codes, t, &h->frames[i], lock, once) == HOLDING_UNLOCKS)
			return i;
	}
	return 0;
}

void holders__take(struct holders *h, struct target *t, struct sample_lock *l, const struct sample_thread *by,
		   size_t frame, enum lock_likely likely)
{
	const struct frame_state *f = &h->frames[frame];
	struct frame name;

	l->likely_tid = by->tid;
	l->likely = likely;
	symbolizer__code(t->symbolizer, f->regs[TS_REG_PC], !f->exact, &name);
	l->likely_in = arena__string(&h->s->arena, name.function);
}

void holders__drop(struct sample_lock *l)
{
	l->likely_tid = 0;
	l->likely = LOCK_LIKELY_NOT;
	l->likely_in = NULL;
}

/* The C library's function that a stack ends in, by name; NULL: none. *ret_end: the frame that calls it. */
static const char *called_function(struct target *t, const struct call_stack *s, size_t *ret_end)
{
	const char *name = NULL;
	size_t i = 0;

	for (; i < s->count && in_c_library(t, s->frames[i].address - 1); i++)
		if (s->frames[i].function)
			name = s->frames[i].function;
	*ret_end = i;
	return name;
}

static bool is_in(const struct call_stack *s, size_t from, const char *function)
{
	for (size_t i = from; i < s->count; i++)
		if (s->frames[i].function && !strcmp(s->frames[i].function, function))
			return true;
	return false;
}

/*
 * A signal handler that waits in a function of the C library for the lock of which another call of the same
 * function is below the handler: where the code does not show it (a stripped library calls its own functions
 * by no name). It has to last, and no other thread may be in that function without waiting for the lock.
 */
static void find_interrupted(struct holders *h, struct target *t, struct sample_lock *l)
{
	for (size_t i = 0; i < h->s->thread_count; i++) {
		const struct sample_thread *w = &h->s->threads[i];
		size_t behind = 0, signal = 0, count;
		const char *function;
		bool other = false;

		if (w->pid != l->pid || !w->steady || w->newer ||
		    w->waiting_ns < NS_OF_S(LOCK_CONVOY_WARNING_S) || !same_lock(waits_for(h->s, w), l))
			continue;
		function = called_function(t, &w->stack, &behind);
		if (!function || !is_in(&w->stack, behind, function))
			continue;
		count = holders__walk(h, t, i);
		for (size_t k = 1; k < count && !signal; k++)
			signal = h->frames[k].exact ? k : 0;
		for (size_t k = 0; k < h->s->thread_count; k++) {
			const struct sample_thread *o = &h->s->threads[k];

			other = other || (o->pid == l->pid && !same_lock(waits_for(h->s, o), l) &&
					  (!o->blocked || is_in(&o->stack, 0, function)));
		}
		if (!signal || other)
			continue;
		l->likely_tid = w->tid;
		l->likely = LOCK_LIKELY_HANDLER;
		l->likely_in = arena__string(&h->s->arena, function);
		return;
	}
}

/* One that holds a lock exclusively is alone; of several readers, one that waits for the lock itself comes
 * first. */
void holders__of_lock(struct holders *h, struct target *t, struct sample_lock *l)
{
	const bool once = lock_type__is_once(l->native_type);
	const struct frame *not_holding = NULL; /* a stack of waiters; equal ones are shared, and as good */
	size_t found = 0;
	bool itself = false, named = false; /* the lock has that thread's TID */

	for (size_t i = 0; i < h->s->thread_count; i++) {
		const struct sample_thread *thread = &h->s->threads[i];
		bool waits = holders__waits_for(h, thread, l), handler;
		size_t count, frame;

		if (thread->pid != l->pid || (waits && thread->stack.frames == not_holding) ||
		    !holders__can_be_read(thread) || !may_hold(h, t, thread))
			continue;
		count = holders__walk(h, t, i);
		frame = holding_frame(h, t, count, waits ? behind_wait(h, t, count, l->address, once) : 1,
				      l->address, once, &handler);
		if (!frame && waits)
			not_holding = thread->stack.frames;
		if (!frame)
			continue;
		found++;
		if (!named && (!l->likely_tid || (waits && !itself) || thread->tid == l->reused))
			holders__take(h, t, l, thread, frame,
				      handler ? LOCK_LIKELY_HANDLER : LOCK_LIKELY_FRAMES);
		named = named || thread->tid == l->reused;
		itself = itself || waits;
	}
	if (found > 1 && !named && l->kind != LOCK_RWLOCK)
		holders__drop(l);
}

/* Somebody has waited for it for long, and its bytes do not say for whom. */
static bool is_wanted(struct sample *s, const struct sample_lock *l)
{
	if (!l->address || l->owner_tid || (!wait__exclusive(l->kind) && l->kind != LOCK_SEMAPHORE))
		return false;
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].pid == l->pid && s->threads[i].steady &&
		    s->threads[i].waiting_ns >= NS_OF_MS(LOCK_HOLDER_MS) &&
		    same_lock(waits_for(s, &s->threads[i]), l))
			return true;
	return false;
}

/* The lock of the same address that comes before it: a lock may have a word per waiter. */
static const struct sample_lock *done_before(const struct sample *s, const struct sample_lock *l)
{
	for (const struct sample_lock *other = s->locks; other < l; other++)
		if (same_lock(other, l) && other->likely)
			return other;
	return NULL;
}

static void find(struct holders *h, struct target *t, struct sample_lock *l)
{
	if (l->kind == LOCK_SEMAPHORE) {
		holders__of_semaphore(h, t, l);
		return;
	}
	holders__of_lock(h, t, l);
	if (!l->likely_tid)
		find_interrupted(h, t, l);
}

/* Who holds the words that threads try to take in a loop. Returns how many of these threads have one. */
static size_t find_of_spinners(struct holders *h)
{
	const struct sample_thread *done =
		NULL; /* the last one that was looked at: waiters follow each other */
	size_t looked_at = 0, found = 0;

	for (size_t i = 0; i < h->s->thread_count; i++) {
		struct sample_thread *w = &h->s->threads[i];
		struct sample_lock l = {.pid = w->pid, .address = w->spins_for, .kind = LOCK_MUTEX};
		struct target *t;

		if (!w->spins_for)
			continue;
		if (done && done->pid == w->pid && done->spins_for == w->spins_for) {
			l.likely_tid = done->spin_holder;
			l.likely_in = done->spin_holder_in;
		} else if (looked_at++ < MOST_LOCKS && (t = targets__named(h->targets, w->pid)) != NULL) {
			holders__of_lock(h, t, &l);
		}
		w->spin_holder = l.likely_tid;
		w->spin_holder_in = l.likely_in;
		found += w->spin_holder != 0;
		done = w;
	}
	return found;
}

size_t lock_holders__find(struct targets *targets, struct sample *s, const struct pass *pass)
{
	struct holders h = {.targets = targets, .s = s, .pass = pass, .codes = {.scans_left = MOST_SCANS}};
	size_t looked_at = 0, found = 0;

	for (size_t i = 0; i < s->lock_count && looked_at < MOST_LOCKS; i++) {
		struct sample_lock *l = &s->locks[i];
		struct target *t = is_wanted(s, l) ? targets__named(targets, l->pid) : NULL;
		const struct sample_lock *before = t ? done_before(s, l) : NULL;

		if (before) {
			l->likely_tid = before->likely_tid;
			l->likely = before->likely;
			l->likely_in = before->likely_in;
		} else if (t) {
			looked_at++;
			find(&h, t, l);
		}
		found += l->likely_tid != 0;
	}
	found += find_of_spinners(&h);
	holding_codes__free(&h.codes);
	return found;
}

static bool ran(const struct pass *before, const struct pass *after, pid_t pid, pid_t tid)
{
	const struct pass_thread *x = pass__find(before, (uint32_t)pid, (uint32_t)tid);
	const struct pass_thread *y = pass__find(after, (uint32_t)pid, (uint32_t)tid);

	return !x || !thread__did_not_run(&x->t, y);
}

void lock_holders__prove(struct sample *s, const struct pass *before, const struct pass *after)
{
	for (size_t i = 0; i < s->lock_count; i++) {
		struct sample_lock *l = &s->locks[i];

		if (!l->likely_tid || !ran(before, after, l->pid, l->likely_tid))
			continue;
		holders__drop(l);
		l->holders = 0;
	}
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		if (t->spin_holder && ran(before, after, t->pid, t->spin_holder))
			t->spin_holder = 0;
	}
}
