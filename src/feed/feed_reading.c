// SPDX-License-Identifier: GPL-2.0-or-later
/* From a stream of samples to reports, in the reading thread. */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>

#include "feed/feed_private.h"
#include "feed/viewer_cost.h"
#include "thresholds.h"

int feed__open_stream(struct feed *f)
{
	struct saved_head head = {0};
	int err;

	f->in = stream__open(&f->stream);
	if (!f->in)
		return -ENOMEM;
	err = saved_reader__open(f->in, &head, &f->reader);
	if (!err && head.snapshot)
		err = -EMEDIUMTYPE;
	if (err)
		return err;
	f->model = model__new();
	model__want_logs(f->model);
	if (head.every_process)
		model__every_process(f->model);
	if (head.since_ns)
		model__continue(f->model, head.since_ns);
	f->number = 0;
	f->head = head;
	f->begun = false;
	f->last = NULL;
	feed__lock(f);
	f->shared.every_process = head.every_process;
	feed__unlock(f);
	return 0;
}

void feed__close_stream(struct feed *f)
{
	saved_reader__close(f->reader);
	model__free(f->model);
	if (f->in)
		fclose(f->in);
	f->reader = NULL;
	f->model = NULL;
	f->in = NULL;
}

/* A base line is needed again where a run is saved from its beginning; the model keeps none of it. */
static void keep_base(struct feed *f, const struct sample *s)
{
	struct saved_head head = {.every_process = f->shared.every_process};
	struct saved_writer *w = NULL;
	char *bytes = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&bytes, &size);

	if (!to)
		return;
	if (saved_writer__new(to, &head, &w))
		fclose(to);
	else
		saved_writer__sample(w, s);
	saved_writer__close(w);
	feed__lock(f);
	free(f->base);
	f->base = bytes;
	f->base_bytes = size;
	feed__unlock(f);
}

/* By a model of its own; the caller releases it. */
static const struct interval_report *look(struct sample *s)
{
	struct model *m = model__new();
	const struct interval_report *r;

	model__want_logs(m);
	r = interval_report__hold(model__look(m, s));
	model__free(m);
	return r;
}

static const struct interval_report *report_of(struct feed *f, struct sample *s)
{
	struct saved_note note = saved_reader__note(f->reader);
	const struct interval_report *r;

	if (note.look)
		return look(s);
	if (note.skipped) {
		feed__lock(f);
		f->shared.skipped += note.skipped;
		feed__unlock(f);
	}
	if (!f->begun && f->samples)
		past__base(f->samples, f->head.every_process, s);
	else if (!f->begun && !f->head.since_ns)
		keep_base(f, s);
	f->begun = true;
	r = model__interval(f->model, s);
	f->last = r;
	return r ? interval_report__hold(r) : NULL;
}

int feed__read(struct feed *f, const struct interval_report **ret)
{
	struct sample *s;
	int err;

	do {
		clearerr(f->in); /* a file may have grown since it ended */
		err = saved_reader__sample(f->reader, &s);
		if (err)
			return err;
		if (f->samples) /* they come from a collector */
			viewer_cost__add(s);
		*ret = report_of(f, s);
	} while (!*ret);
	return 0;
}

void feed__add(struct feed *f, const struct interval_report *r)
{
	struct feed_shared *s = &f->shared;
	size_t room = s->kept_bytes < FEED_BYTES / 2 ? FEED_BYTES - s->kept_bytes : FEED_BYTES / 2;

	moments__add(&s->made, r, ++f->number);
	if (r->interval_ns)
		s->interval_ns = r->interval_ns;
	/* Of a screen that takes them, the oldest that it has make room. */
	moments__bound(&s->made, room, &s->dropped);
	if (s->dropped.count)
		pthread_cond_signal(&f->past_wish);
	s->position = f->number;
}

void feed__say(struct feed *f, const char *message)
{
	snprintf(f->shared.message, sizeof(f->shared.message), "%s", message ? message : "");
}
