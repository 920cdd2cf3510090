/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User stacks by id, per process. Sends unwind rules for new program counters to the BPF side, which then
 * walks by itself.
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
/* Looks up the names of one stack's frames, which may take long at first: read events in between. The process
 * may end before the stack is shown, so do not delay. False: all stacks have names. */
bool stacks__name_one(struct stacks *s);
/* The shared id of equal stacks, for a provisional id. */
uint64_t stacks__settle(const struct stacks *s, uint32_t tgid, uint64_t id);
/* Frames with names; valid until stacks__forget. count 0 if the stack is unknown. */
struct call_stack stacks__frames(struct stacks *s, uint32_t tgid, uint64_t id);
/* The process has ended or executed a new program: drops its stacks. */
void stacks__forget(struct stacks *s, uint32_t tgid);
/* Stacks that were received but could not be walked or stored. */
uint64_t stacks__lost(const struct stacks *s);

#endif
