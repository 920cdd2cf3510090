/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A native stack and the interpreter's frames as one. */
#ifndef TS_PYTHON_COLLECT_PYTHON_MERGE_H
#define TS_PYTHON_COLLECT_PYTHON_MERGE_H

#include "facts/stack.h"
#include "python/runtime/python.h"

struct python_merge;

struct python_merge *python_merge__new(const struct python *py, struct arena *a);
void python_merge__free(struct python_merge *m); /* NULL is fine; the stacks stay */
/*
 * Puts the frames of each call of the evaluator in the place of its native frame. The stack stays as it is if
 * the two do not fit: another number of calls, or a code object that fails a check. whole: places has all
 * frames.
 */
void python_merge__into(struct python_merge *m, struct call_stack *stack, const struct python_place *places,
			size_t count, bool whole);

#endif
