/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses in a Go program at which panics are observed. */
#ifndef TS_GO_RUNTIME_PANIC_POINTS_H
#define TS_GO_RUNTIME_PANIC_POINTS_H

#include "go/runtime/goroutines.h"

/* Addresses in the process, 0: not found. Each is of an instruction that the kernel can emulate. */
struct go_panic_sites {
	uint64_t panic;          /* in runtime.gopanic, the jump to runtime.morestack */
	uint64_t fatal;          /* in runtime.gopanic, the call of runtime.fatalpanic */
	uint64_t recovery;       /* in runtime.recovery, the jump to runtime.morestack */
	uint64_t throws, fatals; /* the start of runtime.throw and runtime.fatal */
	uint64_t types, etypes;  /* moduledata's */
};
/* -ENOENT: there is no runtime.gopanic, or it does not begin as expected. -EOPNOTSUPP: not for this
 * processor. */
int goroutines__panic_sites(struct goroutines *r, struct go_panic_sites *ret);

/* Reads the tables that name code, so that stacks of a program that has ended have names. Bounded. */
void goroutines__preload(struct goroutines *r);

/* Who created the goroutine whose g begins with these bytes. False: not known, or by the runtime. */
bool goroutines__created_by(struct goroutines *r, const uint8_t *g, size_t bytes, struct frame *ret);

/* The number of the goroutine whose g begins with these bytes; 0: not in them. */
uint64_t goroutines__goid(const struct goroutines *r, const uint8_t *g, size_t bytes);

/*
 * Walks a copy of a stack, taken at pc with the stack pointer sp at copy[0]. Frames as in goroutines__frames;
 * *ret_end says how the walk ended.
 */
size_t goroutines__copied_frames(struct goroutines *r, uint64_t pc, uint64_t sp, const uint8_t *copy,
				 size_t bytes, struct frame *list, size_t max, enum stack_end *ret_end);

#endif
