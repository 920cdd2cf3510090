/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event loops that a thread's wait keeps from going on, by the functions on its stack. Pure. */
#ifndef TS_WAITS_EVENT_LOOP_H
#define TS_WAITS_EVENT_LOOP_H

#include "facts/stack.h"

/* The loop in a callback of which the thread waits: "asyncio"; NULL: none, also where the loop itself waits
 * for its next event. polls: the wait is of the kind that loops wait in, too. ret_frame: of the loop's
 * function. */
const char *event_loop__held_up(const struct call_stack *stack, bool polls, size_t *ret_frame);
/* Whether the interpreter's frame is that function of a file: by both, as classes are named from Python 3.11
 * on only. */
bool frame__is_python(const struct frame *f, const char *file, const char *function);

#endif
