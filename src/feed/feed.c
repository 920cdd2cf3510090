// SPDX-License-Identifier: GPL-2.0-or-later
/* The side of the screen's thread: takes what was made. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "feed/feed_private.h"
#include "thresholds.h"

void feed__lock(struct feed *f)
{
	pthread_mutex_lock(&f->mutex);
}

void feed__unlock(struct feed *f)
{
	pthread_mutex_unlock(&f->mutex);
}

void feed__bury(struct feed *f)
{
	struct feed_shared *s = &f->shared;

	while (s->dropped.count || s->dropped_snapshot) {
		struct dropped d = s->dropped;
		struct feed_snapshot *snapshot = s->dropped_snapshot;

		s->dropped = (struct dropped){0};
		s->dropped_snapshot = NULL;
		feed__unlock(f);
		dropped__free(&d);
		feed_snapshot__free(snapshot);
		feed__lock(f);
	}
}

void feed__ring(struct feed *f)
{
	feed__ring_at(f->event);
}

int feed__fd(const struct feed *f)
{
	return f->poll;
}

/* Of a file: those up to the moment that is looked at, which is made by then. */
static size_t count_up_to(const struct moments *kept, uint64_t target)
{
	size_t count = kept->count;

	while (count > 1 && kept->list[count - 1].moment.number > target)
		count--;
	return count;
}

static enum feed_state state_of(const struct feed *f)
{
	const struct feed_shared *s = &f->shared;
	bool at_end = f->count == f->kept.count;

	if (s->broken && at_end)
		return FEED_BROKEN;
	if (s->over && at_end)
		return FEED_OVER;
	if (!f->count)
		return FEED_STARTING;
	return s->silent ? FEED_SILENT : FEED_RUNNING;
}

/* A moment of a file that is no longer there is read again. */
void feed__look_back(struct feed *f)
{
	struct feed_shared *s = &f->shared;

	s->rewind = s->rewind || s->target < s->first;
	pthread_cond_signal(&f->wish);
}

static void take_moments(struct feed *f)
{
	struct feed_shared *s = &f->shared;
	struct moments *kept = &f->kept;
	bool gap;

	/* A file that is read from its start, or to a place far on, shows nothing until it is there. */
	if (f->file && (s->rewind || (s->position < s->target && !s->over && !s->broken)))
		return;
	gap = f->file && s->made.count && kept->count &&
	      s->made.list[0].moment.number != kept->list[kept->count - 1].moment.number + 1;
	if (s->anew || gap)
		moments__clear(kept, &s->dropped);
	s->anew = false;
	moments__join(kept, &s->made, &s->dropped);
	moments__bound(kept, FEED_BYTES, &s->dropped);
	if (f->samples)
		moments__forget_before(kept, &s->dropped);
	s->kept_bytes = kept->bytes;
	s->first = kept->count ? kept->list[0].moment.number : 0;
	if (f->file)
		feed__look_back(f);
	f->count = f->file ? count_up_to(kept, s->target) : kept->count;
}

static bool take_snapshot(struct feed *f)
{
	if (!f->shared.snapshot)
		return false;
	feed_snapshot__free(f->shared.dropped_snapshot); /* none, unless two came within a moment */
	f->shared.dropped_snapshot = f->snapshot;
	f->snapshot = f->shared.snapshot;
	f->shared.snapshot = NULL;
	return true;
}

static bool take_past(struct feed *f)
{
	struct feed_shared *s = &f->shared;
	bool changed = s->past.count || (f->past.count && !s->past_wanted);

	if (s->past_anew || !s->past_wanted)
		moments__clear(&f->past, &s->dropped);
	s->past_anew = false;
	moments__join(&f->past, &s->past, &s->dropped);
	moments__bound(&f->past, FEED_PAST_BYTES, &s->dropped);
	moments__forget_before(&f->past, &s->dropped);
	f->oldest = s->oldest;
	return changed;
}

static uint64_t last_number(const struct feed *f)
{
	return f->count ? feed__moment(f, f->count - 1)->number : 0;
}

/* What is wrong with the stream comes before a complaint. */
static bool take_message(struct feed *f)
{
	const char *now = *f->shared.message ? f->shared.message : f->complaint;
	bool changed = strcmp(f->message, now) != 0;

	if (changed)
		snprintf(f->message, sizeof(f->message), "%s", now);
	return changed;
}

bool feed__take(struct feed *f)
{
	uint64_t before = last_number(f);
	enum feed_state state = f->state;
	eventfd_t unused;
	bool changed;

	if (eventfd_read(f->event, &unused))
		errno = 0; /* nothing was rung */
	feed__read_messages(f);
	feed__lock(f);
	take_moments(f);
	f->state = state_of(f);
	f->status = f->shared.status;
	f->every_process = f->shared.every_process;
	f->skipped = f->shared.skipped;
	changed = take_message(f);
	changed = take_snapshot(f) || changed;
	changed = take_past(f) || changed;
	if (f->shared.dropped.count || f->shared.dropped_snapshot)
		pthread_cond_signal(f->file ? &f->wish : &f->past_wish);
	feed__unlock(f);
	return changed || state != f->state || before != last_number(f);
}

bool feed__every_process(const struct feed *f)
{
	return f->every_process;
}

enum feed_state feed__state(const struct feed *f)
{
	return f->state;
}

int feed__status(const struct feed *f)
{
	return f->status;
}

const char *feed__message(const struct feed *f)
{
	return f->message;
}

size_t feed__count(const struct feed *f)
{
	return f->count;
}

const struct feed_moment *feed__moment(const struct feed *f, size_t i)
{
	return &f->kept.list[i].moment;
}

uint64_t feed__oldest(const struct feed *f)
{
	return f->oldest ? f->oldest : f->count ? feed__moment(f, 0)->number : 0;
}

size_t feed__past_count(const struct feed *f)
{
	return f->past.count;
}

const struct feed_moment *feed__past(const struct feed *f, size_t i)
{
	return &f->past.list[i].moment;
}

uint64_t feed__skipped(const struct feed *f)
{
	return f->skipped;
}

uint64_t feed__dropped(const struct feed *f)
{
	const struct moments *k = &f->kept;

	return k->count ? k->list[k->count - 1].moment.number - k->count : 0;
}

const struct snapshot_report *feed__snapshot(const struct feed *f, uint64_t *ret_realtime_ns)
{
	if (!f->snapshot)
		return NULL;
	*ret_realtime_ns = f->snapshot->sample->time_ns;
	return f->snapshot->report;
}
