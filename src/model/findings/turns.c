// SPDX-License-Identifier: GPL-2.0-or-later
/* Workers that take turns at what may bring work: the one that waits and those behind it are in one function.
 */
#include <string.h>

#include "model/findings/hangs.h"
#include "waits/library_frame.h"
#include "waits/name_words.h"

#define DEPTH 24 /* deeper frames are those of whole programs, which all threads may share */

static bool has_language(const struct call_stack *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->frames[i].language)
			return true;
	return false;
}

/* The function that wants the lock: behind those that only lock. NULL: not known. */
static const struct frame *wants_it(const struct call_stack *s)
{
	const bool language = has_language(s);

	for (size_t i = 0; i < s->count; i++) {
		const struct frame *f = &s->frames[i];

		if (frame__of_c_library(f) || (language && !f->language))
			continue;
		if (!f->function)
			return NULL;
		if (name__says(f->function) != NAME_SAYS_LOCK && name__says(f->function) != NAME_SAYS_WAIT)
			return f;
	}
	return NULL;
}

static bool same_text(const char *x, const char *y)
{
	return !strcmp(x ? x : "", y ? y : "");
}

bool hangs__takes_turns(const struct thread_row *waiter, const struct thread_row *leader)
{
	const struct frame *f = waiter ? wants_it(&waiter->stack) : NULL;

	if (!f || !leader->stack.count)
		return true; /* not known */
	for (size_t i = 0; i < leader->stack.count && i < DEPTH; i++)
		if (same_text(leader->stack.frames[i].function, f->function) &&
		    same_text(leader->stack.frames[i].module, f->module))
			return true;
	return false;
}
