/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Panics of Go programs with their outcomes: joins and names the start and end events of the kernel side.
 */
#ifndef TS_GO_COLLECT_PANICS_H
#define TS_GO_COLLECT_PANICS_H

#include "facts/panic.h"
#include "probes/probes.h"
#include "collect/targets/targets.h"

/* After this time, a panic is reported without an outcome. */
#define PANIC_PATIENCE_NS 1000000000ull

struct panics;

/* Gets each panic once, and those reported before their outcome a second time with it. panic is valid during
 * the call. */
typedef void (*panic_fn)(void *arg, const struct go_panic *panic);

/* p and t are borrowed. */
struct panics *panics__new(struct probes *p, struct targets *t, panic_fn fn, void *arg);
void panics__free(struct panics *p); /* NULL is fine */

/*
 * Attaches probes to a process. 0, also if it has them already; -ENOEXEC: not a Go program; -ESRCH: ended.
 * Others: it cannot be observed, and *ret_reason is a clause with the reason, valid until the next call.
 */
int panics__watch(struct panics *p, pid_t pid, const char **ret_reason);
/* A process that has just started, or replaced its program: retried at each panics__tick for a while, because
 * it may not be readable yet. */
void panics__expect(struct panics *p, pid_t pid);
/* The process has ended: reports its open panics. */
void panics__ended(struct panics *p, pid_t pid, uint64_t now_ns);

/* TS_EVENT_PANIC and TS_EVENT_PANIC_END; others are ignored. lost: events lost since attach. If it increases,
 * an end may be missing, so open panics are reported without an outcome. */
void panics__event(struct panics *p, const struct ts_event *e, size_t size, uint64_t lost);
/* Reports panics that have been open too long; all: all open panics. */
void panics__tick(struct panics *p, uint64_t now_ns, bool all);

#endif
