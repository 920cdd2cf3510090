/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of each moment what going back needs: when it was, and whether it has a new finding. */
#ifndef TS_SCREEN_TIMELINE_H
#define TS_SCREEN_TIMELINE_H

#include "feed/feed.h"

struct timeline_entry {
	uint64_t number, time_ns;
	bool has_new_finding;
};
/* All zero is empty. */
struct timeline {
	struct timeline_entry *list; /* oldest first */
	size_t count, room;
};

/* before: the moment before it; NULL: none. */
void timeline__add(struct timeline *t, const struct feed_moment *m, const struct feed_moment *before);
/* Those before this number, which cannot be looked at any more. */
void timeline__drop(struct timeline *t, uint64_t oldest);
void timeline__free(struct timeline *t);

#endif
