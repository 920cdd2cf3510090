/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot's stacks for flame graphs: each distinct stack once, root first, with its weights. A thread
 * without a stack counts as [running] or [unreadable], and a stack without its outer part is below
 * [truncated], not below a wrong root.
 */
#ifndef TS_VIEWS_EXPORT_FOLD_H
#define TS_VIEWS_EXPORT_FOLD_H

#include "report/report.h"

/* Buffer for a frame's name before it is escaped; longer ones end in "...". */
#define FOLD_NAME_BYTES 1200

struct fold_line {
	char *frames; /* escaped for a terminal, a line end after each but the last */
	uint64_t threads, blocked;
	uint64_t wait_ns; /* the sum of their waits so far */
};

struct fold {
	struct fold_line *lines; /* in the order of their frames */
	size_t count;
};

/* Adds the selected threads. */
void fold__stacks(struct fold *f, const struct snapshot_report *r);
uint64_t fold__threads(const struct fold *f);
uint64_t fold__wait_ns(const struct fold *f);
void fold__free(struct fold *f);

/* The word for the missing part of a stack: "truncated", ...; NULL: complete. */
const char *fold__missing(const struct thread_row *t);

#endif
