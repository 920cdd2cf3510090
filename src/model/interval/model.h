/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From samples to reports: rates, rows, percentiles, findings. Pure: no I/O, no clock, no globals; equal
 * samples give equal reports.
 */
#ifndef TS_MODEL_INTERVAL_MODEL_H
#define TS_MODEL_INTERVAL_MODEL_H

#include "model/go/go_growth.h"
#include "report/report.h"
#include "facts/sample.h"

struct model;

struct model *model__new(void);
void model__free(struct model *m); /* NULL is fine */
/* Selects reports for the view on logs: each file with histograms and figures since attach, including idle
 * files; calls in flight one by one. Call before the first sample. */
void model__want_logs(struct model *m);
/* The targets are all processes of the machine: fewer details of each. Call before the first sample. */
void model__every_process(struct model *m);
/* The first sample is not from attach, which was at started_ns (CLOCK_MONOTONIC): what it has counted is of
 * the time before. Call before the first sample. */
void model__continue(struct model *m, uint64_t started_ns);

/*
 * Takes the next sample (owned by the model from now on). The first one is the
 * base line: returns NULL. Later ones: the report of the interval between the
 * last two. The model holds it until the next call; a caller who wants it for
 * longer, also beyond the model's end, holds it too. With the first sample of
 * another collector (restarts) everything begins anew: it is a base line, too.
 */
const struct interval_report *model__interval(struct model *m, struct sample *s);

/*
 * One look instead, by a model of its own: s (owned by the model from now on) is joined of snapshots. The
 * report has interval_ns 0 and what can be known of an instant: threads, waits, locks, owners, findings. What
 * is counted over time is 0 in it, and shown as unknown.
 */
const struct interval_report *model__look(struct model *m, struct sample *s);

/* Each hold is followed by one release; the last one frees the report with all that it points into. Holders
 * may be in several threads: nothing in a report changes once the model has returned it. NULL is fine for
 * release. */
const struct interval_report *interval_report__hold(const struct interval_report *r); /* returns r */
void interval_report__release(const struct interval_report *r);
/* The sample that it ends with; the report owns it. */
const struct sample *interval_report__sample(const struct interval_report *r);
/* The memory that it takes, with its sample. */
size_t interval_report__bytes(const struct interval_report *r);

#endif
