// SPDX-License-Identifier: GPL-2.0-or-later
/* The side of the screen's thread: opens, takes what was made, asks, closes. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "feed/feed_private.h"
#include "thresholds.h"
#include "util/heap.h"

void feed__lock(struct feed *f)
{
	pthread_mutex_lock(&f->mutex);
}

void feed__unlock(struct feed *f)
{
	pthread_mutex_unlock(&f->mutex);
}

static void ring(int eventfd)
{
	/* It fails only where it is full of earlier ones. */
	if (eventfd >= 0 && eventfd_write(eventfd, 1))
		return;
}

void feed__ring(struct feed *f)
{
	ring(f->event);
}

/* ---- life ------------------------------------------------------------------------------------ */

static struct feed *new_feed(void)
{
	struct feed *f = HEAP_NEW(struct feed, 1);
	pthread_condattr_t attr;

	f->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	f->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&f->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&f->wish, &attr);
	pthread_condattr_destroy(&attr);
	f->stream.fd = -1;
	f->stream.stop = f->stop;
	return f;
}

/* Signals are the screen's; the stack is enough for the model, whatever the limit on it. */
static int start(struct feed *f, void *(*fn)(void *feed))
{
	sigset_t all, before;
	pthread_attr_t attr;
	int err;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 8 << 20);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&f->thread, &attr, fn, f);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	f->started = !err;
	return -err;
}

int feed__of_file(FILE *in, struct feed **ret)
{
	struct feed *f = new_feed();
	int err = f->stop < 0 || f->event < 0 ? -EMFILE : 0;

	f->stream.fd = fileno(in);
	f->shared.target = 1;
	if (!err)
		err = feed__open_stream(f);
	f->file = in; /* from now on ours */
	if (!err)
		err = start(f, feed__play);
	if (err) {
		f->file = NULL;
		feed__close(f);
		return err;
	}
	*ret = f;
	return 0;
}

void feed__close(struct feed *f)
{
	if (!f)
		return;
	feed__lock(f);
	f->stopping = true;
	pthread_cond_broadcast(&f->wish);
	feed__unlock(f);
	ring(f->stop);
	if (f->started)
		pthread_join(f->thread, NULL);
	feed__close_stream(f);
	if (f->file)
		fclose(f->file);
	moments__free(&f->shared.made);
	moments__free(&f->kept);
	if (f->stop >= 0)
		close(f->stop);
	if (f->event >= 0)
		close(f->event);
	pthread_cond_destroy(&f->wish);
	pthread_mutex_destroy(&f->mutex);
	free(f);
}

/* ---- what was made --------------------------------------------------------------------------- */

int feed__fd(const struct feed *f)
{
	return f->event;
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
static void look_back(struct feed *f)
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
		moments__free(kept);
	s->anew = false;
	moments__join(kept, &s->made);
	moments__bound(kept, FEED_BYTES);
	s->kept_bytes = kept->bytes;
	s->first = kept->count ? kept->list[0].moment.number : 0;
	if (f->file)
		look_back(f);
	f->count = f->file ? count_up_to(kept, s->target) : kept->count;
}

bool feed__take(struct feed *f)
{
	const struct feed_moment *last = f->count ? feed__moment(f, f->count - 1) : NULL;
	uint64_t before = last ? last->number : 0;
	enum feed_state state = f->state;
	eventfd_t unused;
	bool changed;

	if (eventfd_read(f->event, &unused))
		errno = 0; /* nothing was rung */
	feed__lock(f);
	take_moments(f);
	f->state = state_of(f);
	f->every_process = f->shared.every_process;
	changed = strcmp(f->message, f->shared.message) != 0;
	if (changed)
		memcpy(f->message, f->shared.message, sizeof(f->message));
	feed__unlock(f);
	last = f->count ? feed__moment(f, f->count - 1) : NULL;
	return changed || state != f->state || before != (last ? last->number : 0);
}

bool feed__every_process(const struct feed *f)
{
	return f->every_process;
}

enum feed_state feed__state(const struct feed *f)
{
	return f->state;
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

uint64_t feed__dropped(const struct feed *f)
{
	const struct moments *k = &f->kept;

	return k->count ? k->list[k->count - 1].moment.number - k->count : 0;
}

const struct snapshot_report *feed__snapshot(const struct feed *f, uint64_t *ret_realtime_ns)
{
	(void)f;
	(void)ret_realtime_ns;
	return NULL;
}

/* ---- wishes ------------------------------------------------------------------------------------ */

int feed__request(struct feed *f, const struct feed_request *r)
{
	if (r->wish != FEED_INTERVAL)
		return -ENOTSUP;
	feed__lock(f);
	f->shared.pace_ns = r->interval_ns;
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
	look_back(f);
	feed__unlock(f);
	feed__ring(f);
	return 0;
}

int feed__save(const struct feed *f, size_t i, const char *path)
{
	(void)f;
	(void)i;
	(void)path;
	return -ENOSYS;
}
