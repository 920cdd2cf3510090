/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What snapshot and top say of hangs in one instant: the same. */
#ifndef TS_TEST_HANGS_SAID_H
#define TS_TEST_HANGS_SAID_H

#include "samples.h"

/* Fills a sample of process 10. */
typedef void fill_fn(struct sample *s);

/* "deadlock critical: SUMMARY (11 12)", a line for each finding. */
static inline char *findings_text(struct arena *a, const struct finding *list, size_t count)
{
	char *text = arena__string(a, "");

	for (size_t i = 0; i < count; i++) {
		text = arena__format(a, "%s%s %s: %s (", text, finding_kind__name(list[i].kind),
				     severity__name(list[i].severity), list[i].summary);
		for (size_t k = 0; k < list[i].tid_count; k++)
			text = arena__format(a, "%s%s%d", text, k ? " " : "", (int)list[i].tids[k]);
		text = arena__format(a, "%s) of %d\n", text, (int)list[i].pid);
	}
	return text;
}

static inline struct sample *filled(fill_fn *fill)
{
	struct sample *s = sample_at(1);

	add_process(s, 10, 9);
	fill(s);
	return s;
}

/* What both say, in a. */
static inline const char *both_say(struct arena *a, fill_fn *fill)
{
	struct sample *s = filled(fill);
	struct model *m = model_with_base(sample_at(0));
	struct snapshot_report *snapshot = model__snapshot(a, s, NULL);
	char *text = findings_text(a, snapshot->findings, snapshot->finding_count);
	const struct interval_report *top = model__interval(m, filled(fill)), *look;

	CHECK_STR(findings_text(a, top->findings, top->finding_count), text);
	model__free(m);
	m = model__new();
	look = model__look(m, filled(fill));
	CHECK_STR(findings_text(a, look->findings, look->finding_count), text);
	CHECK_EQ(look->interval_ns, 0);
	model__free(m);
	sample__free(s);
	return text;
}

static inline void check(fill_fn *fill, const char *expected)
{
	struct arena a = {0};

	CHECK_STR(both_say(&a, fill), expected);
	arena__free(&a);
}

#endif
