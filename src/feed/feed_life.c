// SPDX-License-Identifier: GPL-2.0-or-later
/* A feed begins and ends: its threads, its pipes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "feed/feed_private.h"
#include "util/clock.h"
#include "util/heap.h"

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
int feed__start_thread(void *(*fn)(void *arg), void *arg, pthread_t *ret)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t detached;
	int err;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 8 << 20);
	if (!ret)
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(ret ? ret : &detached, &attr, fn, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

static int start(struct feed *f, void *(*fn)(void *feed), pthread_t *ret, bool *ret_started)
{
	int err = feed__start_thread(fn, f, ret);

	*ret_started = !err;
	return err;
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

static void close_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Tells the threads and the collector that it is over. */
static void stop(struct feed *f)
{
	feed__lock(f);
	f->stopping = true;
	pthread_cond_broadcast(&f->wish);
	pthread_cond_broadcast(&f->past_wish);
	feed__unlock(f);
	feed__ring_at(f->stop);
	close_descriptor(&f->messages);
	close_descriptor(&f->requests);
}

static void *close_alone(void *feed)
{
	feed__close(feed);
	return NULL;
}

void feed__leave(struct feed *f)
{
	if (!f)
		return;
	stop(f);
	if (feed__start_thread(close_alone, f, NULL))
		feed__close(f);
}

void feed__close(struct feed *f)
{
	if (!f)
		return;
	stop(f);
	if (f->started)
		pthread_join(f->thread, NULL);
	if (f->snapshot_started)
		pthread_join(f->snapshot_thread, NULL);
	if (f->past_started)
		pthread_join(f->past_thread, NULL);
	feed__close_stream(f);
	if (f->file)
		fclose(f->file);
	else if (f->samples)
		close_descriptor(&f->stream.fd);
	close_descriptor(&f->snapshots.fd);
	feed_snapshot__free(f->snapshot);
	feed_snapshot__free(f->shared.snapshot);
	feed_snapshot__free(f->shared.dropped_snapshot);
	free(f->base);
	moments__free(&f->shared.made);
	moments__free(&f->kept);
	moments__free(&f->shared.past);
	moments__free(&f->past);
	dropped__free(&f->shared.dropped);
	past__free(f->samples);
	close_descriptor(&f->stop);
	close_descriptor(&f->event);
	close_descriptor(&f->poll);
	pthread_cond_destroy(&f->wish);
	pthread_cond_destroy(&f->past_wish);
	pthread_mutex_destroy(&f->mutex);
	free(f);
}
