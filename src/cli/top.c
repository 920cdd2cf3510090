// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/session.h"
#include "model/model.h"
#include "sample/sample.h"

static void measure_terminal(struct view_options *out)
{
	struct winsize size;

	if (out->refresh && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) {
		out->rows = size.ws_row;
		out->columns = size.ws_col;
	}
}

/* One interval: sample, report, print. 0 to go on. */
static int show(struct session *s, struct model *m, FILE *save, int *ret_status)
{
	const struct interval_report *r;
	struct sample *sample;
	int err = collector__sample(s->collector, &sample);

	if (err) {
		*ret_status = complain(STATUS_FAILED, "cannot read the threads any more");
		return 1;
	}
	*ret_status = save__sample(s->o, save, sample);
	r = model__interval(m, sample);
	if (*ret_status)
		return 1;
	measure_terminal(&s->out);
	if (r && s->o->command->run == command_logs)
		s->view->logs(&s->out, r);
	else if (r)
		s->view->interval(&s->out, r);
	return session__flush(s, ret_status);
}

static int loop(struct session *s, struct model *m, FILE *save)
{
	const struct options *o = s->o;
	uint64_t shown = 0, end_ns = o->duration_ns ? s->started_ns + o->duration_ns : UINT64_MAX;
	int status = STATUS_DONE;

	if (session__tick(s, o->interval_ns))
		return complain(STATUS_FAILED, "cannot set a timer");
	for (;;) {
		int wake = session__wait_until(s, end_ns);

		if (wake & WAKE_EVENTS)
			collector__events(s->collector, NULL, NULL);
		if (!(wake & (WAKE_TIMER | WAKE_STOP | WAKE_ENDED)))
			continue;
		if (show(s, m, save, &status))
			return status;
		shown++;
		if ((wake & (WAKE_STOP | WAKE_ENDED)) || (o->count && shown >= o->count))
			return status;
	}
}

static int run(const struct options *o, struct model *m)
{
	struct sample *first = NULL;
	FILE *save = NULL;
	struct session s;
	int status;

	if (!m)
		return complain(STATUS_FAILED, "out of memory");
	status = session__open(&s, o, false);
	if (!status)
		status = save__open(o, false, s.out.every_process, &save);
	if (!status)
		status = session__begin(&s, &first);
	if (!status) {
		status = save__sample(o, save, first);
		model__interval(m, first);
		if (!status)
			status = session__finish(&s, loop(&s, m, save));
	}
	save__close(save);
	session__close(&s);
	model__free(m);
	return status;
}

int command_top(const struct options *o)
{
	return run(o, model__new());
}

int command_logs(const struct options *o)
{
	struct model *m = model__new();

	if (m)
		model__want_logs(m);
	return run(o, m);
}
