/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack with names: the one type of a frame, from the walk to the views. Plain data. */
#ifndef TS_FACTS_STACK_H
#define TS_FACTS_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/field.h"

/* clang-format off */
#define FRAME_FIELDS(F) \
	F(uint64_t, address, NUMBER, "", "as found: a return address, except where the thread stands") \
	F(const char *, function, TEXT, "", "NULL: no symbol covers the address") \
	F(uint64_t, offset, NUMBER, "bytes", "from the start of function, or of module if function is NULL") \
	F(const char *, module, TEXT, "", "path as the target sees it; \"[vdso]\"; NULL: in no file") \
	F(const char *, file, TEXT, "", "source file, NULL if not known") \
	F(const char *, called, TEXT, "", "if function is NULL: what the next frame called to get here; or NULL") \
	F(int, line, ID, "", "0 if unknown") \
	F(bool, inlined, FLAG, "", "into the next frame") \
	F(bool, outermost, FLAG, "", "Go: by its table nothing has called it: runtime.mstart, goexit") \
	F(bool, hidden, FLAG, "", "Go: its own traceback leaves it out: the runtime's inside, wrappers") \
	F(const char *, language, TEXT, "", "of an interpreter's frame: \"Python\", \"Ruby\"; NULL: native code")
/* clang-format on */
struct frame {
	FRAME_FIELDS(FIELD_MEMBER)
};

enum stack_end {
	STACK_NONE,       /* not collected */
	STACK_COMPLETE,   /* to the outermost frame */
	STACK_TRUNCATED,  /* a frame without a rule, or deeper than is read */
	STACK_UNREADABLE, /* its memory could not be read */
	STACK_RUNNING,    /* the thread was on a CPU each time */
	STACK_MOVED,      /* it changed each time it was read: no stack rather than a mixed one */
	STACK_ENDS,
};
const char *stack_end__name(enum stack_end end); /* as promised in JSON: "complete"; NULL: STACK_NONE */

/* sampled is STACK_COMPLETE or STACK_TRUNCATED where end is STACK_RUNNING and the frames are where the thread
 * was at one instant while it ran; else STACK_NONE. */
/* clang-format off */
#define CALL_STACK_FIELDS(F) \
	F(const struct frame, frames, LIST(count), "", "innermost first") \
	F(enum stack_end, end, ENUM(STACK_ENDS), "", "why there are no more of them") \
	F(enum stack_end, sampled, ENUM(STACK_UNREADABLE), "", "of a thread that ran: how that one instant ends")
/* clang-format on */
struct call_stack {
	CALL_STACK_FIELDS(FIELD_MEMBER)
};

/* An order by place: the address, and for an interpreter's frame, which has its evaluator's, function and
 * line. */
int frame__by_place(const struct frame *x, const struct frame *y);
/* The language of Java's frames, whose names are whole: "java.lang.Thread.run". */
#define JAVA_LANGUAGE "Java"
/* It is of an interpreter whose names may be those of other functions by chance. */
bool frame__of_interpreter(const struct frame *f);

/* Copies whose texts are in a. */
struct frame frame__copy(struct arena *a, const struct frame *from);
struct call_stack call_stack__copy(struct arena *a, const struct call_stack *from);

#endif
