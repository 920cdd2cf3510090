// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/apart.h"
#include "cli/environment.h"
#include "cli/named_processes.h"
#include "cli/session.h"
#include "cli/snapshot_viewer.h"
#include "facts/saved/saved.h"
#include "target/process.h"
#include "util/budget.h"
#include "util/clock.h"
#include "util/heap.h"

/* One of the target processes. */
struct snapped {
	pid_t pid;
	struct process *process; /* its PID may be reused meanwhile; NULL: cannot be opened. The session's,
				  * of -p */
	bool gone;               /* before that */
	bool ended;
	struct collector *collector;
};

/* In plain text only threads in uninterruptible sleep show theirs. */
static bool wants_kernel_stacks(const struct options *o)
{
	return o->json || o->all || o->kernel_stacks || o->has_match || o->save_file || o->pprof_file;
}

/* An explicit request for goroutines gets the reason if none can be read. */
static int check_goroutines(const struct options *o, const struct sample *s, pid_t pid)
{
	if (o->goroutines == GOROUTINES_USUAL && !o->leaks)
		return STATUS_DONE;
	if (!s->go)
		return complain(STATUS_USAGE, "process %d is not a Go program, so it has no goroutines",
				(int)pid);
	if (s->go->unsure)
		return complain(STATUS_FAILED, "cannot determine whether process %d is a Go program: %s",
				(int)pid, s->go->problem);
	if (s->go->problem)
		return complain(STATUS_FAILED, "cannot read the goroutines of process %d: %s", (int)pid,
				s->go->problem);
	return STATUS_DONE;
}

/* Of the collector. */
struct run {
	struct session session;
	uint64_t started_ns; /* the command */
	struct saved_writer *to;
	bool unread; /* the viewer wants no more, or is gone */
	struct snapped *list;
	size_t count;
};

/* A viewer that has gone is no failure: it has seen enough, or said what is wrong. */
static int check_written(struct run *r, int err)
{
	r->unread = r->unread || err == -EPIPE;
	return err && !r->unread
		       ? complain(STATUS_FAILED, "cannot hand over what was read: %s", strerror(-err))
		       : STATUS_DONE;
}

static int complain_snapshot(pid_t pid, int err)
{
	if (err == -ESRCH && (!kill(pid, 0) || errno == EPERM))
		return complain_hidden(pid);
	if (err == -ESRCH)
		return complain(STATUS_NO_TARGET, "process %d ended before anything could be read", pid);
	return complain(STATUS_FAILED, "cannot read the threads of process %d: %s", pid, strerror(-err));
}

static enum goroutine_detail goroutine_detail(const struct options *o)
{
	if (o->goroutines == GOROUTINES_FULL)
		return GOROUTINE_LIST;
	return o->goroutines == GOROUTINES_PROFILE ? GOROUTINE_LABEL_SETS : GOROUTINE_GROUPS;
}

static int begin(struct run *r, struct snapped *p, bool repeated)
{
	struct collector_options co = {.only_pid = p->pid,
				       .lines = options__lines(r->session.o),
				       .repeated = repeated,
				       .goroutines = goroutine_detail(r->session.o),
				       .leaks = r->session.o->leaks,
				       .kernel_stacks = wants_kernel_stacks(r->session.o)};
	int err = probes__add_target(r->session.probes, p->pid, false);

	p->collector = collector__new(r->session.probes, &co);
	return err ? complain(STATUS_FAILED, "cannot start: %s", strerror(-err)) : STATUS_DONE;
}

static void end(struct snapped *p)
{
	collector__free(p->collector);
	p->collector = NULL;
	p->ended = true;
}

static bool has_ended(const struct snapped *p)
{
	return p->process ? !process__alive(p->process) : p->gone;
}

/* It has ended, and another process reuses its PID: the data may be that of the other one. */
static bool is_replaced(const struct snapped *p)
{
	struct process *now;
	bool other;

	if (!has_ended(p) || process__open(p->pid, &now))
		return false;
	other = !p->process || process__start_ticks(now) != process__start_ticks(p->process);
	process__close(now);
	return other;
}

static int write_one(struct run *r, const struct sample *s, const struct saved_snapshot *h)
{
	int err = saved_writer__snapshot(r->to, h);

	return check_written(r, err ? err : saved_writer__sample(r->to, s));
}

static int take_one(struct run *r, struct snapped *p, struct saved_snapshot h, bool last)
{
	int status = h.number == 1 ? begin(r, p, h.of > 1) : STATUS_DONE, err;
	struct sample *s;

	if (status)
		return status;
	err = collector__snapshot(p->collector, p->pid, &s);
	/* It was shown before: its end is not an error, and the rest of it shows nothing. */
	if (h.number > 1 && (!err || err == -ESRCH) && has_ended(p)) {
		if (!err)
			sample__free(s);
		end(p);
		return check_written(r, saved_writer__note(r->to, &(struct saved_note){.ended = p->pid}));
	}
	if (!err && is_replaced(p)) {
		sample__free(s);
		return complain(STATUS_NO_TARGET, "process %d ended before anything could be read", p->pid);
	}
	if (err)
		return complain_snapshot(p->pid, err);
	h.wall_ns = monotonic_ns() - r->started_ns;
	status = check_goroutines(r->session.o, s, p->pid);
	if (last)
		collector__end_readers();
	if (!status)
		status = write_one(r, s, &h);
	sample__free(s);
	if (!status && h.number == h.of)
		end(p);
	return status;
}

/* Until the next snapshot is due. A signal to end requests one more, the last. */
static bool wait_for_next(struct session *s)
{
	int wake;

	do
		wake = session__wait_until(s, LOOP_FOREVER);
	while (!(wake & (WAKE_TIMER | WAKE_STOP | WAKE_ENDED)));
	return !(wake & WAKE_STOP);
}

static bool all_ended(const struct run *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (!r->list[i].ended)
			return false;
	return true;
}

static int take_all(struct run *r)
{
	struct saved_snapshot h = {.number = 1, .of = r->session.o->count ? r->session.o->count : 1};
	int status = STATUS_DONE;

	if (h.of > 1 && session__tick(&r->session, r->session.o->interval_ns))
		return complain(STATUS_FAILED, "cannot set a timer");
	for (;; h.number++) {
		for (size_t i = 0; !status && !r->unread && i < r->count; i++)
			if (!r->list[i].ended)
				status = take_one(r, &r->list[i], h, h.number == h.of && i + 1 == r->count);
		if (!status && !r->unread)
			status = check_written(
				r, saved_writer__note(r->to, &(struct saved_note){.round = true}));
		if (status || r->unread || r->session.unwanted || all_ended(r))
			return status;
		if (!wait_for_next(&r->session))
			h.of = h.number + 1;
	}
}

/* 0 or a negative errno: whether it matters is seen later. */
static int prepare(struct run *r)
{
	struct session *s = &r->session;
	struct probes_options po = {.targets = PROBES_SET, .snapshot = true, .wishes = s->o->hooks};

	collector__start_readers();
	return probes__open(&po, &s->features, &s->probes);
}

static int run(struct run *r, int probes_error)
{
	if (probes_error)
		return complain_probes(probes_error, &r->session.features);
	session__note_missing(&r->session);
	return take_all(r);
}

/* The viewer opens its files meanwhile, and says whether there is to be a snapshot. */
static int prepare_and_run(struct run *r, struct apart *a)
{
	int err = prepare(r), status;

	if (!apart__may_go(a))
		return STATUS_DONE;
	status = run(r, err);
	saved_writer__note(r->to, &(struct saved_note){.end = true, .status = status});
	return status;
}

static int find_targets(struct run *r, const struct options *o)
{
	pid_t pids[MAX_TARGETS];
	size_t count = 0;

	for (size_t i = 0; i < r->session.process_count; i++)
		pids[count++] = process__pid(r->session.processes[i]);
	if (o->name_count)
		count = named_processes__find(o, pids);
	if (!count && place__proc_problem())
		return complain(STATUS_NOT_ALLOWED, "cannot search for '%s': %s", o->names[0],
				place__proc_problem());
	if (count > MAX_TARGETS)
		return complain(STATUS_USAGE,
				"%zu processes match, but a snapshot accepts %d; select them with -p", count,
				MAX_TARGETS);
	if (!count)
		return complain(STATUS_NO_TARGET, "no process has a name that matches '%s'", o->names[0]);
	budget__expect(count);
	r->list = HEAP_NEW(struct snapped, count);
	for (; r->count < count; r->count++) {
		struct snapped *p = &r->list[r->count];
		int err = 0;

		p->pid = pids[r->count];
		if (!o->name_count)
			p->process = r->session.processes[r->count];
		else
			err = process__open(p->pid, &p->process);
		if (err)
			p->process = NULL;
		p->gone = err == -ESRCH;
	}
	return STATUS_DONE;
}

static int collect(const struct options *usual, struct apart *a, uint64_t started_ns)
{
	struct options o = *usual;
	struct run r = {.started_ns = started_ns};
	int status;

	o.apart = a;
	status = session__open_targets(&r.session, &o);
	if (!status)
		status = find_targets(&r, &o);
	if (!status)
		status = check_written(&r, saved_writer__to(apart__take_samples(a),
							    &(struct saved_head){.snapshot = true}, &r.to));
	if (r.to)
		saved_writer__whole(r.to);
	if (!status && r.to)
		status = prepare_and_run(&r, a);
	for (size_t i = 0; i < r.count; i++) {
		collector__free(r.list[i].collector);
		if (o.name_count)
			process__close(r.list[i].process);
	}
	free(r.list);
	saved_writer__close(r.to);
	session__close(&r.session);
	apart__close(a);
	return status;
}

int command_snapshot(const struct options *o)
{
	uint64_t started_ns = monotonic_ns();
	struct apart a;
	int err = apart__fork(&a, o, false);

	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	return a.collects ? collect(o, &a, started_ns) : snapshot_viewer__run(o, &a);
}
