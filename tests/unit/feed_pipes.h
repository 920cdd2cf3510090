/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A feed, and the ends of its pipes that a collector has. */
#ifndef TS_TESTS_FEED_PIPES_H
#define TS_TESTS_FEED_PIPES_H

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "feed/feed.h"
#include "test.h"

/* Until a condition holds; everything that is new is taken meanwhile. false: it did not in a minute. */
#define TAKE_UNTIL(f, condition)                                             \
	do {                                                                 \
		struct pollfd fd_ = {feed__fd(f), POLLIN, 0};                \
		int looks_ = 0;                                              \
		for (feed__take(f); !(condition) && looks_ < 60; looks_++) { \
			poll(&fd_, 1, 1000);                                 \
			feed__take(f);                                       \
		}                                                            \
		CHECK(condition);                                            \
	} while (0)

static inline uint64_t last_number(const struct feed *f)
{
	return feed__count(f) ? feed__moment(f, feed__count(f) - 1)->number : 0;
}

/* The other ends of a feed's pipes. */
struct collector_ends {
	int samples, snapshots, messages, requests;
};

static inline struct feed *feed_of_pipes(struct collector_ends *ret)
{
	int samples[2], snapshots[2], messages[2], requests[2];
	struct feed *f = NULL;

	signal(SIGPIPE, SIG_IGN);
	CHECK(!pipe(samples) && !pipe(snapshots) && !pipe(messages) && !pipe(requests));
	*ret = (struct collector_ends){samples[1], snapshots[1], messages[1], requests[0]};
	CHECK_EQ(feed__of_collector(&(struct feed_pipes){.samples = samples[0],
							 .snapshots = snapshots[0],
							 .messages = messages[0],
							 .requests = requests[1]},
				    &f),
		 0);
	return f;
}

static inline void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline void end(struct feed *f, struct collector_ends *c)
{
	feed__close(f);
	close_end(&c->samples);
	close_end(&c->snapshots);
	close_end(&c->messages);
	close_end(&c->requests);
}

#endif
