/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples of one process with one log, and what is said of it. */
#ifndef TS_TEST_LOG_SAMPLES_H
#define TS_TEST_LOG_SAMPLES_H

#include "samples.h"

static struct model *model;

/* The next sample, one second later: process 10 with one file, on which nothing has happened. */
static inline struct sample *with_log(void)
{
	struct sample *s = sample_at(1);

	model = model_with_base(sample_at(0));
	add_process(s, 10, 1);
	add_file(s, 10)->totals.fd = 3;
	return s;
}

static inline void writes(struct sample *s, int n)
{
	count_wait(&s->files[s->file_count - 1].totals.writes, 1, 1000, n);
}

static inline void syncs(struct sample *s, int n, uint64_t ns)
{
	struct ts_file *t = &s->files[s->file_count - 1].totals;

	count_wait(&t->syncs, 1, ns, n);
	t->sync_ns = (uint64_t)n * ns;
	t->single_syncs = (uint64_t)n;
	t->syncers = 2;
}

/* The finding of a kind, as "severity: summary"; "" if there is none. */
static inline const char *finding_of(struct sample *s, enum finding_kind kind)
{
	static char text[1024];
	const struct interval_report *r = model__interval(model, s);
	const struct finding *f = find(r->findings, r->finding_count, kind);

	text[0] = '\0';
	if (f)
		snprintf(text, sizeof(text), "%s: %s", severity__name(f->severity), f->summary);
	model__free(model);
	return text;
}

#endif
