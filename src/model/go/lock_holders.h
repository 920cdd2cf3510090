/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of a Go program that goroutines wait for: what those are doing that likely hold them. */
#ifndef TS_MODEL_GO_LOCK_HOLDERS_H
#define TS_MODEL_GO_LOCK_HOLDERS_H

#include "report/go_rows.h"
#include "model/rows/rows.h"

struct naming;

/* A row for each lock of from, which must live as long, with what its holders' threads do; in a. threads: by
 * TID. */
struct go_lock_row *lock_holders__join(struct arena *a, const struct go_reading *from,
				       const struct naming *threads);

/* The only one that holds it, where others cannot. NULL: none is known, or several seem to. */
const struct go_holder_row *go_lock__holder(const struct go_lock_row *l);

#endif
