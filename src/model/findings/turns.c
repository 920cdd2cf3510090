// SPDX-License-Identifier: GPL-2.0-or-later
/* Workers that take turns at what may bring work: the one that waits and those behind it are in one function.
 */
#include <string.h>

#include "model/findings/hangs.h"
#include "util/text.h"
#include "waits/library_frame.h"
#include "waits/name_words.h"
#include "waits/wait.h"
#include "words/describe.h"

#define DEPTH 24 /* deeper frames are those of whole programs, which all threads may share */

static bool has_language(const struct call_stack *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->frames[i].language)
			return true;
	return false;
}

/* In which threads are whatever they do: the locks of Java; that by which Rust calls what a thread runs,
 * which has one name for different closures. */
static bool serves_all(const struct frame *f)
{
	static const char *const STARTS[] = {"core::ops::function::", "<alloc::boxed::Box<",
					     "java.util.concurrent.locks.", "jdk.internal.misc.Unsafe.",
					     "sun.misc.Unsafe."};
	bool found = false;

	for (size_t i = 0; f->function && i < sizeof(STARTS) / sizeof(STARTS[0]); i++)
		found = found || starts_with(f->function, STARTS[i]);
	return found;
}

/* The function that wants the lock: behind those that only lock. NULL: not known. */
static const struct frame *wants_it(const struct call_stack *s)
{
	const bool language = has_language(s);

	for (size_t i = 0; i < s->count; i++) {
		const struct frame *f = &s->frames[i];

		if (frame__of_c_library(f) || serves_all(f) || (language && !f->language))
			continue;
		if (!f->function)
			return NULL;
		if (name__says(f->function) != NAME_SAYS_LOCK && name__says(f->function) != NAME_SAYS_WAIT)
			return f;
	}
	return NULL;
}

enum turn hangs__turn(const struct thread_row *waiter, const struct thread_row *leader)
{
	const struct frame *f = waiter ? wants_it(&waiter->stack) : NULL;

	if (!f || !leader->stack.count)
		return TURN_UNKNOWN;
	for (size_t i = 0; i < leader->stack.count && i < DEPTH; i++)
		if (same_text(leader->stack.frames[i].function, f->function) &&
		    same_text(leader->stack.frames[i].module, f->module))
			return TURN_TAKEN;
	return TURN_NOT;
}

/* A thread of Ruby that sleeps may be the one that polls for signals meanwhile. */
static bool polls_for_ruby(const struct call_stack *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->frames[i].language && !strcmp(s->frames[i].language, "Ruby"))
			return true;
	return false;
}

bool hangs__may_be_turn(const struct thread_row *leader)
{
	const struct wait *w = &leader->wait;

	if (!leader->blocked || w->on_lock)
		return false;
	if (w->for_work || w->kind == WAIT_CONDVAR || w->kind == WAIT_FUTEX)
		return true;
	/* Who is in epoll is taken for a leader anyway. */
	if (w->kind == WAIT_POLL)
		return !wait__for_input(w->kind, w->syscall, w->file) && !polls_for_ruby(&leader->stack);
	return (w->kind == WAIT_READ || w->kind == WAIT_SEMAPHORE) &&
	       (!w->chain_count || w->chain[w->chain_count - 1].gives);
}

bool hangs__has_leader(const struct hangs *h, const struct thread_row *waiter)
{
	if (!has_language(&waiter->stack))
		return false;
	for (size_t i = 0; i < h->n->thread_count; i++) {
		const struct thread_row *t = &h->n->threads[i];

		if (t->pid == waiter->pid && t->wait.lock != waiter->wait.lock && hangs__may_be_turn(t) &&
		    hangs__turn(waiter, t) == TURN_TAKEN)
			return true;
	}
	return false;
}
