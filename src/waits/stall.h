/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a thread waits for within a write or sync, from its kernel stack. Pure. */
#ifndef TS_WAITS_STALL_H
#define TS_WAITS_STALL_H

#include "facts/kinds.h"
#include "facts/stack.h"

/* STALL_UNKNOWN if the stack is empty, STALL_OTHER if nothing in it is known. */
enum stall_part stall__of_stack(const struct call_stack *kernel);
/* The kernel's lock of a file that a thread waits for, by the function that takes it. */
enum stall_lock {
	STALL_LOCK_NONE, /* it waits for none, or for another one */
	STALL_LOCK_INODE,
	STALL_LOCK_POSITION, /* of the open file, which read and write share */
};
enum stall_lock stall__lock(const struct call_stack *kernel);
/* It is for a device: slow, or busy with what others write. */
bool stall__of_device(enum stall_part part);
/* The part that took most of a call; of, STALL_PARTS values. */
enum stall_part stall__main(const uint64_t *parts);

#endif
