/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of kernel functions: one by one from the kernel, where possible, otherwise from /proc/kallsyms, which
 * is read completely at first use. */
#ifndef TS_COLLECT_STACKS_KERNEL_NAMES_H
#define TS_COLLECT_STACKS_KERNEL_NAMES_H

#include "facts/stack.h"
#include "probes/probes.h"

struct kernel_names;

/* p is borrowed. */
struct kernel_names *kernel_names__new(struct probes *p);
void kernel_names__free(struct kernel_names *k); /* NULL is fine */
/* The function that covers address, and the offset in it; NULL: unknown. Valid as long as k. */
const char *kernel_names__find(struct kernel_names *k, uint64_t address, uint64_t *ret_offset);
/* Frames with names, in a. */
struct bare_frames; /* collect/stacks/stack_table.h */
struct call_stack kernel_names__frames(struct kernel_names *k, struct arena *a, const struct bare_frames *b);

#endif
