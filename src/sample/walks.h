/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks of blocked threads for the live view. A thread that has not run since
 * it was walked is not walked again, so a stuck process costs next to nothing.
 */
#ifndef TS_WALKS_H
#define TS_WALKS_H

#include "sample/sample.h"
#include "sample/targets.h"
#include "sample/threads.h"

struct collector;
struct walks;

struct walks *walks__new(struct targets *t);
void walks__free(struct walks *w);
void walks__forget(struct walks *w, pid_t pid);
/* Gives stacks to the longest blocked threads and kinds to all futex waiters, as many as is cheap. */
void walks__run(struct collector *c, struct sample *s, const struct pass *pass);

#endif
