// SPDX-License-Identifier: GPL-2.0-or-later
/* The reading thread of a file: makes moments as far as they are asked for, or at a pace. */
#include <errno.h>
#include <unistd.h>

#include "feed/feed_private.h"
#include "util/clock.h"

/* With the mutex; it is given back while a moment is made. */
static void make_one(struct feed *f)
{
	const struct interval_report *r;
	struct feed_shared *s = &f->shared;
	int err;

	feed__unlock(f);
	err = feed__read(f, &r);
	feed__lock(f);
	if (!err) {
		feed__add(f, r);
	} else {
		s->over = err == -ENODATA;
		s->broken = !s->over;
		feed__say(f, s->over ? "" : saved__problem(err));
		if (s->target > s->position)
			s->target = s->position;
	}
	if (err || s->position >= s->target)
		feed__ring(f);
}

/* Reads the file from its start. What cannot be read again, such as a pipe, goes back to what is kept. */
static void rewind_file(struct feed *f)
{
	struct feed_shared *s = &f->shared;
	int err;

	s->rewind = false;
	if (lseek(f->stream.fd, 0, SEEK_SET)) {
		s->target = s->first;
		feed__ring(f);
		return;
	}
	moments__clear(&s->made, &s->dropped);
	s->anew = true;
	s->over = s->broken = false;
	s->position = 0;
	feed__unlock(f);
	feed__close_stream(f);
	err = feed__open_stream(f);
	feed__lock(f);
	if (!err)
		return;
	s->broken = true;
	s->target = 0;
	feed__say(f, saved__problem(err));
	feed__ring(f);
}

/* Until the next moment is due, or something else is wished. true: it is due. */
static bool wait_for_pace(struct feed *f, uint64_t *due_ns)
{
	uint64_t now = monotonic_ns(), pace = f->shared.pace_ns;
	struct timespec until;

	if (*due_ns > now + pace || *due_ns + pace < now)
		*due_ns = now + pace; /* the pace is new, or making one took longer */
	until = monotonic_timespec(*due_ns);
	return pthread_cond_timedwait(&f->wish, &f->mutex, &until) == ETIMEDOUT;
}

void *feed__play(void *feed)
{
	struct feed *f = feed;
	struct feed_shared *s = &f->shared;
	uint64_t due_ns = 0;

	feed__lock(f);
	while (!f->stopping) {
		bool at_end;

		feed__bury(f);
		if (f->stopping)
			break;
		at_end = (s->over || s->broken) && s->target >= s->position;
		if (s->rewind) {
			rewind_file(f);
		} else if (s->target > s->position && !s->broken && f->model) {
			make_one(f);
		} else if (s->pace_ns && !at_end) {
			if (wait_for_pace(f, &due_ns)) {
				due_ns += s->pace_ns;
				s->target++;
				feed__ring(f);
			}
		} else {
			pthread_cond_wait(&f->wish, &f->mutex);
		}
	}
	feed__unlock(f);
	return NULL;
}
