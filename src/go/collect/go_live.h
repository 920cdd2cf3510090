/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The goroutines of watched Go programs: counted with every sample, and all of
 * them read as often as the time that this takes allows.
 */
#ifndef TS_GO_COLLECT_GO_LIVE_H
#define TS_GO_COLLECT_GO_LIVE_H

#include "facts/sample.h"
#include "collect/targets/targets.h"

struct go_live;

/* t is borrowed. */
struct go_live *go_live__new(struct targets *t);
void go_live__free(struct go_live *l); /* NULL is fine */
/* Fills s->live for the processes of s that live and are Go programs. s has its threads. */
void go_live__read(struct go_live *l, struct sample *s);
/* What was seen of its goroutines so far; NULL: out of memory. Owned by l. */
struct go_clock *go_live__clock(struct go_live *l, pid_t pid);
/* It has ended, or runs another program now. */
void go_live__forget(struct go_live *l, pid_t pid);

#endif
