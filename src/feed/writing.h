/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a feed keeps, on its way to a file, in a thread of its own: no disk, however slow, holds a screen up.
 */
#ifndef TS_FEED_WRITING_H
#define TS_FEED_WRITING_H

#include "feed/feed.h"

struct writing;

/*
 * All kept moments, also those kept as samples, first looks left out (-ENODATA: there is nothing else), as a
 * file that replay opens (saved_writer__create). What is written is what was there when it began; the feed
 * may be closed meanwhile. 0 or a negative errno.
 */
int feed__write(const struct feed *f, const char *path, struct writing **ret);

struct writing_state {
	uint64_t wanted, written; /* moments; after an error at least these are in the file, whole */
	bool over;
	int err; /* once it is over: 0 or a negative errno; -ECANCELED: it was stopped */
};
struct writing_state writing__state(struct writing *w);
const char *writing__path(const struct writing *w);
/* Can be read once it is over. */
int writing__fd(const struct writing *w);
/* It is to end at the next moments; a disk that does not answer keeps it until it does. */
void writing__stop(struct writing *w);
/* Stops it and leaves it, without waiting. NULL is fine. */
void writing__close(struct writing *w);

#endif
