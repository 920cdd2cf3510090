/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Full channels: blocked senders and their receivers. */
#ifndef TS_GO_COLLECT_GO_QUEUES_H
#define TS_GO_COLLECT_GO_QUEUES_H

#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"
#include "target/process.h"
#include "util/arena.h"

#define GO_QUEUES_MAX 64 /* reported channels, those with the most senders */

struct go_queues;
struct probes;

struct go_queues *go_queues__new(struct probes *p);
void go_queues__free(struct go_queues *q); /* NULL is fine */
/* Counts a goroutine that waits to send; ignores others. */
void go_queues__add(struct go_queues *q, const struct goroutine *go, const struct go_row *row);

/* The thread that a goroutine is on, in threadscope's namespace; 0: none. */
typedef pid_t (*go_thread_fn)(const struct goroutine *go, void *arg);
/*
 * Fills the report's queues, most senders first, with their receivers, for which all goroutines are read once
 * more. Costs nothing without a full channel.
 */
void go_queues__find(struct go_queues *q, struct goroutines *r, const struct process *p, struct arena *a,
		     go_thread_fn thread, void *arg, struct go_reading *report);

#endif
