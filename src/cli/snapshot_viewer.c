// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/snapshot_viewer.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/series.h"
#include "cli/viewer.h"
#include "util/heap.h"

struct run {
	struct viewer v;
	struct saved_writer *save;
	struct snapshot_outlet to;
	struct many_series series;
	bool enough; /* the reader has closed the output, or it was found */
};

/* --until-found: these are the last snapshots. */
static int end_round(struct run *r)
{
	int status = STATUS_DONE;

	r->enough = r->to.o->until_found && r->to.found;
	if (r->enough)
		many_series__end(&r->series, &r->to);
	if (session__flush(&r->v.s, &status))
		r->enough = true;
	return status;
}

static int take_note(struct run *r)
{
	struct saved_note note = saved_reader__note(r->v.reader);

	if (note.ended)
		many_series__end_of(&r->series, &r->to, note.ended);
	return note.round ? end_round(r) : STATUS_DONE;
}

static int take_snapshot(struct run *r, const struct saved_snapshot *h, int *ret_status)
{
	struct sample *s;
	int err = viewer__sample(&r->v, &s);

	if (err)
		return err;
	*ret_status = save__snapshot(r->to.o, r->save, s, h);
	if (!*ret_status)
		return many_series__add(&r->series, &r->to, s, h, ret_status);
	sample__free(s);
	return 0;
}

static int show(struct run *r)
{
	struct saved_snapshot h;
	int status = STATUS_DONE, err = 0;
	bool noted = false;

	while (!status && !err && !r->enough && !(err = viewer__snapshot(&r->v, &h, &noted))) {
		if (noted)
			status = take_note(r);
		else
			err = take_snapshot(r, &h, &status);
	}
	/* Also what there is of a collector that has died; one that has failed has said why. */
	if (status || (err && !viewer__may_show(&r->v)))
		return status;
	many_series__end(&r->series, &r->to);
	status = exports__write(&r->to.exports);
	return session__finish(&r->v.s, status);
}

static int begin(struct run *r, const struct options *o)
{
	int status;

	r->to = (struct snapshot_outlet){.o = o, .view = r->v.s.view, .out = &r->v.s.out};
	status = save__open(o, true, false, &r->save);
	if (!status)
		status = exports__open(&r->to.exports, o, r->v.apart->monitor);
	return status ? status : viewer__begin(&r->v);
}

int snapshot_viewer__run(const struct options *o, struct apart *a)
{
	struct run *r = HEAP_NEW(struct run, 1);
	int status = viewer__open(&r->v, a, o);

	if (!status && !r->v.over)
		status = begin(r, o);
	if (!status && !r->v.over)
		status = show(r);
	status = viewer__end(&r->v, status);
	if (!status && r->to.found)
		status = STATUS_FOUND;
	many_series__free(&r->series);
	exports__close(&r->to.exports);
	saved_writer__close(r->save);
	viewer__close(&r->v);
	free(r);
	return status;
}
