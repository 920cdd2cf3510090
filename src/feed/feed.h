/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports as they are made, for a screen that always answers: a thread reads the samples of a collector (down
 * a pipe) or of a saved file, runs the model, and leaves the reports here. The screen's own thread only takes
 * what is ready: it never waits for a reading, a model, or a target.
 */
#ifndef TS_FEED_FEED_H
#define TS_FEED_FEED_H

#include <stdio.h>

#include "report/report.h"

struct feed;

/* Of a collector: what it writes, and where it takes requests. The feed closes them. */
struct feed_pipes {
	int samples; /* saved form (facts/saved): the base line first; a first look before that where there is
			one */
	int snapshots; /* saved form, one after each request */
	int messages;  /* text: its complaints, a line each */
	int requests;  /* struct feed_request, written here */
};

/* One fixed size, so that a pipe takes it whole. */
struct feed_request {
	enum feed_wish { FEED_INTERVAL, FEED_SNAPSHOT, FEED_STOP } wish;
	pid_t pid;            /* of FEED_SNAPSHOT */
	bool goroutines;      /* of FEED_SNAPSHOT: each goroutine, not groups */
	uint64_t interval_ns; /* of FEED_INTERVAL */
};

/* Starts the reading thread. 0 or a negative errno; the pipes are closed then, too. */
int feed__of_collector(const struct feed_pipes *p, struct feed **ret);
/*
 * A saved run of top, at its first moment; it stands still there until a pace is set. in is read from its
 * descriptor, and closed with the feed; after an error it stays the caller's. Errors as saved_reader__open;
 * -EMEDIUMTYPE: it has snapshots.
 */
int feed__of_file(FILE *in, struct feed **ret);
/* Ends the threads, within moments also where a pipe never answers; a model at work ends first. NULL is fine.
 */
void feed__close(struct feed *f);
/* The same without waiting: stops the collector at once, and leaves the waiting to a thread. */
void feed__leave(struct feed *f);

/* Can be read when there is something new; for the loop. */
int feed__fd(const struct feed *f);
/* The samples are of all processes of the machine: top without targets. */
bool feed__every_process(const struct feed *f);
/* Takes what is new. true: something is. All below changes only here. */
bool feed__take(struct feed *f);

enum feed_state {
	FEED_STARTING, /* no report so far */
	FEED_RUNNING,
	FEED_OVER,   /* the file's end, or the collector ended as it should: feed__message has why */
	FEED_SILENT, /* the collector has not written for longer than three intervals and 3 s; it may go on */
	FEED_BROKEN, /* the stream is damaged, or the collector died: feed__message says so */
};
enum feed_state feed__state(const struct feed *f);
/* The exit status that a collector ended with (FEED_OVER). */
int feed__status(const struct feed *f);
/* The collector's last complaint, or what is wrong with the stream; "": nothing. */
const char *feed__message(const struct feed *f);

/* A report and when it was made. */
struct feed_moment {
	const struct interval_report *report;
	uint64_t realtime_ns; /* wall clock of its end */
	uint64_t number;      /* counted from 1 from the beginning of the feed */
};
/* The kept moments, oldest first: the newest ones that fit FEED_BYTES (thresholds.h), at least two. */
size_t feed__count(const struct feed *f);
const struct feed_moment *feed__moment(const struct feed *f, size_t i);
/*
 * Older ones of a collector are kept as samples, and made again on request: HISTORY_BYTES. Their figures are
 * those of then; only since when something lasts, or how often it was seen, may be known from a later time
 * on.
 */
/* The number of the oldest moment that can be looked at; 0 before the first one. */
uint64_t feed__oldest(const struct feed *f);
/* This one is to come with a feed__take, with some before it, and stays until another one is asked for; 0, or
 * one that is at hand: none. */
void feed__look_at(struct feed *f, uint64_t number);
/* Those that were made again, oldest first; the last one is what was asked for. */
size_t feed__past_count(const struct feed *f);
const struct feed_moment *feed__past(const struct feed *f, size_t i);

/* Intervals that the collector left out because the screen had not read what it got before: it was stopped,
 * or short of CPU. The interval after them is as much longer. */
uint64_t feed__skipped(const struct feed *f);
/* Moments that were made and are no longer kept. */
uint64_t feed__dropped(const struct feed *f);

/* The last snapshot that came; NULL: none so far. Valid until the next feed__take. */
const struct snapshot_report *feed__snapshot(const struct feed *f, uint64_t *ret_realtime_ns);

/* SIGPIPE is ignored by then. Requests never block; one that does not fit the pipe is dropped: -EAGAIN. Of a
 * file: -ENOTSUP, but FEED_INTERVAL sets the pace at which it plays (0: stands still). */
int feed__request(struct feed *f, const struct feed_request *r);
/* Of a file: the next n moments at once, or as far back (the file is read again from its start where they are
 * no longer kept). -ENOTSUP of a collector. */
int feed__step(struct feed *f, long n);

#endif
