/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this process, which shows what another one collects, adds to the cost of threadscope. */
#ifndef TS_FEED_VIEWER_COST_H
#define TS_FEED_VIEWER_COST_H

#include "facts/sample.h"

/* To a sample that has come from a collector: CPU time, and the memory that is this process's alone. */
void viewer_cost__add(struct sample *s);

#endif
