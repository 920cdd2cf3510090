// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/lock_names.h"

#include <string.h>

#include "waits/name_words.h"

static bool contains(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(name, list[i]))
			return true;
	return false;
}

#define CONTAINS(name, list) contains(name, list, sizeof(list) / sizeof((list)[0]))

/* Rust and C++ unlock when a guard is dropped or destroyed. */
static bool drops_guard(const char *name)
{
	static const char *const DESTRUCTORS[] = {"::~lock_guard", "::~unique_lock", "::~shared_lock",
						  "::~scoped_lock"};

	return CONTAINS(name, DESTRUCTORS) || (strstr(name, "drop_in_place") && strstr(name, "Guard"));
}

/* Its own name, without those of types and modules around it: a guard's deref locks nothing. */
static const char *own_name(const char *function)
{
	const char *own = function;

	for (const char *at = function; (at = strstr(at, "::")); at += 2)
		if (at[2] && at[2] != '~' && at[2] != '<')
			own = at + 2;
	return own;
}

enum holding_call lock_names__call(const char *function)
{
	static const char *const UNLOCK[] = {"unlock", "Unlock", "UNLOCK", "__cxa_guard_release"};
	static const char *const ENDS[] = {"__stack_chk_fail", "core::panicking::",  "unwrap_failed",
					   "expect_failed",    "handle_alloc_error", "_Unwind_Resume",
					   "__cxa_throw",      "std::__throw_",      "__assert_fail",
					   "longjmp",          "std::terminate"};
	static const char *const EXACT[] = {"abort", "exit", "_exit", "pthread_exit"};

	if (CONTAINS(function, UNLOCK) || drops_guard(function))
		return HOLDING_CALL_UNLOCKS;
	if (CONTAINS(function, ENDS))
		return HOLDING_CALL_ENDS;
	for (size_t i = 0; i < sizeof(EXACT) / sizeof(EXACT[0]); i++)
		if (!strcmp(function, EXACT[i]))
			return HOLDING_CALL_ENDS;
	function = own_name(function);
	if (!strstr(function, "try") && !strstr(function, "uard") && name__says(function) == NAME_SAYS_LOCK)
		return HOLDING_CALL_LOCKS;
	return HOLDING_CALL_OTHER;
}
