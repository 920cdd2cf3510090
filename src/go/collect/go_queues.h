/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Full channels: blocked senders and their receivers. */
#ifndef TS_GO_COLLECT_GO_QUEUES_H
#define TS_GO_COLLECT_GO_QUEUES_H

#include "go/collect/go_naming.h"
#include "go/runtime/goroutines.h"
#include "facts/goroutines.h"

#define GO_QUEUES_MAX 64 /* reported channels, those with the most senders */

struct go_queues;

struct go_queues *go_queues__new(void);
void go_queues__free(struct go_queues *q); /* NULL is fine */
/* Counts a goroutine that waits to send; ignores others. */
void go_queues__add(struct go_queues *q, const struct goroutine *go, const struct go_row *row);

/*
 * Fills the report's queues, most senders first, with their receivers, for which all goroutines are read once
 * more. Costs nothing without a full channel.
 */
void go_queues__find(struct go_queues *q, struct go_naming *n, struct go_reading *report);

#endif
