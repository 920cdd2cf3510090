/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --fail-on: findings that a script wants to know of by the exit status. */
#ifndef TS_FAIL_ON_H
#define TS_FAIL_ON_H

#include "model/report.h"

/* Adds the kinds of "deadlock,stuck-thread" to *set. -EINVAL: one of them is no kind of a snapshot's
 * findings. */
int fail_on__add(unsigned *set, const char *text);
/* STATUS_FOUND if the report has a finding of one of these kinds, else STATUS_DONE. */
int fail_on__status(unsigned set, const struct snapshot_report *r);

#endif
