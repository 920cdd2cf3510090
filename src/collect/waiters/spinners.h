/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that wait for a lock without the kernel: in a loop that tries to take a word by an atomic
 * instruction, and runs, yields or naps between two tries.
 */
#ifndef TS_COLLECT_WAITERS_SPINNERS_H
#define TS_COLLECT_WAITERS_SPINNERS_H

#include "collect/threads/bare_stacks.h"

/* Fills spins_for and its kin, and in a live view the stack of those. running: by thread of s, what was
 * sampled of those that run; NULL: nothing. pass: what s was made from. Returns their number. */
size_t spinners__mark(struct targets *targets, struct sample *s, const struct pass *pass,
		      const struct bare_stack *running);
/* Drops the stacks of runnable ones that have run since. after: a second pass. */
void spinners__prove(struct sample *s, const struct pass *pass, const struct bare_stack *running,
		     const struct pass *after);

#endif
