// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/top_viewer.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/viewer.h"
#include "model/interval/heatmap.h"
#include "model/interval/model.h"
#include "util/clock.h"
#include "util/duration.h"
#include "util/heap.h"

#define HEAT_BLOCK 64 /* columns of a heat map that is not on a terminal */

static void measure_terminal(struct view_options *out)
{
	struct winsize size;

	if (out->refresh && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) {
		out->rows = size.ws_row;
		out->columns = size.ws_col;
	}
}

struct run {
	struct viewer v;
	const struct options *o;
	struct model *model;
	struct saved_writer *save;
	struct heatmap *heatmap;            /* NULL: not requested */
	const struct interval_report *last; /* as long as the model has it */
	uint64_t shown;                     /* intervals */
	uint64_t sampled_ns;                /* monotonic: the last sample with counts; 0: none */
	bool begun;                         /* there was a sample with names */
	bool found;                         /* a finding of --fail-on */
	bool over;                          /* the reader has closed the output, or it was found */
};

/* On a terminal the heat map is redrawn each time, elsewhere only when it is full or the run ends. */
static void show_heatmap(struct run *run, const struct interval_report *r)
{
	struct heatmap *h = run->heatmap;

	heatmap__add(h, r);
	if (!run->v.s.out.refresh && h->count < HEAT_BLOCK)
		return;
	run->v.s.view->heatmap(&run->v.s.out, h, r);
	if (!run->v.s.out.refresh)
		h->count = 0;
}

static void show_report(struct run *run, const struct interval_report *r)
{
	struct session *s = &run->v.s;
	bool logs = run->o->command->about_logs;

	run->found = run->found || fail_on__found(&run->o->fail_on, r->findings, r->finding_count, logs);
	measure_terminal(&s->out);
	if (run->heatmap)
		show_heatmap(run, r);
	else if (logs)
		s->view->logs(&s->out, r);
	else
		s->view->interval(&s->out, r);
}

/* --until-found: this report is the last. */
static int flush(struct run *run)
{
	int status = STATUS_DONE;

	if (session__flush(&run->v.s, &status) || (run->found && run->o->until_found))
		run->over = true;
	return status;
}

/* By a model of its own. What a look shows is shown at once; attaching takes a second. */
static int show_look(struct run *run, struct sample *s)
{
	struct model *m = model__new();
	int status;

	show_report(run, model__look(m, s));
	status = flush(run);
	model__free(m);
	return status;
}

/* Between two collectors nothing is counted. */
static void say_missing(const struct run *run, const struct sample *base)
{
	char d[DURATION_TEXT];

	complain(STATUS_DONE,
		 "another collector is attached: what happened in the %s before is missing, all totals begin "
		 "anew",
		 duration_format(d, sizeof(d), gained_since(base->now_ns, run->sampled_ns)));
}

/* The base line begins the first interval. */
static void begin(struct run *run, const struct saved_note *note, const struct sample *base)
{
	run->begun = true;
	run->v.s.out.worker_count = note->workers;
	if (run->o->duration_ns && run->v.end_ns == LOOP_FOREVER)
		run->v.end_ns = monotonic_ns() + run->o->duration_ns;
	if (run->sampled_ns)
		say_missing(run, base);
}

/* One interval. Takes s. */
static int show_sample(struct run *run, struct sample *s)
{
	struct saved_note note = saved_reader__note(run->v.reader);
	const struct interval_report *r;
	int status;

	if (note.look)
		return show_look(run, s);
	status = save__sample(run->o, run->save, s);
	if (!run->begun)
		begin(run, &note, s);
	run->sampled_ns = s->now_ns;
	run->last = r = model__interval(run->model, s);
	if (status || !r)
		return status;
	run->shown++;
	show_report(run, r);
	return flush(run);
}

/* Another collector, with what is left of the run. What is saved goes on: a sample says whose it is. */
static bool restart(struct run *run)
{
	const struct options *o = run->o;
	uint64_t left_ns = o->duration_ns;

	if (left_ns && run->v.end_ns != LOOP_FOREVER)
		left_ns = gained_since(run->v.end_ns, monotonic_ns());
	if ((o->count && run->shown >= o->count) || (o->duration_ns && !left_ns))
		return false;
	if (!viewer__restart(&run->v, o->count ? o->count - run->shown : 0, left_ns))
		return false;
	run->begun = false;
	return !viewer__begin(&run->v);
}

static int show(struct run *run)
{
	struct heatmap *h = run->heatmap;
	struct sample *s;
	int status = STATUS_DONE;

	do {
		while (!status && !run->over && !viewer__sample(&run->v, &s))
			status = show_sample(run, s);
	} while (!status && !run->over && restart(run));
	if (h && !run->v.s.out.refresh && h->count && run->last)
		run->v.s.view->heatmap(&run->v.s.out, h, run->last);
	return session__finish(&run->v.s, status);
}

static int start(struct run *run)
{
	/* Before anything is written: no other file takes the place of a standard output that is closed. */
	int status = save__open(run->o, false, run->v.head.every_process, &run->save);

	run->v.s.out.every_process = run->v.head.every_process;
	if (run->v.head.every_process)
		model__every_process(run->model);
	if (run->o->command->about_logs)
		model__want_logs(run->model);
	return status ? status : viewer__begin(&run->v);
}

int top_viewer__run(const struct options *o, struct apart *a)
{
	struct run *run = HEAP_NEW(struct run, 1);
	int status = viewer__open(&run->v, a, o);

	run->o = o;
	run->model = model__new();
	run->heatmap = o->heatmap ? HEAP_NEW(struct heatmap, 1) : NULL;
	if (!status && !run->v.over)
		status = start(run);
	if (!status && !run->v.over)
		status = show(run);
	status = viewer__end(&run->v, status);
	if (!status && run->found)
		status = STATUS_FOUND;
	else if (run->v.restarts)
		status = STATUS_FAILED; /* there was a time that was not seen */
	saved_writer__close(run->save);
	viewer__close(&run->v);
	model__free(run->model);
	free(run->heatmap);
	free(run);
	return status;
}
