// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/minute.h"

#include <stdbool.h>
#include <string.h>

#include "util/clock.h"

#define MINUTE_NS (60 * NS_PER_S)
#define APART_NS  (MINUTE_NS / (MINUTE_POINTS - 4)) /* between all points but the last two */

/* Keeps one point that is at least a minute old. Full: the times of a saved file do not ascend. */
static void drop_old(struct minute *m, uint64_t time_ns)
{
	size_t old = m->count == MINUTE_POINTS;

	while (old + 1 < m->count && gained_since(time_ns, m->points[old + 1].time_ns) >= MINUTE_NS)
		old++;
	m->count -= old;
	memmove(m->points, m->points + old, m->count * sizeof(*m->points));
}

/* The last point gives its place to the next one. */
static bool last_is_close(const struct minute *m)
{
	const struct minute_point *p = m->points;

	return m->count > 1 && gained_since(p[m->count - 1].time_ns, p[m->count - 2].time_ns) < APART_NS;
}

struct minute_point minute__add(struct minute *m, uint64_t time_ns, uint64_t created, uint64_t ended)
{
	const struct minute_point now = {time_ns, created, ended};
	struct minute_point gained = {0};

	if (m->count) {
		drop_old(m, time_ns);
		gained.time_ns = gained_since(time_ns, m->points[0].time_ns);
		gained.created = gained_since(created, m->points[0].created);
		gained.ended = gained_since(ended, m->points[0].ended);
	}
	if (last_is_close(m))
		m->points[m->count - 1] = now;
	else
		m->points[m->count++] = now;
	return gained;
}
