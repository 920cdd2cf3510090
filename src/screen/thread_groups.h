/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that do the same: which of them share a row. */
#ifndef TS_SCREEN_THREAD_GROUPS_H
#define TS_SCREEN_THREAD_GROUPS_H

#include "report/report.h"

struct thread_group {
	uint64_t id;
	size_t *members; /* indexes of the report's threads, the longest wait first */
	size_t count;
};

struct thread_groups {
	struct thread_group *list; /* in the report's order, but running ones before idle ones */
	size_t count;
	size_t *members;
};

/* What its threads have in common: kind and class of wait, lock, file and stack, and the name without its
 * number. */
uint64_t thread_group__identity(const struct interval_report *r, const struct thread_row *t);
struct thread_groups thread_groups__make(const struct interval_report *r);
/* "8 x worker-*": how many, and their names. */
char *thread_group__name(char *dst, size_t size, const struct interval_report *r,
			 const struct thread_group *g);
void thread_groups__free(struct thread_groups *g); /* accepts a zeroed one */

#endif
