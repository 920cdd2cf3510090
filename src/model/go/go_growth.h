/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of watched programs over time: how many come and go, and which of them only come. Pure. */
#ifndef TS_MODEL_GO_GO_GROWTH_H
#define TS_MODEL_GO_GO_GROWTH_H

#include "report/go_rows.h"
#include "model/rows/rows.h"
#include "facts/sample.h"
#include "util/arena.h"

/* Equal goroutines, as they were last read, and how their number went since the first reading. */
struct go_group_row {
	struct go_group g;
	double growth_per_s;
	uint64_t span_ns; /* the time that growth_per_s is over; 0: they were read once, it is not known */
	bool kept;        /* kept_* are known: there was a reading before */
	/* Since when none of them has ended or gone on, and how many have come since. */
	uint64_t kept_ns, kept_growth;
	bool leak; /* see go_leak in goroutine_history.c */
};

struct go_creator_row {
	struct frame created_by; /* function NULL: not known */
	uint64_t count;
	double growth_per_s;
	uint64_t span_ns; /* as above */
};

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
	uint64_t watched_ns, first_count;
	bool grows; /* beyond doubt, and it still goes on */
	/* From when all of them were last read: */
	bool read;
	uint64_t read_age_ns, read_cpu_ns; /* how long ago, and what it took */
	const struct go_group_row *groups; /* leaks, then what grows, then most goroutines; not each */
	size_t group_count;
	const struct go_creator_row *creators; /* what grows most, then most goroutines; not each */
	size_t creator_count;
};

struct go_growth;

struct go_growth *go_growth__new(void);    /* NULL without memory */
void go_growth__free(struct go_growth *g); /* NULL is fine */
/* What was counted and read at now_ns (CLOCK_MONOTONIC). Returns the process's row, in a; valid until the
 * process is added again. */
const struct go_process *go_growth__add(struct go_growth *g, struct arena *a, const struct sample_go *s,
					uint64_t now_ns);
/* The process has ended. */
void go_growth__forget(struct go_growth *g, pid_t pid);

/* What its goroutines are to blame for: goroutine-leak, goroutine-growth. */
void findings__goroutines(struct findings *f, const struct go_process *p, pid_t pid, const char *comm);

#endif
