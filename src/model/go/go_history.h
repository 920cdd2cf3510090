/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups and creators of one program's goroutines, over its readings. Pure. */
#ifndef TS_MODEL_GO_GO_HISTORY_H
#define TS_MODEL_GO_GO_HISTORY_H

#include "model/go/go_growth.h"

struct go_history;

struct go_history *go_history__new(void);
void go_history__free(struct go_history *h); /* NULL is fine */
/* Adds the next reading. */
void go_history__add(struct go_history *h, const struct go_reading *r, uint64_t now_ns);
/* Into row; what it points to is in a. */
void go_history__show(const struct go_history *h, struct arena *a, struct go_process *row);

#endif
