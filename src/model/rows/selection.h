/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of a snapshot that the user selected. Pure. */
#ifndef TS_MODEL_ROWS_SELECTION_H
#define TS_MODEL_ROWS_SELECTION_H

#include <regex.h>

#include "report/report.h"

struct selection {
	const pid_t *tids; /* none: any */
	size_t tid_count;
	const regex_t *pattern; /* NULL: all; otherwise name, function, wait, lock or file must match */
};

/* Whether it excludes any thread; which may be NULL. */
bool selection__any(const struct selection *which);
bool selection__takes(const struct selection *which, const struct thread_row *t, const struct lock_row *locks,
		      size_t lock_count);

#endif
