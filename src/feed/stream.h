/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream whose reading can be ended from another thread, however long its pipe says nothing. */
#ifndef TS_FEED_STREAM_H
#define TS_FEED_STREAM_H

#include <stdbool.h>
#include <stdio.h>

struct stream {
	int fd;   /* closed with it */
	int stop; /* an eventfd: what reads ends with ECANCELED once it can be read */
	/* Called while nothing comes, and when something has; may be NULL. Returns for how many milliseconds
	 * to wait on; -1: for ever. */
	int (*wait)(void *arg, bool came);
	void *arg;
	char buffer[64 << 10];
};

/* Reads s->fd from its current place. s outlives it. NULL: out of memory. */
FILE *stream__open(struct stream *s);

#endif
