// SPDX-License-Identifier: GPL-2.0-or-later
#include "feed/writing.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "feed/feed_private.h"
#include "util/heap.h"

struct writing {
	char *path;
	int event; /* an eventfd */
	unsigned holders;
	bool stop; /* read without the mutex by what writes */

	/* Of a collector: */
	struct past *past; /* held; NULL: of a file */
	uint64_t to;
	/* Of a file: */
	const struct interval_report **reports; /* held, oldest first */
	size_t count;
	const struct interval_report
		*before; /* held: the first interval is compared with it; NULL: with base */
	char *base;      /* in the saved form; NULL: not kept */
	size_t base_bytes;
	bool every_process;

	pthread_mutex_t mutex;
	struct writing_state state;
};

static void release(struct writing *w)
{
	if (__atomic_sub_fetch(&w->holders, 1, __ATOMIC_ACQ_REL))
		return;
	past__free(w->past);
	for (size_t i = 0; i < w->count; i++)
		interval_report__release(w->reports[i]);
	free(w->reports);
	interval_report__release(w->before);
	free(w->base);
	free(w->path);
	close(w->event);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}

/* ---- the thread ---------------------------------------------------------------------------------- */

static bool goes_on(void *writing, uint64_t written)
{
	struct writing *w = writing;

	pthread_mutex_lock(&w->mutex);
	w->state.written = written;
	pthread_mutex_unlock(&w->mutex);
	return !__atomic_load_n(&w->stop, __ATOMIC_RELAXED);
}

/* What the first interval is compared with: the moment before, or the run's base line. */
static int write_base(const struct writing *w, struct saved_writer **ret)
{
	struct saved_head head = {.every_process = w->every_process}, unused;
	const struct sample *s = w->before ? interval_report__sample(w->before) : NULL;
	struct saved_reader *r = NULL;
	struct sample *base = NULL;
	FILE *in = NULL;
	int err = 0;

	if (s) {
		head.since_ns = s->now_ns - w->before->watched_ns;
	} else {
		in = w->base ? fmemopen(w->base, w->base_bytes, "r") : NULL;
		err = in ? saved_reader__open(in, &unused, &r) : -ENODATA;
		if (!err)
			err = saved_reader__sample(r, &base);
		s = base;
	}
	if (!err)
		err = saved_writer__create(w->path, &head, ret);
	if (!err)
		err = saved_writer__sample(*ret, s);
	sample__free(base);
	saved_reader__close(r);
	if (in)
		fclose(in);
	return err;
}

static int write_reports(struct writing *w)
{
	struct saved_writer *out = NULL;
	int err = write_base(w, &out), closed;

	for (size_t i = 0; !err && i < w->count; i++) {
		err = goes_on(w, i) ? saved_writer__sample(out, interval_report__sample(w->reports[i]))
				    : -ECANCELED;
		if (!err)
			goes_on(w, i + 1);
	}
	closed = saved_writer__close(out);
	return err ? err : closed;
}

static void *run(void *writing)
{
	struct writing *w = writing;
	int err = w->past ? past__save(w->past, w->to, w->path, goes_on, w) : write_reports(w);

	pthread_mutex_lock(&w->mutex);
	w->state.over = true;
	w->state.err = err;
	pthread_mutex_unlock(&w->mutex);
	feed__ring_at(w->event);
	release(w);
	return NULL;
}

/* ---- from a feed --------------------------------------------------------------------------------- */

/* Of moments at hand; a first look is not an interval. */
static int take_reports(struct writing *w, struct feed *f)
{
	const struct interval_report *before = f->kept.before;
	size_t i = 0;

	while (i < f->count && !feed__moment(f, i)->report->interval_ns)
		i++;
	if (i == f->count)
		return -ENODATA;
	if (i)
		before = feed__moment(f, i - 1)->report;
	if (before && before->interval_ns)
		w->before = interval_report__hold(before);
	w->reports = HEAP_NEW(const struct interval_report *, f->count - i);
	while (i < f->count)
		w->reports[w->count++] = interval_report__hold(feed__moment(f, i++)->report);
	w->state.wanted = w->count;
	w->every_process = f->every_process;
	feed__lock(f); /* the base line is the reading thread's */
	w->base = f->base ? heap__copy(f->base, f->base_bytes) : NULL;
	w->base_bytes = f->base_bytes;
	feed__unlock(f);
	return 0;
}

static int take_past(struct writing *w, const struct feed *f)
{
	uint64_t oldest = past__first(f->samples);

	w->to = f->count ? feed__moment(f, f->count - 1)->number : 0;
	if (!oldest || w->to < oldest)
		return -ENODATA;
	w->past = past__hold(f->samples);
	w->state.wanted = w->to - oldest + 1;
	return 0;
}

int feed__write(const struct feed *f, const char *path, struct writing **ret)
{
	struct writing *w = HEAP_NEW(struct writing, 1);
	int err;

	w->holders = 1;
	w->path = heap__string(path);
	w->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&w->mutex, NULL);
	err = w->event < 0 ? -errno : f->samples ? take_past(w, f) : take_reports(w, (struct feed *)f);
	if (!err) {
		w->holders++;
		err = feed__start_thread(run, w, NULL);
		if (err)
			w->holders--;
	}
	if (err) {
		release(w);
		return err;
	}
	*ret = w;
	return 0;
}

/* ---- for the screen's thread --------------------------------------------------------------------- */

struct writing_state writing__state(struct writing *w)
{
	struct writing_state state;

	pthread_mutex_lock(&w->mutex);
	state = w->state;
	pthread_mutex_unlock(&w->mutex);
	return state;
}

const char *writing__path(const struct writing *w)
{
	return w->path;
}

int writing__fd(const struct writing *w)
{
	return w->event;
}

void writing__stop(struct writing *w)
{
	__atomic_store_n(&w->stop, true, __ATOMIC_RELAXED);
}

void writing__close(struct writing *w)
{
	if (!w)
		return;
	writing__stop(w);
	release(w);
}
