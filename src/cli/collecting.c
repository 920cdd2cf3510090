// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/collecting.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "model/interval/model.h"
#include "util/clock.h"

void collecting__request(void *arg, int fd)
{
	struct collecting *l = arg;
	struct feed_request r;
	ssize_t n = read(fd, &r, sizeof(r));

	if (n != (ssize_t)sizeof(r) || r.wish == FEED_STOP) {
		l->stop = true;
		loop__remove(l->s.loop, fd);
	} else if (r.wish == FEED_INTERVAL && r.interval_ns) {
		session__tick(&l->s, r.interval_ns);
	} else if (r.wish == FEED_SNAPSHOT && r.pid > 0) {
		l->snapshot = r;
		l->wants_snapshot = true;
	}
}

int collecting__write_failed(struct collecting *l, int err)
{
	if (err != -EPIPE)
		return complain(STATUS_FAILED, "cannot hand over what was read: %s", strerror(-err));
	l->stop = true;
	return STATUS_DONE;
}

int collecting__look(struct collecting *l)
{
	int err = 0;

	l->look = first_look__take(&l->s);
	if (!l->look)
		return STATUS_DONE;
	l->s.seen = true;
	err = saved_writer__note(l->samples, &(struct saved_note){.look = true});
	if (!err)
		err = saved_writer__sample(l->samples, interval_report__sample(first_look__report(l->look)));
	return err ? collecting__write_failed(l, err) : STATUS_DONE;
}

static int write_snapshot(struct collecting *l, const struct sample *s, uint64_t wall_ns)
{
	int err = saved_writer__snapshot(l->snapshots,
					 &(struct saved_snapshot){.wall_ns = wall_ns, .number = 1, .of = 1});

	return err ? err : saved_writer__sample(l->snapshots, s);
}

/* By probes of its own, as the snapshot command; what cannot be had is a complaint. */
static void take_snapshot(struct collecting *l)
{
	struct probes_options po = {.targets = PROBES_SET, .snapshot = true, .wishes = l->s.o->hooks};
	struct collector_options co = {.only_pid = l->snapshot.pid,
				       .lines = options__lines(l->s.o),
				       .kernel_stacks = true,
				       .goroutines =
					       l->snapshot.goroutines ? GOROUTINE_LIST : GOROUTINE_GROUPS};
	uint64_t started = monotonic_ns();
	struct collector *c = NULL;
	struct probes *p = NULL;
	struct features features;
	struct sample *s;
	int err = probes__open(&po, &features, &p);

	if (!err)
		err = probes__add_target(p, l->snapshot.pid, false);
	if (!err) {
		c = collector__new(p, &co);
		err = collector__snapshot(c, l->snapshot.pid, &s);
	}
	if (!err) {
		err = write_snapshot(l, s, monotonic_ns() - started);
		sample__free(s);
	}
	if (err == -ESRCH)
		complain(STATUS_DONE, "no snapshot: process %d has ended", (int)l->snapshot.pid);
	else if (err)
		complain(STATUS_DONE, "no snapshot of process %d: %s", (int)l->snapshot.pid, strerror(-err));
	collector__free(c);
	probes__close(p);
	l->wants_snapshot = false;
}

/* The screen has not read what it got before: it is stopped, or short of CPU. What fits the rest of the pipe
 * does not have to wait for it. */
static bool is_full(const struct collecting *l)
{
	int unread, room = fcntl(l->samples_fd, F_GETPIPE_SZ);

	return !ioctl(l->samples_fd, FIONREAD, &unread) && unread > room / 2;
}

static int write_sample(struct collecting *l, struct sample *s, bool *ret_over)
{
	int err =
		l->skipped ? saved_writer__note(l->samples, &(struct saved_note){.skipped = l->skipped}) : 0;

	if (!err)
		err = saved_writer__sample(l->samples, s);
	l->skipped = 0;
	*ret_over = session__is_last(&l->s, s);
	return err ? collecting__write_failed(l, err) : STATUS_DONE;
}

static void add_cost(const struct collecting *l, struct sample *s)
{
	if (l->monitor)
		s->cpu_ns += process_cpu_ns(l->monitor);
}

/* *left: intervals that are to come. */
static int take_sample(struct collecting *l, bool last, uint64_t *left, bool *ret_over)
{
	bool skip = !last && is_full(l);
	struct sample *s;
	int status;

	if (skip)
		l->skipped++; /* its next interval is longer; a record has all of them */
	else
		--*left;
	if (skip && !l->record)
		return STATUS_DONE;
	if (collector__sample(l->s.collector, &s))
		return complain(STATUS_FAILED, "cannot read the threads");
	first_look__free(l->look);
	l->look = NULL;
	add_cost(l, s);
	status = save__sample(l->s.o, l->record, s);
	if (!status && !skip)
		status = write_sample(l, s, ret_over);
	sample__free(s);
	return status;
}

/* Its exit status is still to come. */
static void wait_for_end(struct collecting *l, uint64_t end_ns)
{
	int wake = 0;

	while (!l->stop && !(wake & (WAKE_STOP | WAKE_ENDED)))
		wake = session__wait_until(&l->s, end_ns);
}

static int follow(struct collecting *l)
{
	const struct options *o = l->s.o;
	/* A screen counts itself. */
	uint64_t end_ns = !o->live && o->duration_ns ? l->s.started_ns + o->duration_ns : LOOP_FOREVER;
	uint64_t left = !o->live && o->count ? o->count : UINT64_MAX;
	int status = STATUS_DONE, wake = 0;
	bool over = false, last = false;

	if (session__tick(&l->s, o->interval_ns))
		return complain(STATUS_FAILED, "cannot set a timer");
	while (!status && !over && !last && !l->stop) {
		wake = session__wait_until(&l->s, end_ns);
		last = wake & (WAKE_STOP | WAKE_ENDED);
		if (wake & WAKE_EVENTS)
			collector__events(l->s.collector, NULL, NULL);
		if (l->wants_snapshot)
			take_snapshot(l);
		if (!last && !(wake & WAKE_TIMER))
			continue;
		last = last || left == 1;
		status = l->s.unwanted ? STATUS_DONE : take_sample(l, last, &left, &over);
	}
	if (over && !last && !o->live)
		wait_for_end(l, end_ns);
	return status;
}

static int write_base(struct collecting *l, struct sample *first)
{
	struct saved_note note = {.workers = l->s.out.worker_count};
	int err = note.workers ? saved_writer__note(l->samples, &note) : 0;
	bool over;

	return err ? collecting__write_failed(l, err) : write_sample(l, first, &over);
}

int collecting__observe(struct collecting *l)
{
	struct sample *first = NULL;
	int status = session__open_probes(&l->s, false);

	if (!status && l->look)
		first_look__give_ages(l->look, l->s.collector);
	if (!status)
		status = session__begin(&l->s, &first);
	if (status)
		return status;
	add_cost(l, first);
	status = save__sample(l->s.o, l->record, first);
	if (!status)
		status = write_base(l, first);
	sample__free(first);
	return status ? status : follow(l);
}
