/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The goroutines of observed Go programs: counted in every sample, and all read as often as the CPU budget
 * allows.
 */
#ifndef TS_GO_COLLECT_GO_LIVE_H
#define TS_GO_COLLECT_GO_LIVE_H

#include "facts/sample.h"
#include "collect/targets/targets.h"
#include "go/collect/go_reading.h"

struct go_live;
struct probes;

/* t is borrowed. */
struct go_live *go_live__new(struct probes *p, struct targets *t);
void go_live__free(struct go_live *l); /* NULL is fine */
/* Fills s->live for the live Go programs of s, which must have its threads; now shows which of them have run
 * since. */
void go_live__read(struct go_live *l, struct sample *s, const struct go_threads_now *now);
/* The same, without reading the goroutines: their number takes a few system calls. */
void go_live__count(struct go_live *l, struct sample *s);
/* The observations of its goroutines so far; NULL: out of memory. Owned by l. */
struct go_clock *go_live__clock(struct go_live *l, pid_t pid);
/* How many threads its runtime has, and how many it allows; max 0: not a Go program, or not known. The first
 * call for a process reads its program. */
struct thread_limit go_live__thread_limit(struct go_live *l, pid_t pid);
/* The process has ended, or runs another program. */
void go_live__forget(struct go_live *l, pid_t pid);

#endif
