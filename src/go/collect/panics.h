/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Panics of Go programs, each with its outcome: the kernel side tells of their
 * beginning and end, here the two are joined and named.
 */
#ifndef TS_GO_COLLECT_PANICS_H
#define TS_GO_COLLECT_PANICS_H

#include "facts/panic.h"
#include "probes/probes.h"
#include "collect/targets/targets.h"

/* A panic whose outcome is not known by then is reported without. */
#define PANIC_PATIENCE_NS 1000000000ull

struct panics;

/* Gets each panic once, and those reported before their outcome a second time with it. panic is valid during
 * the call. */
typedef void (*panic_fn)(void *arg, const struct go_panic *panic);

/* p and t are borrowed. */
struct panics *panics__new(struct probes *p, struct targets *t, panic_fn fn, void *arg);
void panics__free(struct panics *p); /* NULL is fine */

/*
 * Puts probes into a process. 0, also if it has them already; -ENOEXEC: not a Go program; -ESRCH: gone.
 * Others: it cannot be watched, and *ret_reason is one clause that says why, valid until the next call.
 */
int panics__watch(struct panics *p, pid_t pid, const char **ret_reason);
/* A process that has just started, or replaced its program: tried again at each panics__tick for a while,
 * as it may not be far enough to be read. */
void panics__expect(struct panics *p, pid_t pid);
/* It ended: what it had open is reported. */
void panics__ended(struct panics *p, pid_t pid, uint64_t now_ns);

/* TS_EVENT_PANIC and TS_EVENT_PANIC_END; others are ignored. lost: events lost since attach: when it
 * moves, an end may be missing, so what is open is reported as it is. */
void panics__event(struct panics *p, const struct ts_event *e, size_t size, uint64_t lost);
/* Reports what has been open too long; all: whatever is open. */
void panics__tick(struct panics *p, uint64_t now_ns, bool all);

#endif
