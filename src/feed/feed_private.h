/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_FEED_FEED_PRIVATE_H
#define TS_FEED_FEED_PRIVATE_H

#include <pthread.h>
#include <sys/eventfd.h>

#include "facts/saved/saved.h"
#include "feed/feed.h"
#include "feed/past.h"
#include "feed/moments.h"
#include "feed/stream.h"
#include "model/interval/model.h"

#define FEED_MESSAGE 1024

struct feed_snapshot {
	struct sample *sample;
	struct arena arena; /* of the report */
	const struct snapshot_report *report;
};

/* What the reading threads leave for the screen's, under the mutex. */
struct feed_shared {
	struct moments made; /* since they were last taken */
	bool anew;           /* made begins at another place: what was taken before is void */
	bool every_process;
	bool silent, over, broken;
	int status;                     /* of a collector that is over */
	char message[FEED_MESSAGE];     /* "": none */
	uint64_t interval_ns;           /* the longest that a collector may need for the next report */
	uint64_t wished_ns;             /* the interval that was asked for */
	size_t kept_bytes;              /* of what was taken */
	uint64_t skipped;               /* by a collector, in all */
	struct feed_snapshot *snapshot; /* since it was last taken */
	/* Not needed any more; a thread frees them, not the screen's: */
	struct dropped dropped;
	struct feed_snapshot *dropped_snapshot;
	/* Of a collector: */
	uint64_t oldest;      /* moment that can be made again; 0: none */
	uint64_t past_wanted; /* 0: none */
	uint64_t past_number; /* the wish that was last dealt with */
	struct moments past;  /* made since they were last taken */
	bool past_anew;       /* what was taken before is void */
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
	struct saved_head head;
	bool begun;                         /* there was a base line */
	uint64_t number;                    /* of the last moment made */
	const struct interval_report *last; /* as long as the model has it */
	char *base;                         /* the base line in the saved form */
	size_t base_bytes;
	uint64_t last_came_ns; /* from the pipe, monotonic */
	bool late;             /* nothing has come for too long; a last look is due */

	struct stream snapshots; /* of the thread for them */
	struct past *samples;    /* NULL: of a file */
	pthread_t thread, snapshot_thread, past_thread;
	bool started, snapshot_started, past_started;
	int messages, requests; /* -1: of a file */
	int poll;               /* what feed__fd gives: event and messages */
	int stop;               /* an eventfd: the threads end */
	int event;              /* an eventfd: there is something to take */
	pthread_mutex_t mutex;
	pthread_cond_t wish;      /* of a file: target, pace or rewind have changed, or it is to stop */
	pthread_cond_t past_wish; /* of a collector: past_wanted has changed, or it is to stop */
	bool stopping;
	struct feed_shared shared;

	/* Of the screen's thread: */
	struct moments kept, past;
	uint64_t oldest;
	size_t count; /* of kept, those up to the moment looked at */
	enum feed_state state;
	uint64_t skipped;
	bool every_process;
	int status;
	char message[FEED_MESSAGE];
	struct feed_snapshot *snapshot;
	char line[FEED_MESSAGE]; /* of a complaint, in the making */
	size_t line_bytes;
	char complaint[FEED_MESSAGE]; /* the last one */
};

/* With no signals, and a stack that is enough for the model. ret NULL: detached. 0 or a negative errno. */
int feed__start_thread(void *(*fn)(void *arg), void *arg, pthread_t *ret);
void feed__lock(struct feed *f);
void feed__unlock(struct feed *f);
/* A moment of a file that is no longer there is read again. With the mutex. */
void feed__look_back(struct feed *f);
/* It fails only where it is full of earlier ones. */
static inline void feed__ring_at(int eventfd)
{
	if (eventfd >= 0 && eventfd_write(eventfd, 1))
		return;
}
/* There is something to take. */
void feed__ring(struct feed *f);
/* The next report, which the caller releases. 0, -ENODATA: the end; -ECANCELED: the feed is being closed; or
 * what is wrong with the stream. */
int feed__read(struct feed *f, const struct interval_report **ret);
/* Adds a report to what is made. With the mutex. */
void feed__add(struct feed *f, const struct interval_report *r);
/* Frees what was dropped. With the mutex, which is given back meanwhile. */
void feed__bury(struct feed *f);
/* What feed__message says from now on; NULL is as "". With the mutex. */
void feed__say(struct feed *f, const char *message);
/* A fresh model, and the stream from where it stands, which has a head. */
int feed__open_stream(struct feed *f);
void feed__close_stream(struct feed *f);
/* The threads. */
void *feed__play(void *feed);
void *feed__follow(void *feed);
void *feed__make_past(void *feed);
/* Of the stream of samples: struct stream. */
int feed__wait_for_samples(void *feed, bool came);
/* Complaints that have come, without waiting. */
void feed__read_messages(struct feed *f);
void *feed__read_snapshots(void *feed);
void feed_snapshot__free(struct feed_snapshot *s); /* NULL is fine */

#endif
