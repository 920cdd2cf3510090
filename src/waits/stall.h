/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a thread waits for within a write or sync, from its kernel stack. Pure. */
#ifndef TS_WAITS_STALL_H
#define TS_WAITS_STALL_H

#include "facts/kinds.h"
#include "facts/stack.h"

/* STALL_UNKNOWN if the stack is empty, STALL_OTHER if nothing in it is known. */
enum stall_part stall__of_stack(const struct call_stack *kernel);
/* The part that took most of a call; of, STALL_PARTS values. */
enum stall_part stall__main(const uint64_t *parts);

#endif
