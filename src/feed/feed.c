// SPDX-License-Identifier: GPL-2.0-or-later
/* The side of the screen's thread: opens, takes what was made, asks, closes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "feed/feed_private.h"
#include "thresholds.h"
#include "util/clock.h"
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
	pthread_cond_init(&f->past_wish, &attr);
	pthread_condattr_destroy(&attr);
	f->poll = epoll_create1(EPOLL_CLOEXEC);
	f->stream = (struct stream){.fd = -1, .stop = f->stop};
	f->snapshots = (struct stream){.fd = -1, .stop = f->stop};
	f->messages = f->requests = -1;
	return f;
}

/* Signals are the screen's; the stack is enough for the model, whatever the limit on it. */
static int start(struct feed *f, void *(*fn)(void *feed), pthread_t *ret, bool *ret_started)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int err;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 8 << 20);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(ret, &attr, fn, f);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	*ret_started = !err;
	return -err;
}

static int watch(struct feed *f, int fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(f->poll, EPOLL_CTL_ADD, fd, &e) ? -errno : 0;
}

static int open_events(struct feed *f)
{
	if (f->stop < 0 || f->event < 0 || f->poll < 0)
		return -EMFILE;
	return watch(f, f->event);
}

int feed__of_file(FILE *in, struct feed **ret)
{
	struct feed *f = new_feed();
	int err = open_events(f);

	f->stream.fd = fileno(in);
	f->shared.target = 1;
	if (!err)
		err = feed__open_stream(f);
	f->file = in; /* from now on ours */
	if (!err)
		err = start(f, feed__play, &f->thread, &f->started);
	if (err) {
		f->file = NULL;
		feed__close(f);
		return err;
	}
	*ret = f;
	return 0;
}

int feed__of_collector(const struct feed_pipes *p, struct feed **ret)
{
	struct feed *f = new_feed();
	int err = open_events(f);

	f->stream.fd = p->samples;
	f->snapshots.fd = p->snapshots;
	f->messages = p->messages;
	f->requests = p->requests;
	f->stream.wait = feed__wait_for_samples;
	f->stream.arg = f;
	f->last_came_ns = monotonic_ns();
	f->samples = past__new();
	/* The screen never waits for them. */
	if (!err && (fcntl(f->messages, F_SETFL, O_NONBLOCK) || fcntl(f->requests, F_SETFL, O_NONBLOCK)))
		err = -errno;
	if (!err)
		err = watch(f, f->messages);
	if (!err)
		err = start(f, feed__follow, &f->thread, &f->started);
	if (!err)
		err = start(f, feed__read_snapshots, &f->snapshot_thread, &f->snapshot_started);
	if (!err)
		err = start(f, feed__make_past, &f->past_thread, &f->past_started);
	if (err) {
		feed__close(f);
		return err;
	}
	*ret = f;
	return 0;
}

static void close_descriptor(int fd)
{
	if (fd >= 0)
		close(fd);
}

void feed__close(struct feed *f)
{
	if (!f)
		return;
	feed__lock(f);
	f->stopping = true;
	pthread_cond_broadcast(&f->wish);
	pthread_cond_broadcast(&f->past_wish);
	feed__unlock(f);
	ring(f->stop);
	if (f->started)
		pthread_join(f->thread, NULL);
	if (f->snapshot_started)
		pthread_join(f->snapshot_thread, NULL);
	if (f->past_started)
		pthread_join(f->past_thread, NULL);
	feed__close_stream(f);
	if (f->file)
		fclose(f->file);
	else if (f->requests >= 0)
		close(f->stream.fd);
	close_descriptor(f->snapshots.fd);
	close_descriptor(f->messages);
	close_descriptor(f->requests);
	feed_snapshot__free(f->snapshot);
	feed_snapshot__free(f->shared.snapshot);
	free(f->base);
	moments__free(&f->shared.made);
	moments__free(&f->kept);
	moments__free(&f->shared.past);
	moments__free(&f->past);
	past__free(f->samples);
	close_descriptor(f->stop);
	close_descriptor(f->event);
	close_descriptor(f->poll);
	pthread_cond_destroy(&f->wish);
	pthread_cond_destroy(&f->past_wish);
	pthread_mutex_destroy(&f->mutex);
	free(f);
}

/* ---- what was made --------------------------------------------------------------------------- */

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
		moments__free(kept);
	s->anew = false;
	moments__join(kept, &s->made);
	moments__bound(kept, FEED_BYTES);
	if (f->samples)
		moments__forget_before(kept);
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
	feed_snapshot__free(f->snapshot);
	f->snapshot = f->shared.snapshot;
	f->shared.snapshot = NULL;
	return true;
}

static bool take_past(struct feed *f)
{
	struct feed_shared *s = &f->shared;
	bool changed = s->past.count || (f->past.count && !s->past_wanted);

	if (s->past_anew || !s->past_wanted)
		moments__free(&f->past);
	s->past_anew = false;
	moments__join(&f->past, &s->past);
	moments__bound(&f->past, FEED_PAST_BYTES);
	moments__forget_before(&f->past);
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
