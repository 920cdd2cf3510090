/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Python's frames in the stacks of threads, where the evaluator's stand. The interpreter's structures change
 * while they are read. A reading is right for a thread that did not run between the pass before it and the
 * one after it. Of one that did run, two readings that agree are, if they fit its stack: its frames change
 * only while it runs Python.
 */
#ifndef TS_PYTHON_COLLECT_PYTHON_STACKS_H
#define TS_PYTHON_COLLECT_PYTHON_STACKS_H

#include "collect/threads/threads.h"

struct python_stacks;

struct python_stacks *python_stacks__new(struct targets *t);
void python_stacks__free(struct python_stacks *p);
void python_stacks__forget(struct python_stacks *p, pid_t pid);
/* The first reading, after the pass that s was made of. False: none of the processes has Python, and there is
 * no more to do. */
bool python_stacks__look(struct python_stacks *p, const struct sample *s, const struct pass *pass);
/* The second one, after the stacks were walked. pass: the records that the stacks belong to; after: one
 * since. */
void python_stacks__prove(struct python_stacks *p, const struct sample *s, const struct pass *pass,
			  const struct pass *after);
/* Puts the frames into the stacks, which have names by now. */
void python_stacks__use(struct python_stacks *p, struct sample *s);

#endif
