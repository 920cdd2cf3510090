/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding long-wait. */
#ifndef TS_MODEL_FINDINGS_LONG_WAITS_H
#define TS_MODEL_FINDINGS_LONG_WAITS_H

#include "model/findings/findings.h"

/* The longest blocked threads of each process, of those that do not just wait for work and are not told of
 * already (by thread). */
void findings__long_waits(struct findings *f, const struct interval_report *r, const bool *told);

#endif
