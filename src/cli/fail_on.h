/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --fail-on: findings that a script wants to know of by the exit status. */
#ifndef TS_CLI_FAIL_ON_H
#define TS_CLI_FAIL_ON_H

#include "report/report.h"

/* Whose findings: bits. */
enum fail_on_of { OF_SNAPSHOT = 1, OF_SEVERAL = 2 /* snapshots */, OF_TOP = 4, OF_LOGS = 8 };

/* Adds the kinds of "deadlock,stuck-thread" to *set. -EINVAL: one of them is no kind that can be asked for.
 */
int fail_on__add(unsigned *set, const char *text);
/* STATUS_FOUND if there is a finding of one of these kinds, else STATUS_DONE. */
int fail_on__status(unsigned set, const struct finding *list, size_t count);
/* A kind in the set that takes more than one snapshot to find; NULL: there is none. */
const char *fail_on__of_several(unsigned set);
/* A kind in the set that none of these (enum fail_on_of) ever finds; NULL: there is none. */
const char *fail_on__alien(unsigned set, unsigned of);

#endif
