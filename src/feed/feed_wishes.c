// SPDX-License-Identifier: GPL-2.0-or-later
/* What the screen asks of a collector, and of a file. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "feed/feed_private.h"

static int send(struct feed *f, const struct feed_request *r)
{
	ssize_t n = write(f->requests, r, sizeof(*r));

	return n == (ssize_t)sizeof(*r) ? 0 : n < 0 ? -errno : -EIO;
}

int feed__request(struct feed *f, const struct feed_request *r)
{
	int err;

	if (f->file && r->wish != FEED_INTERVAL)
		return -ENOTSUP;
	err = f->file ? 0 : send(f, r);
	if (err || r->wish != FEED_INTERVAL)
		return err;
	feed__lock(f);
	if (f->file)
		f->shared.pace_ns = r->interval_ns;
	else
		f->shared.wished_ns = r->interval_ns;
	pthread_cond_signal(&f->wish);
	feed__unlock(f);
	return 0;
}

int feed__step(struct feed *f, long n)
{
	struct feed_shared *s = &f->shared;

	if (!f->file)
		return -ENOTSUP;
	feed__lock(f);
	if (n < 0 && s->target <= -(uint64_t)n)
		s->target = 1;
	else
		s->target += (uint64_t)n;
	feed__look_back(f);
	feed__unlock(f);
	feed__ring(f);
	return 0;
}

void feed__look_at(struct feed *f, uint64_t number)
{
	const struct moments *k = &f->kept;
	bool at_hand = !f->samples || !k->count || number >= k->list[0].moment.number;

	if (at_hand)
		number = 0;
	if (number && number < f->oldest)
		return;
	feed__lock(f);
	for (size_t i = 0; i < f->past.count && number; i++)
		if (f->past.list[i].moment.number == number)
			number = f->shared.past_wanted; /* it is there */
	if (f->shared.past_wanted != number) {
		f->shared.past_wanted = number;
		pthread_cond_signal(&f->past_wish);
		feed__ring(f);
	}
	feed__unlock(f);
}
