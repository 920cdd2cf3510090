/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports in the order in which they were made, the newest ones that fit a number of bytes. */
#ifndef TS_FEED_MOMENTS_H
#define TS_FEED_MOMENTS_H

#include "feed/feed.h"

struct kept_moment {
	struct feed_moment moment;
	size_t bytes;
};

/* All zero is empty. */
struct moments {
	struct kept_moment *list;
	size_t count, room, bytes;
	const struct interval_report *before; /* the last one that was dropped; NULL: none */
};

/*
 * Reports of thousands of threads take milliseconds to free: what is dropped goes to a list, which is freed
 * where nothing waits for it.
 */
struct dropped {
	const struct interval_report **list;
	size_t count, room;
};
void dropped__free(struct dropped *d);

/* Takes the report: it releases it. */
void moments__add(struct moments *m, const struct interval_report *r, uint64_t number);
/* Moves all of from behind those of m. */
void moments__join(struct moments *m, struct moments *from, struct dropped *to);
/* Drops the oldest until they take no more than that, or two are left. */
void moments__bound(struct moments *m, size_t bytes, struct dropped *to);
/* The last one that was dropped is not needed. */
void moments__forget_before(struct moments *m, struct dropped *to);
/* All of them. */
void moments__clear(struct moments *m, struct dropped *to);
void moments__free(struct moments *m);

#endif
