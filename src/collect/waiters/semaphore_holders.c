// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A semaphore may count jobs, or be a lock: only the code tells. It is a lock if the waiters give it back
 * themselves, on each way that their functions may go, before they return or take it again; a worker takes it
 * again for its next job. Its holder is a thread with a function on its stack that has taken it on each way
 * to its place, and not given it back: who posts to workers has not taken it.
 */
#include "collect/waiters/lock_holders_private.h"
#include "collect/waiters/taking_code.h"
#include "waits/name_words.h"
#include "waits/pattern.h"

#define WAITER_FRAMES 8  /* of a waiter, in which it may give it back */
#define HOLDER_FRAMES 24 /* of a holder, in which it may have taken it */
/* The word has the count: in glibc nothing else, in musl a sign while others wait. Before musl 1.2.4 it is -1
 * while others wait and the count is 0. */
#define COUNT     0x7fffffffu
#define MUSL_NONE UINT32_MAX

/* What a waiter does with it, from where the wait has ended, function by function. */
static enum taking use_of(struct holders *h, struct target *t, size_t count, uint64_t semaphore)
{
	bool zero = true; /* sem_wait's result */
	size_t seen = 0;

	for (size_t i = 1; i < count && seen < WAITER_FRAMES; i++) {
		const struct frame_state *f = &h->frames[i];
		enum taking use;

		if (f->exact)
			return TAKING_UNKNOWN;
		if (taking_code__of_c_library(t, f->regs[TS_REG_PC] - 1))
			continue;
		seen++;
		use = taking_code__after(&h->codes, t, f, semaphore, zero);
		if (use != TAKING_HELD)
			return use;
		zero = false;
	}
	return TAKING_UNKNOWN;
}

/* What waits in a function that is known needs no code: a lock of Python is a semaphore. */
static bool is_plain(const struct sample_thread *t)
{
	size_t frame;

	return t->steady && t->stack.count && t->kind == WAIT_SEMAPHORE &&
	       !wait_pattern__find(&t->stack, &frame);
}

static bool is_lock(struct holders *h, struct target *t, const struct sample_lock *l)
{
	const struct frame *looked_at = NULL; /* equal stacks are shared */
	bool named = l->symbol && name__says(l->symbol) == NAME_SAYS_LOCK, plain = false;

	for (size_t i = 0; i < h->s->thread_count; i++) {
		const struct sample_thread *w = &h->s->threads[i];
		enum taking use;

		if (!holders__waits_for(h, w, l) || !is_plain(w) || w->stack.frames == looked_at)
			continue;
		plain = true;
		looked_at = w->stack.frames;
		use = use_of(h, t, holders__walk(h, t, i), l->address);
		if (use == TAKING_GIVEN)
			return true;
		named = named && use != TAKING_AGAIN; /* a worker's, whatever its name */
	}
	return plain && named;
}

/* The frame whose function has it; 0: none. One further in that has given it back decides. */
static size_t taken_in(struct holders *h, struct target *t, size_t count, uint64_t semaphore)
{
	size_t seen = 0;

	for (size_t i = 1; i < count && seen < HOLDER_FRAMES; i++) {
		const struct frame_state *f = &h->frames[i];

		if (taking_code__of_c_library(t, f->regs[TS_REG_PC] - !f->exact))
			continue;
		seen++;
		switch (taking_code__until(&h->codes, t, f, semaphore)) {
		case TAKING_HELD:
			return i;
		case TAKING_GIVEN:
			return 0;
		default:
			break;
		}
	}
	return 0;
}

static bool is_zero(const struct target *t, const struct sample_lock *l)
{
	uint32_t word;

	return process__read(t->process, l->word, &word, sizeof(word)) == sizeof(word) &&
	       (!(word & COUNT) || word == MUSL_NONE);
}

void holders__of_semaphore(struct holders *h, struct target *t, struct sample_lock *l)
{
	if (!is_zero(t, l) || !is_lock(h, t, l))
		return;
	l->as_lock = true;
	for (size_t i = 0; i < h->s->thread_count; i++) {
		const struct sample_thread *thread = &h->s->threads[i];
		size_t frame;

		if (thread->pid != l->pid || holders__waits_for(h, thread, l) ||
		    !holders__can_be_read(thread))
			continue;
		frame = taken_in(h, t, holders__walk(h, t, i), l->address);
		if (!frame)
			continue;
		l->holders++;
		holders__take(h, t, l, thread, frame, LOCK_LIKELY_TAKEN);
	}
	/* It lets several in: the first one that leaves ends the wait. */
	if (l->holders > 1)
		holders__drop(l);
}
