/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User stacks known by their ids, per process. Feeds unwind rules to the BPF
 * side as it meets new program counters, so that it can walk by itself.
 */
#ifndef TS_COLLECT_STACKS_STACKS_H
#define TS_COLLECT_STACKS_STACKS_H

#include "facts/stack.h"
#include "probes/probes.h"
#include "collect/targets/targets.h"
#include "util/arena.h"

struct stacks;

struct stacks *stacks__new(struct probes *p, struct targets *t);
void stacks__free(struct stacks *s);
/* TS_EVENT_STACK and TS_EVENT_STACK_RAW. */
void stacks__event(struct stacks *s, const struct ts_event *e, size_t size);
/* Looks up the names of one stack's frames, which may take long at first: between two, take events.
 * The process may be gone when they are shown, so do not wait. False: all have names. */
bool stacks__name_one(struct stacks *s);
/* The id that equal stacks share, for a provisional one. */
uint64_t stacks__settle(const struct stacks *s, uint32_t tgid, uint64_t id);
/* Frames with names; they live until stacks__forget. count 0 if the stack is not known. */
struct call_stack stacks__frames(struct stacks *s, uint32_t tgid, uint64_t id);
/* A new program in the process, or its end: all it had is gone. */
void stacks__forget(struct stacks *s, uint32_t tgid);
/* Stacks that came but could not be walked or kept. */
uint64_t stacks__lost(const struct stacks *s);

#endif
