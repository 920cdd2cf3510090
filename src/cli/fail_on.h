/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --fail-on and --until-found: findings that set the exit status, for scripts, and that end the run. */
#ifndef TS_CLI_FAIL_ON_H
#define TS_CLI_FAIL_ON_H

#include "report/finding.h"

/* The findings that were asked for: of one of these kinds, or at least this severe. */
struct fail_on {
	unsigned kinds;      /* bit i: kind i */
	enum severity least; /* SEVERITY_USUAL: only the kinds count */
};

/* Adds the kinds and severities of "deadlock,stuck-thread", "warning". -EINVAL: one of them is neither. */
int fail_on__add(struct fail_on *set, const char *text);
/* Whether anything was asked for. */
bool fail_on__any(const struct fail_on *set);
/* Whether a finding in the list was asked for. logs: of those that the view on logs shows. */
bool fail_on__found(const struct fail_on *set, const struct finding *list, size_t count, bool logs);
/* A kind in the set that needs several snapshots; NULL: none. */
const char *fail_on__of_several(const struct fail_on *set);
/* A kind in the set that none of these (enum finding_reporter) reports; NULL: none. */
const char *fail_on__alien(const struct fail_on *set, unsigned reporters);
/* What these report: "deadlock, lock-convoy, ...". Returns dst. */
char *fail_on__kinds(char *dst, size_t size, unsigned reporters);
/* Room for all of them. */
#define FAIL_ON_KINDS 512
/* Instead of kinds: the least severity. */
#define FAIL_ON_SEVERITIES "any, warning, critical"

#endif
