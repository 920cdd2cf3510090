/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --fail-on: findings that set the exit status, for scripts. A set has bit i for kind i. */
#ifndef TS_CLI_FAIL_ON_H
#define TS_CLI_FAIL_ON_H

#include "report/finding.h"

/* Adds the kinds of "deadlock,stuck-thread" to *set. -EINVAL: one of them is no kind. */
int fail_on__add(unsigned *set, const char *text);
/* STATUS_FOUND if a finding of one of these kinds is in the list, else STATUS_DONE. */
int fail_on__status(unsigned set, const struct finding *list, size_t count);
/* A kind in the set that needs several snapshots; NULL: none. */
const char *fail_on__of_several(unsigned set);
/* A kind in the set that none of these (enum finding_reporter) reports; NULL: none. */
const char *fail_on__alien(unsigned set, unsigned reporters);
/* What these report: "deadlock, lock-convoy, ...". Returns dst. */
char *fail_on__kinds(char *dst, size_t size, unsigned reporters);
/* Room for all of them. */
#define FAIL_ON_KINDS 512

#endif
