/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of watched programs over time: how many come and go. Pure. */
#ifndef TS_GOROUTINE_GROWTH_H
#define TS_GOROUTINE_GROWTH_H

#include "sample/sample.h"
#include "util/arena.h"

/* Of one process, in a report. */
struct go_process {
	const char *version;                 /* "go1.24.4"; NULL: not known */
	const char *problem;                 /* why they are not known, one sentence; NULL: they are */
	uint64_t count;                      /* as runtime.NumGoroutine() */
	uint64_t system;                     /* the runtime's own beside these */
	bool changes_known;                  /* it had been counted before: what follows is known */
	bool exact;                          /* else created may be off by up to 16 a P */
	uint64_t created, ended;             /* in this interval, of all */
	uint64_t created_total, ended_total; /* since it was first counted */
	double growth_per_s;                 /* of count, since then */
	uint64_t watched_ns;
};

struct go_growth;

struct go_growth *go_growth__new(void);    /* NULL without memory */
void go_growth__free(struct go_growth *g); /* NULL is fine */
/* What was counted at now_ns (CLOCK_MONOTONIC). Returns the process's row, in a. */
const struct go_process *go_growth__add(struct go_growth *g, struct arena *a, const struct sample_go *s,
					uint64_t now_ns);
/* The process has ended. */
void go_growth__forget(struct go_growth *g, pid_t pid);

#endif
