// SPDX-License-Identifier: GPL-2.0-or-later
/* Shows a file that --save wrote, with the same model and the same views, without a kernel or a target. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/screen_run.h"
#include "cli/series.h"
#include "cli/session.h"
#include "model/interval/model.h"
#include "facts/saved/saved.h"

struct replay {
	const struct options *o;
	FILE *in;
	struct saved_reader *reader;
	struct view_options out;
	const struct view *view;
	struct snapshot_outlet to;
	struct many_series series; /* of snapshots */
};

static int complain_save(const char *path, int err)
{
	if (err == -ELOOP)
		return complain(
			STATUS_FAILED,
			"cannot save to '%s': it is a symbolic link, or the path leads through one of "
			"another user; give the path of the file itself",
			path);
	if (err == -EPERM)
		return complain(STATUS_FAILED,
				"cannot save to '%s': not a private file of this user; give another path",
				path);
	return complain(STATUS_FAILED, "cannot save to '%s': %s", path, strerror(-err));
}

int save__open(const struct options *o, bool snapshot, bool every_process, struct saved_writer **ret)
{
	struct saved_head h = {.snapshot = snapshot, .every_process = every_process};
	int err = o->save_file ? saved_writer__create(o->save_file, &h, ret) : 0;

	return err ? complain_save(o->save_file, err) : STATUS_DONE;
}

int save__sample(const struct options *o, struct saved_writer *to, const struct sample *s)
{
	int err = to ? saved_writer__sample(to, s) : 0;

	return err ? complain_save(o->save_file, err) : STATUS_DONE;
}

int save__snapshot(const struct options *o, struct saved_writer *to, const struct sample *s,
		   const struct saved_snapshot *h)
{
	int err = to ? saved_writer__snapshot(to, h) : 0;

	return err ? complain_save(o->save_file, err) : save__sample(o, to, s);
}

static int complain_load(const struct replay *r, int err)
{
	return complain(STATUS_FAILED, "cannot replay '%s': %s", r->o->replay_file, saved__problem(err));
}

/* A reader that closes the pipe has seen enough: not an error. */
static int flush(struct replay *r, bool *ret_over)
{
	errno = 0;
	*ret_over = fflush(r->out.out) || ferror(r->out.out);
	if (!*ret_over || errno == EPIPE)
		return STATUS_DONE;
	return complain(STATUS_FAILED, "cannot write the output: %s", strerror(errno ? errno : EIO));
}

/* --until-found: what follows is not shown. */
static bool is_enough(const struct replay *r)
{
	return r->o->until_found && r->to.found;
}

static int replay_top(struct replay *r, const struct saved_head *h)
{
	const struct interval_report *report;
	struct model *m = model__new();
	int err = 0, status = STATUS_DONE;
	struct sample *s;
	bool over = false;

	if (r->out.every_process)
		model__every_process(m);
	if (h->since_ns)
		model__continue(m, h->since_ns);
	while (!over && !status && !(err = saved_reader__sample(r->reader, &s))) {
		report = model__interval(m, s);
		if (report) {
			r->to.found = r->to.found || fail_on__found(&r->o->fail_on, report->findings,
								    report->finding_count, false);
			r->view->interval(&r->out, report);
		}
		status = flush(r, &over);
		over = over || is_enough(r);
	}
	model__free(m);
	return over || status || err == -ENODATA ? status : complain_load(r, err);
}

static int load_snapshot(struct replay *r, const struct saved_snapshot *h)
{
	struct sample *s;
	int err = saved_reader__sample(r->reader, &s), status;

	if (err)
		return complain_load(r, err == -ENODATA ? -EBADMSG : err);
	if (h->of <= 1 && r->o->weight == WEIGHT_OFF_CPU) {
		sample__free(s);
		return complain(STATUS_USAGE,
				"--by off-cpu needs several snapshots, but '%s' contains a single one",
				r->o->replay_file);
	}
	err = many_series__add(&r->series, &r->to, s, h, &status);
	return err ? complain_load(r, err) : status;
}

static int replay_snapshots(struct replay *r)
{
	int err = 0, status = STATUS_DONE;
	struct saved_snapshot h;
	bool over = false;

	while (!over && !status && !(err = saved_reader__snapshot(r->reader, &h))) {
		status = load_snapshot(r, &h);
		if (!status)
			status = flush(r, &over);
		over = over || is_enough(r);
	}
	/* Processes that ended before the last snapshot. */
	if (!status)
		many_series__end(&r->series, &r->to);
	if (!status && !over && err != -ENODATA)
		status = complain_load(r, err);
	return status ? status : exports__write(&r->to.exports);
}

/* An option that was given and applies to snapshots only; NULL: none. */
static const char *snapshot_option(const struct options *o)
{
	if (o->folded)
		return "folded";
	if (o->pprof_file)
		return "pprof";
	if (o->flamegraph_file)
		return "flamegraph";
	if (o->idle)
		return "idle";
	if (o->all)
		return "all";
	if (o->kernel_stacks)
		return "kernel-stacks";
	if (o->tid_count)
		return "tid";
	return o->has_match ? "match" : NULL;
}

static unsigned reporters(bool top)
{
	return top ? IN_TOP : IN_SNAPSHOT | IN_SERIES;
}

static int complain_kind(const struct replay *r, bool top)
{
	char kinds[FAIL_ON_KINDS];

	return complain(
		STATUS_USAGE, "--fail-on: '%s' contains '%s' data, which never has '%s'; it may have %s",
		r->o->replay_file, top ? "top" : "snapshot", fail_on__alien(&r->o->fail_on, reporters(top)),
		fail_on__kinds(kinds, sizeof(kinds), reporters(top)));
}

static int replay_file(struct replay *r)
{
	struct saved_head h;
	int err = saved_reader__open(r->in, &h, &r->reader);

	if (err)
		return complain_load(r, err);
	if (!h.snapshot && snapshot_option(r->o))
		return complain(STATUS_USAGE, "--%s needs a snapshot, but '%s' contains 'top' data",
				snapshot_option(r->o), r->o->replay_file);
	if (fail_on__alien(&r->o->fail_on, reporters(!h.snapshot)))
		return complain_kind(r, !h.snapshot);
	r->out.every_process = h.every_process;
	return h.snapshot ? replay_snapshots(r) : replay_top(r, &h);
}

/* Its options are of top, and none that only a document of it can refuse. */
static bool fits_screen(const struct options *o)
{
	return screen_run__possible(o) && !snapshot_option(o) &&
	       !fail_on__alien(&o->fail_on, reporters(true));
}

int command_replay(const struct options *o)
{
	struct replay r = {.o = o};
	int status;

	r.view = choose_view(o, stdout, &r.out);
	r.in = fopen(o->replay_file, "re");
	if (!r.in)
		return complain_load(&r, -errno);
	if (fits_screen(o) && screen_run__replay(o, r.in, &status))
		return status;
	/* A closed pipe is an error of the stream. */
	signal(SIGPIPE, SIG_IGN);
	r.to = (struct snapshot_outlet){.o = o, .view = r.view, .out = &r.out};
	status = exports__open(&r.to.exports, o, -1);
	if (!status)
		status = replay_file(&r);
	many_series__free(&r.series);
	exports__close(&r.to.exports);
	saved_reader__close(r.reader);
	fclose(r.in);
	return !status && r.to.found ? STATUS_FOUND : status;
}
