/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of a snapshot's threads without names; names come last, because the look-up may take long. */
#ifndef TS_COLLECT_THREADS_BARE_STACKS_H
#define TS_COLLECT_THREADS_BARE_STACKS_H

#include "collect/stacks/kernel_names.h"
#include "collect/threads/threads.h"

struct bare_stack {
	uint64_t *pcs;
	uint8_t *exact;
	size_t count;
	enum stack_end end;
	enum stack_end sampled;     /* as in struct call_stack */
	bool stale;                 /* not confirmed to show one instant */
	const struct ts_regs *regs; /* of a running thread that was sampled; else NULL */
};

/* In memory of a. */
void bare_stack__keep(struct arena *a, struct bare_stack *b, const struct stack *w);
/* Gives the threads of s the frames of their stacks; equal addresses share frames. */
void bare_stacks__name(struct kernel_names *kernel, struct sample *s, struct target *target,
		       const struct pass *pass, const struct bare_stack *stacks);

#endif
