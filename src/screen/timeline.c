// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "screen/found.h"
#include "util/array.h"

static bool has_new_finding(const struct feed_moment *m, const struct feed_moment *before)
{
	for (size_t i = 0; i < m->report->finding_count; i++) {
		uint64_t id = finding__identity(&m->report->findings[i]);
		bool was = false;

		for (size_t k = 0; before && k < before->report->finding_count && !was; k++)
			was = finding__identity(&before->report->findings[k]) == id;
		if (!was)
			return true;
	}
	return false;
}

void timeline__add(struct timeline *t, const struct feed_moment *m, const struct feed_moment *before)
{
	*ARRAY_ADD(t->list, t->count, t->room) =
		(struct timeline_entry){.number = m->number,
					.time_ns = m->report->time_ns,
					.has_new_finding = has_new_finding(m, before)};
}

void timeline__drop(struct timeline *t, uint64_t oldest)
{
	size_t gone = 0;

	while (gone < t->count && t->list[gone].number < oldest)
		gone++;
	t->count -= gone;
	if (gone && t->count)
		memmove(t->list, t->list + gone, t->count * sizeof(*t->list));
}

void timeline__free(struct timeline *t)
{
	free(t->list);
	*t = (struct timeline){0};
}
