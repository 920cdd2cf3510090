// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/heap.h"

#define NS_PER_MS  1000000ull
#define EVENTS     128     /* of one turn: more than there are, so that it has all that has come */
#define LONGEST_MS 1000000 /* of one wait: then it looks at the clock */

struct source {
	int fd;
	void (*fn)(void *arg, int fd);
	void *arg;
	bool removed; /* while a turn may still come to it */
	struct source *next;
};

struct loop {
	int epoll_fd, timer_fd, signal_fd; /* -1: none */
	struct source *sources;
	bool in_turn, some_removed;
	void (*tick)(void *arg, uint64_t ticks);
	void *tick_arg;
	void (*signal)(void *arg, const struct signalfd_siginfo *info);
	void *signal_arg;
};

int loop__new(struct loop **ret)
{
	struct loop *l = HEAP_NEW(struct loop, 1);

	l->timer_fd = l->signal_fd = -1;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0) {
		int err = -errno;

		free(l);
		return err;
	}
	*ret = l;
	return 0;
}

void loop__free(struct loop *l)
{
	struct source *s, *next;

	if (!l)
		return;
	for (s = l->sources; s; s = next) {
		next = s->next;
		free(s);
	}
	if (l->timer_fd >= 0)
		close(l->timer_fd);
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	close(l->epoll_fd);
	free(l);
}

/* ---- file descriptors ------------------------------------------------------------------- */

int loop__add(struct loop *l, int fd, void (*fn)(void *arg, int fd), void *arg)
{
	struct source *s = HEAP_NEW(struct source, 1);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};

	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &e)) {
		int err = -errno;

		free(s);
		return err;
	}
	*s = (struct source){.fd = fd, .fn = fn, .arg = arg, .next = l->sources};
	l->sources = s;
	return 0;
}

void loop__remove(struct loop *l, int fd)
{
	struct source **at = &l->sources, *s;

	while (*at && ((*at)->fd != fd || (*at)->removed))
		at = &(*at)->next;
	s = *at;
	if (!s)
		return;
	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	if (l->in_turn) {
		s->removed = l->some_removed = true;
		return;
	}
	*at = s->next;
	free(s);
}

static void drop_removed(struct loop *l)
{
	struct source **at = &l->sources, *s;

	l->some_removed = false;
	while ((s = *at)) {
		if (!s->removed) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		free(s);
	}
}

/* ---- timer and signals ------------------------------------------------------------------- */

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
}

static void read_timer(void *arg, int fd)
{
	struct loop *l = arg;
	uint64_t ticks;

	if (read(fd, &ticks, sizeof(ticks)) == sizeof(ticks))
		l->tick(l->tick_arg, ticks);
}

int loop__every(struct loop *l, uint64_t interval_ns, void (*fn)(void *arg, uint64_t ticks), void *arg)
{
	struct itimerspec spec = {.it_interval = timespec_of(interval_ns)};
	int err;

	if (l->timer_fd < 0) {
		l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
		if (l->timer_fd < 0)
			return -errno;
		err = loop__add(l, l->timer_fd, read_timer, l);
		if (err) {
			close(l->timer_fd);
			l->timer_fd = -1;
			return err;
		}
	}
	l->tick = fn;
	l->tick_arg = arg;
	if (interval_ns)
		spec.it_value = monotonic_timespec(monotonic_ns() + interval_ns);
	return timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL) ? -errno : 0;
}

static void read_signals(void *arg, int fd)
{
	struct loop *l = arg;
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info))
		l->signal(l->signal_arg, &info);
}

int loop__signals(struct loop *l, const sigset_t *set,
		  void (*fn)(void *arg, const struct signalfd_siginfo *info), void *arg)
{
	if (l->signal_fd >= 0)
		return -EEXIST;
	l->signal = fn;
	l->signal_arg = arg;
	sigprocmask(SIG_BLOCK, set, NULL);
	l->signal_fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signal_fd < 0 ? -errno : loop__add(l, l->signal_fd, read_signals, l);
}

/* ---- a turn -------------------------------------------------------------------------------- */

/* Milliseconds, rounded up so that it has passed when the wait returns. */
static int time_left(uint64_t end_ns)
{
	uint64_t now;

	if (end_ns == LOOP_FOREVER)
		return -1;
	now = monotonic_ns();
	if (now >= end_ns)
		return 0;
	if (end_ns - now > LONGEST_MS * NS_PER_MS)
		return LONGEST_MS;
	return (int)((end_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

int loop__turn(struct loop *l, uint64_t end_ns)
{
	struct epoll_event events[EVENTS];
	int count;

	while ((count = epoll_wait(l->epoll_fd, events, EVENTS, time_left(end_ns))) < 0)
		if (errno != EINTR)
			return -errno;
	l->in_turn = true;
	for (int i = 0; i < count; i++) {
		struct source *s = events[i].data.ptr;

		if (!s->removed)
			s->fn(s->arg, s->fd);
	}
	l->in_turn = false;
	if (l->some_removed)
		drop_removed(l);
	return 0;
}
