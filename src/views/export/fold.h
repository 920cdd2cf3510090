/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One or several snapshots' stacks for flame graphs: each distinct stack once, root first, with its weights.
 * The innermost frame of a thread that waits for a lock or on a file is that, "[mutex log_mutex]". A thread
 * without a stack counts as [running] or [unreadable], and a stack without its outer part is below
 * [truncated], not below a wrong root.
 */
#ifndef TS_VIEWS_EXPORT_FOLD_H
#define TS_VIEWS_EXPORT_FOLD_H

#include "report/report.h"

/* Buffer for a frame's name before it is escaped; longer ones end in "...". */
#define FOLD_NAME_BYTES 1200

/* In place of a stack: what a thread that runs has waited since it was last found waiting, which no snapshot
 * saw. */
#define FOLD_UNSEEN "wait not sampled"

struct fold_line {
	char *frames;              /* escaped for a terminal, a line end after each but the last */
	uint64_t threads, blocked; /* in the last snapshot */
	uint64_t wait_ns;          /* what they have waited so far */
	uint64_t seen;             /* threads in all snapshots together */
	uint64_t off_cpu_ns;       /* waited between the first snapshot and the last */
};

struct fold {
	struct fold_line *lines; /* in the order of their frames */
	size_t count, room;
	uint64_t snapshots, threads; /* how many; threads of all of them together */
	uint64_t idle;               /* of the threads, those left out because they are idle */
};

/*
 * Adds the selected threads of a snapshot. last: no further one follows. idle: also those that are idle,
 * which are otherwise left out unless threads are selected.
 */
void fold__add(struct fold *f, const struct snapshot_report *r, bool idle, bool last);
void fold__free(struct fold *f); /* accepts a zeroed one */

/* The word for the missing part of a stack: "truncated", ...; NULL: complete. */
const char *fold__missing(const struct thread_row *t);
/* What a thread waited between the snapshots, as far as this one knows where: at its stack. */
uint64_t fold__off_cpu_ns(const struct thread_row *t);
/* What it waited since, but no snapshot saw where: it runs in the last one. */
uint64_t fold__unseen_ns(const struct thread_row *t, bool last);

/* A sum that stops at the largest number. */
uint64_t fold__sum(uint64_t a, uint64_t b);

#endif
