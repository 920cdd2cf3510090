/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The collector of a run of top or logs, for a screen or another viewer: what it writes down its pipes. */
#ifndef TS_CLI_COLLECTING_H
#define TS_CLI_COLLECTING_H

#include "cli/first_look.h"
#include "cli/session.h"
#include "facts/saved/saved.h"
#include "feed/feed.h"

struct collecting {
	struct session s;
	struct first_look *look; /* until the first sample with names */
	struct saved_writer *samples, *snapshots;
	struct saved_writer *record; /* --save of a screen */
	int samples_fd;
	pid_t monitor;                /* its own, whose cost is part of its cost; 0: none */
	bool stop;                    /* the viewer wants no more, or is gone */
	struct feed_request snapshot; /* that was asked for */
	bool wants_snapshot;
	uint64_t skipped; /* intervals in a row that the viewer had no time for */
};

/* For the loop, of a screen: a struct feed_request. */
void collecting__request(void *collecting, int fd);
/* What is seen of the targets before the probes are attached. Each reports its errors and returns an exit
 * status. */
int collecting__look(struct collecting *l);
/* From attaching to the end. */
int collecting__observe(struct collecting *l);
/* A viewer that has gone is no failure: it just ended before it could say so. */
int collecting__write_failed(struct collecting *l, int err);

#endif
