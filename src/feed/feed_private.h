/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_FEED_FEED_PRIVATE_H
#define TS_FEED_FEED_PRIVATE_H

#include <pthread.h>

#include "facts/saved/saved.h"
#include "feed/feed.h"
#include "feed/moments.h"
#include "feed/stream.h"
#include "model/interval/model.h"

#define FEED_MESSAGE 1024

/* What the reading threads leave for the screen's, under the mutex. */
struct feed_shared {
	struct moments made; /* since they were last taken */
	bool anew;           /* made begins at another place: what was taken before is void */
	bool every_process;
	bool silent, over, broken;
	char message[FEED_MESSAGE]; /* "": none */
	uint64_t interval_ns;       /* the longest that a collector may need for the next report */
	size_t kept_bytes;          /* of what was taken */
	/* Of a file: */
	uint64_t target;   /* the number of the moment that is looked at, or is to be */
	uint64_t first;    /* that there still is; 0: none */
	uint64_t position; /* of the last one made */
	uint64_t pace_ns;  /* 0: stands still */
	bool rewind;
};

struct feed {
	/* Of the reading thread: */
	struct stream stream;
	FILE *file, *in; /* file: the one given, whose descriptor is read; NULL: a pipe */
	struct saved_reader *reader;
	struct model *model;
	uint64_t number;       /* of the last moment made */
	uint64_t last_came_ns; /* from the pipe, monotonic */

	pthread_t thread;
	bool started;
	int stop;  /* an eventfd: the threads end */
	int event; /* an eventfd: there is something to take */
	pthread_mutex_t mutex;
	pthread_cond_t wish; /* of a file: target, pace or rewind have changed, or it is to stop */
	bool stopping;
	struct feed_shared shared;

	/* Of the screen's thread: */
	struct moments kept;
	size_t count; /* of kept, those up to the moment looked at */
	enum feed_state state;
	bool every_process;
	char message[FEED_MESSAGE];
};

void feed__lock(struct feed *f);
void feed__unlock(struct feed *f);
/* There is something to take. */
void feed__ring(struct feed *f);
/* The next report, held by the model. 0, -ENODATA: the end; -ECANCELED: the feed is being closed; or what is
 * wrong with the stream. */
int feed__read(struct feed *f, const struct interval_report **ret);
/* Adds a report to what is made. With the mutex. */
void feed__add(struct feed *f, const struct interval_report *r);
/* What feed__message says from now on; NULL is as "". With the mutex. */
void feed__say(struct feed *f, const char *message);
/* A fresh model, and the stream from where it stands, which has a head. */
int feed__open_stream(struct feed *f);
void feed__close_stream(struct feed *f);
/* The threads. */
void *feed__play(void *feed);

#endif
