// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"
#include "cli/exports.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/first_look.h"
#include "cli/screen_run.h"
#include "cli/session.h"
#include "model/interval/heatmap.h"
#include "model/interval/model.h"
#include "facts/saved/saved.h"
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
	struct session s;
	struct model *model;
	struct first_look *look; /* until the first sample with names */
	struct saved_writer *save;
	struct heatmap *heatmap; /* NULL: not requested */
	bool found;              /* a finding of --fail-on */
	bool over;               /* the report on the end of every target was printed */
};

/* On a terminal the heat map is redrawn each time, elsewhere only when it is full or the run ends. */
static void show_heatmap(struct run *run, const struct interval_report *r, bool last)
{
	struct heatmap *h = run->heatmap;

	heatmap__add(h, r);
	if (!run->s.out.refresh && !last && h->count < HEAT_BLOCK)
		return;
	run->s.view->heatmap(&run->s.out, h, r);
	if (!run->s.out.refresh)
		h->count = 0;
}

static void show_report(struct run *run, const struct interval_report *r, bool last)
{
	struct session *s = &run->s;

	measure_terminal(&s->out);
	if (run->heatmap)
		show_heatmap(run, r, last);
	else if (s->o->command->about_logs)
		s->view->logs(&s->out, r);
	else
		s->view->interval(&s->out, r);
}

/* --until-found: this report is the last. */
static bool is_enough(const struct run *run)
{
	return run->found && run->s.o->until_found;
}

/* One interval: sample, report, print. 0 to go on. */
static int show(struct run *run, bool last, int *ret_status)
{
	struct session *s = &run->s;
	const struct interval_report *r;
	struct sample *sample;
	int err = collector__sample(s->collector, &sample);

	if (err) {
		*ret_status = complain(STATUS_FAILED, "cannot read the threads");
		return 1;
	}
	*ret_status = save__sample(s->o, run->save, sample);
	r = model__interval(run->model, sample);
	if (*ret_status)
		return 1;
	if (r) {
		run->found = run->found || fail_on__found(&s->o->fail_on, r->findings, r->finding_count,
							  s->o->command->about_logs);
		run->over = session__is_last(s, interval_report__sample(r));
		show_report(run, r, last || run->over || is_enough(run));
	}
	first_look__free(run->look);
	run->look = NULL;
	return session__flush(s, ret_status);
}

/* What a look shows is shown at once; attaching takes a second. 0 to go on. */
static int show_first_look(struct run *run, int *ret_status)
{
	struct session *s = &run->s;
	struct first_look *l = s->o->command->about_logs ? NULL : first_look__take(s);
	const struct interval_report *r;

	if (!l)
		return 0;
	run->look = l;
	r = first_look__report(l);
	run->found = fail_on__found(&s->o->fail_on, r->findings, r->finding_count, false);
	show_report(run, r, false);
	s->seen = true;
	return session__flush(s, ret_status) || is_enough(run);
}

static int loop(struct run *run)
{
	const struct options *o = run->s.o;
	uint64_t shown = 0, end_ns = o->duration_ns ? run->s.started_ns + o->duration_ns : LOOP_FOREVER;
	int status = STATUS_DONE;

	if (session__tick(&run->s, o->interval_ns))
		return complain(STATUS_FAILED, "cannot set a timer");
	for (;;) {
		int wake = session__wait_until(&run->s, end_ns);
		bool last = (wake & (WAKE_STOP | WAKE_ENDED)) || (o->count && shown + 1 >= o->count);

		if (wake & WAKE_EVENTS)
			collector__events(run->s.collector, NULL, NULL);
		if (!(wake & (WAKE_TIMER | WAKE_STOP | WAKE_ENDED)))
			continue;
		if (show(run, last, &status) || last || is_enough(run))
			return status;
		if (run->over) { /* its exit status is still to come */
			while (!(wake & (WAKE_STOP | WAKE_ENDED)))
				wake = session__wait_until(&run->s, end_ns);
			return status;
		}
		shown++;
	}
}

static int observe(struct run *run)
{
	struct sample *first = NULL;
	int status = session__open_probes(&run->s, false);

	if (!status)
		status = session__begin(&run->s, &first);
	if (status)
		return status;
	status = save__sample(run->s.o, run->save, first);
	model__interval(run->model, first);
	return status ? status : session__finish(&run->s, loop(run));
}

/* Takes m. */
static int run_model(const struct options *o, struct model *m)
{
	struct run run = {.model = m, .heatmap = o->heatmap ? HEAP_NEW(struct heatmap, 1) : NULL};
	bool every_process = !o->pid_count && !o->name_count && !o->child;
	int status = session__open_targets(&run.s, o), over = 0;

	if (every_process)
		model__every_process(m);
	if (!status)
		status = session__check_limits(&run.s);
	/* Before anything is written: no other file takes the place of a standard output that is closed. */
	if (!status)
		status = save__open(o, false, every_process, &run.save);
	if (!status)
		over = show_first_look(&run, &status);
	if (!status && !over)
		status = observe(&run);
	first_look__free(run.look);
	saved_writer__close(run.save);
	session__close(&run.s);
	model__free(m);
	free(run.heatmap);
	return !status && run.found ? STATUS_FOUND : status;
}

int command_top(const struct options *o)
{
	int status = exports__check_apart(o);

	heap__give_back();
	if (status)
		return status;
	if (screen_run__possible(o) && o->calls)
		return complain(STATUS_USAGE, "the full screen does not show --calls; add --batch or --json");
	if (screen_run__possible(o))
		return screen_run__live(o);
	return run_model(o, model__new());
}

int command_logs(const struct options *o)
{
	struct model *m;

	heap__give_back();
	if (screen_run__possible(o))
		return screen_run__live(o);
	m = model__new();
	model__want_logs(m);
	return run_model(o, m);
}
