// SPDX-License-Identifier: GPL-2.0-or-later
/* The thread that makes reports of older moments again, from their samples, where the screen goes back. */
#include <errno.h>
#include <stdlib.h>

#include "feed/feed_private.h"
#include "thresholds.h"

/* A model on its way through the history. */
struct pass {
	struct model *model; /* NULL: not begun */
	struct past_part part;
	FILE *in;
	struct saved_reader *reader;
	uint64_t number; /* of the next report */
};

static void close_part(struct pass *p)
{
	saved_reader__close(p->reader);
	if (p->in)
		fclose(p->in);
	p->reader = NULL;
	p->in = NULL;
	past_part__free(&p->part);
}

static void end_pass(struct pass *p)
{
	close_part(p);
	model__free(p->model);
	p->model = NULL;
}

/* The base line of a part is new only to a model that begins with it. */
static int open_part(struct feed *f, struct pass *p, uint64_t number)
{
	struct saved_head head;
	struct sample *base;
	int err = past__part(f->samples, number, &p->part);

	if (err)
		return err;
	p->number = p->part.first;
	p->in = fmemopen(p->part.bytes, p->part.size, "r");
	err = p->in ? saved_reader__open(p->in, &head, &p->reader) : -ENOMEM;
	if (!err)
		err = saved_reader__sample(p->reader, &base);
	if (err)
		return err;
	if (p->model) {
		sample__free(base);
		return 0;
	}
	p->model = model__new();
	model__want_logs(p->model);
	if (head.every_process)
		model__every_process(p->model);
	if (head.since_ns)
		model__continue(p->model, head.since_ns);
	model__interval(p->model, base);
	return 0;
}

/* From the part before: what lasts is then seen to last. */
static int begin_pass(struct feed *f, struct pass *p, uint64_t number)
{
	int err;

	end_pass(p);
	err = open_part(f, p, number);
	if (err || p->part.first > number)
		return err ? err : -ENODATA;
	number = p->part.first > 1 ? p->part.first - 1 : p->part.first;
	end_pass(p);
	return open_part(f, p, number);
}

static int make_next(struct feed *f, struct pass *p, struct moments *to)
{
	const struct interval_report *r;
	struct dropped dropped = {0};
	struct sample *s;
	int err = 0;

	if (p->number == p->part.first + p->part.count) {
		uint64_t next = p->number;

		close_part(p);
		err = open_part(f, p, next);
		if (!err && p->number != next)
			err = -ENODATA;
	}
	if (!err)
		err = saved_reader__sample(p->reader, &s);
	if (err)
		return err;
	r = model__interval(p->model, s);
	if (!r)
		return -EINVAL;
	moments__add(to, interval_report__hold(r), p->number++);
	moments__bound(to, FEED_PAST_BYTES, &dropped);
	moments__forget_before(to, &dropped);
	dropped__free(&dropped);
	return 0;
}

static bool is_wanted(struct feed *f, uint64_t number)
{
	bool wanted;

	feed__lock(f);
	wanted = !f->stopping && f->shared.past_wanted == number;
	feed__unlock(f);
	return wanted;
}

static int go_to(struct feed *f, struct pass *p, uint64_t number, struct moments *to)
{
	int err = 0;

	while (!err && p->number <= number && is_wanted(f, number))
		err = make_next(f, p, to);
	return err ? err : p->number > number ? 0 : -ECANCELED;
}

/* A pass goes on where it is on its way. The open part grows: if what was read of it does not have the
 * moment, the pass begins anew. */
static int make(struct feed *f, struct pass *p, uint64_t number, struct moments *to, bool *ret_anew)
{
	bool goes_on = p->model && p->number <= number && number - p->number <= HISTORY_MOMENTS;
	int err = goes_on ? go_to(f, p, number, to) : -ENODATA;

	if (err && err != -ECANCELED) {
		*ret_anew = true;
		moments__free(to);
		err = begin_pass(f, p, number);
		if (!err)
			err = go_to(f, p, number, to);
	}
	if (err && err != -ECANCELED)
		end_pass(p);
	return err;
}

void *feed__make_past(void *feed)
{
	struct feed *f = feed;
	struct feed_shared *s = &f->shared;
	struct moments made = {0};
	struct pass pass = {0};
	bool anew = false;

	feed__lock(f);
	while (!f->stopping) {
		uint64_t number;
		int err;

		feed__bury(f);
		number = s->past_wanted;
		if (f->stopping)
			break;
		if (number == s->past_number) {
			pthread_cond_wait(&f->past_wish, &f->mutex);
			continue;
		}
		feed__unlock(f);
		if (number) {
			err = make(f, &pass, number, &made, &anew);
		} else {
			end_pass(&pass); /* the memory is for what is new */
			err = 0;
		}
		feed__lock(f);
		if (err == -ECANCELED)
			continue;
		s->past_number = number;
		if (!err && number) {
			if (anew)
				moments__clear(&s->past, &s->dropped);
			s->past_anew = s->past_anew || anew;
			moments__join(&s->past, &made, &s->dropped);
			feed__ring(f);
		}
		moments__clear(&made, &s->dropped);
		anew = false;
	}
	feed__unlock(f);
	end_pass(&pass);
	moments__free(&made);
	return NULL;
}
