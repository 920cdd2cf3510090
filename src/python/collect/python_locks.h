/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The GIL and the locks of Python's objects, which to the C library are condition variables and semaphores:
 * who has them is in the interpreter's structures. They are mutexes then, with a name and an owner.
 */
#ifndef TS_PYTHON_COLLECT_PYTHON_LOCKS_H
#define TS_PYTHON_COLLECT_PYTHON_LOCKS_H

#include "python/collect/python_stacks.h"

/* After python_stacks__use, when the locks have been found. pass: what s was made of, a record per thread. */
void python_locks__name(struct python_stacks *p, struct sample *s, const struct pass *pass);

#endif
