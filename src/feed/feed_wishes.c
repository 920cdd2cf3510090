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

/* ---- save -------------------------------------------------------------------------------------- */

static bool is_look(const struct feed *f, size_t i)
{
	return !f->kept.list[i].moment.report->interval_ns;
}

/* What the first interval is compared with: the moment before, or the run's base line. */
static int save_base(const struct feed *f, const struct interval_report *before, const char *path,
		     struct saved_writer **ret)
{
	struct saved_head head = {.every_process = f->every_process};
	const struct sample *s;
	struct saved_reader *r = NULL;
	struct sample *base = NULL;
	struct saved_head unused;
	FILE *in = NULL;
	int err = 0;

	if (before) {
		s = interval_report__sample(before);
		head.since_ns = s->now_ns - before->watched_ns;
	} else {
		in = f->base ? fmemopen(f->base, f->base_bytes, "r") : NULL;
		err = in ? saved_reader__open(in, &unused, &r) : -ENODATA;
		if (!err)
			err = saved_reader__sample(r, &base);
		s = base;
	}
	if (!err)
		err = saved_writer__create(path, &head, ret);
	if (!err)
		err = saved_writer__sample(*ret, s);
	sample__free(base);
	saved_reader__close(r);
	if (in)
		fclose(in);
	return err;
}

static int save_history(const struct feed *f, const char *path, uint64_t *ret_count)
{
	uint64_t last = f->count ? feed__moment(f, f->count - 1)->number : 0;

	if (!f->oldest || last < f->oldest)
		return -ENODATA;
	*ret_count = last - f->oldest + 1;
	return past__save(f->samples, last, path);
}

int feed__save(const struct feed *f, const char *path, uint64_t *ret_count)
{
	struct feed *locked = (struct feed *)f; /* the base line is the reading thread's */
	const struct interval_report *before = f->kept.before;
	struct saved_writer *w = NULL;
	size_t i = 0;
	int err;

	if (f->samples)
		return save_history(f, path, ret_count);
	while (i < f->count && is_look(f, i))
		i++;
	if (i >= f->count)
		return -ENODATA;
	*ret_count = f->count - i;
	if (i)
		before = f->kept.list[i - 1].moment.report;
	if (before && !before->interval_ns)
		before = NULL;
	feed__lock(locked);
	err = save_base(f, before, path, &w);
	feed__unlock(locked);
	for (; !err && i < f->count; i++)
		err = saved_writer__sample(w, interval_report__sample(f->kept.list[i].moment.report));
	saved_writer__close(w);
	return err;
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
