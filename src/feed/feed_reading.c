// SPDX-License-Identifier: GPL-2.0-or-later
/* From a stream of samples to reports, in the reading thread. */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>

#include "feed/feed_private.h"
#include "thresholds.h"

int feed__open_stream(struct feed *f)
{
	struct saved_head head;
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
	f->number = 0;
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

int feed__read(struct feed *f, const struct interval_report **ret)
{
	struct sample *s;
	int err;

	do {
		clearerr(f->in); /* a file may have grown since it ended */
		err = saved_reader__sample(f->reader, &s);
		if (err)
			return err;
		*ret = model__interval(f->model, s);
	} while (!*ret);
	return 0;
}

void feed__add(struct feed *f, const struct interval_report *r)
{
	struct feed_shared *s = &f->shared;
	size_t room = s->kept_bytes < FEED_BYTES / 2 ? FEED_BYTES - s->kept_bytes : FEED_BYTES / 2;

	moments__add(&s->made, r, ++f->number);
	/* Of a screen that takes them, the oldest that it has make room. */
	moments__bound(&s->made, room);
	s->position = f->number;
}

void feed__say(struct feed *f, const char *message)
{
	snprintf(f->shared.message, sizeof(f->shared.message), "%s", message ? message : "");
}
