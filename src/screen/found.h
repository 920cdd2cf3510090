/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings over time: each keeps its place while it lasts, and stays for some seconds after it has ended, so
 * that nothing jumps under a finger.
 */
#ifndef TS_SCREEN_FOUND_H
#define TS_SCREEN_FOUND_H

#include "report/report.h"

struct found {
	uint64_t id;
	enum finding_kind kind;
	enum severity severity;
	pid_t pid;
	uint64_t lock;
	char *summary, *path; /* path: NULL: of no file */
	pid_t *tids;
	size_t tid_count;
	uint64_t first_ns, last_ns; /* wall clock of the first and the last report with it */
	bool ended;                 /* the last report does not have it */
	size_t number;              /* order of arrival */
	bool follows;               /* from the one with the id cause */
	uint64_t cause;
};

struct found_list {
	struct found *list; /* worst first, then in the order of their arrival; behind each what follows */
	size_t count, room;
	size_t arrived;
};

/* How long one stays that has ended. */
#define FOUND_STAYS_NS 5000000000ull

void found__add(struct found_list *l, const struct interval_report *r);
/* Of the report in which all that is watched has ended: what was the matter until then has not been mended.
 */
void found__add_last(struct found_list *l, const struct interval_report *r);
/* Those of one report alone. */
void found__of(struct found_list *l, const struct interval_report *r);
void found__free(struct found_list *l);
const struct found *found__get(const struct found_list *l, uint64_t id);

/* The same for a finding of the same kind on the same things in another report. */
uint64_t finding__identity(const struct finding *f);

#endif
