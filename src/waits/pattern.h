/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of functions that say what a thread waits for: patterns.def. Pure. */
#ifndef TS_WAITS_PATTERN_H
#define TS_WAITS_PATTERN_H

#include "facts/stack.h"

enum pattern_class {
	PATTERN_LOCK,   /* held up, as behind a lock: a finding if it lasts */
	PATTERN_HELD,   /* held up, by what may rightly take long: an answer, the end of a thread */
	PATTERN_IDLE,   /* a work loop */
	PATTERN_OPEN,   /* of either kind: the caller knows, and its names are not on the stack */
	PATTERN_SHARED, /* PATTERN_LOCK if several threads wait on one word, else PATTERN_OPEN */
};

struct wait_pattern {
	enum pattern_class class;
	const char
		*inner; /* of a function, "*" for any text; "^" first: it waits itself, not in a job of its */
	const char *outer;   /* of one further out; "": none is needed; "+" first: it is not shown */
	const char *what;    /* "a metadata lock of MariaDB" */
	const char *checked; /* versions whose stacks were seen; "": by its source */
};

/* What a Java virtual machine stops its threads for, as the table says it: perhaps for something that is
 * known. */
#define WAIT_SAFEPOINT     "a safepoint to end"
#define WAIT_JVM_OPERATION "an operation of the JVM"

/* The innermost function in the table decides, and for one function the first row; but a row that is held up
 * wins over one that is not and whose outer function lies beyond it. NULL: none matches. frame: of the outer
 * function, if the row has one, else of the inner. */
const struct wait_pattern *wait_pattern__find(const struct call_stack *stack, size_t *ret_frame);
/* Whether a name matches: leading underscores, and arguments and suffixes behind the end, do not count. */
bool wait_pattern__matches(const char *pattern, const char *name);
/* For tests: the rows in their order. */
const struct wait_pattern *wait_pattern__table(size_t *ret_count);

#endif
