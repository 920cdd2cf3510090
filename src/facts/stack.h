/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack with names: the one type of a frame, from the walk to the views. Plain data. */
#ifndef TS_FACTS_STACK_H
#define TS_FACTS_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

struct frame {
	uint64_t address;     /* as found: a return address, except where the thread stands */
	const char *function; /* NULL: no symbol covers the address */
	uint64_t offset;      /* bytes from the start of function, or of module if function is NULL */
	const char *module;   /* path as the target sees it; "[vdso]"; NULL: in no file */
	const char *file;     /* source file, NULL if not known */
	int line;             /* 0 if not known */
	bool inlined;         /* into the next frame */
	const char *called;   /* where function is NULL: what the next frame called to get here; or NULL */
	bool outermost;       /* Go: by its table nothing has called it: runtime.mstart, goexit */
	bool hidden;          /* Go: its own traceback leaves it out: the runtime's inside, wrappers */
};

enum stack_end {
	STACK_NONE,       /* not collected */
	STACK_COMPLETE,   /* to the outermost frame */
	STACK_TRUNCATED,  /* a frame without a rule, or deeper than is read */
	STACK_UNREADABLE, /* its memory could not be read */
	STACK_RUNNING,    /* the thread was on a CPU each time */
	STACK_MOVED,      /* it changed each time it was read: nothing is shown rather than a mix */
	STACK_ENDS,
};
const char *stack_end__name(enum stack_end end); /* as promised in JSON: "complete"; NULL: STACK_NONE */

struct call_stack {
	const struct frame *frames; /* innermost first */
	size_t count;
	enum stack_end end;
	/* STACK_COMPLETE or STACK_TRUNCATED: end is STACK_RUNNING, and this is where the thread was at one
	 * instant while it ran. STACK_NONE: not so. */
	enum stack_end sampled;
};

/* Copies whose texts are in a. */
struct frame frame__copy(struct arena *a, const struct frame *from);
struct call_stack call_stack__copy(struct arena *a, const struct call_stack *from);

#endif
