// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/apart.h"
#include "cli/viewer.h"
#include "facts/calls.h"
#include "model/rows/stops.h"
#include "go/collect/panics.h"
#include "facts/sample.h"
#include "util/clock.h"
#include "util/duration.h"
#include "util/heap.h"

#define PANIC_TICK_NS 100000000ull

/* Of what finds the ring buffer full. A write and a sync are of one kind there, and what becomes of a process
 * is: its start, execution and end. A file's name is sent again with its next call. */
static const struct {
	const char *name;
	enum ts_event_kind kind;
} KINDS[] = {
	{"thread_create", TS_EVENT_CREATE}, {"thread_exit", TS_EVENT_EXIT},  {"futex_wait", TS_EVENT_FUTEX},
	{"write_or_fsync", TS_EVENT_IO},    {"process", TS_EVENT_PROCESS},   {"panic", TS_EVENT_PANIC},
	{"panic_end", TS_EVENT_PANIC_END},  {"fatal_error", TS_EVENT_FATAL}, {"file_name", TS_EVENT_FILE},
};
#define LOST_KINDS (sizeof(KINDS) / sizeof(*KINDS))

struct stream {
	struct session *s;
	uint64_t to_realtime_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
	uint64_t printed, lost_events, lost_stacks;
	struct loss_row lost_kinds[LOST_KINDS];
	struct panics *panics; /* NULL: not requested */
	char waker[TASK_NAME], owner[TASK_NAME];
	struct lock_row lock; /* of the event in hand */
};

static bool path_wanted(const struct options *o, const char *path)
{
	for (size_t i = 0; i < o->log_file_count; i++)
		if (!fnmatch(o->log_files[i], path, 0))
			return true;
	return !o->log_file_count;
}

/* Fills the fields of this kind of event; false: not shown. */
static bool fill(struct stream *t, struct event_row *row, const struct ts_event *e, size_t size)
{
	struct collector *c = t->s->collector;

	if (e->kind == TS_EVENT_PROCESS && size >= sizeof(struct ts_event_process)) {
		const struct ts_event_process *x = (const struct ts_event_process *)e;

		row->type = EVENT_PROCESS_END;
		row->exit_code = x->exit_code;
		return x->change == TS_PROCESS_END;
	}
	/* Panics alone, unless other events were asked for as well. */
	if (t->panics && !t->s->o->waits_or_writes)
		return false;
	if ((e->kind == TS_EVENT_CREATE || e->kind == TS_EVENT_EXIT) &&
	    size >= sizeof(struct ts_event_thread)) {
		const struct ts_event_thread *x = (const struct ts_event_thread *)e;

		row->type = e->kind == TS_EVENT_CREATE ? EVENT_THREAD_CREATE : EVENT_THREAD_EXIT;
		row->child_tid = (pid_t)x->child_tid;
		row->duration_ns = x->lifetime_ns;
		if (e->kind == TS_EVENT_CREATE)
			row->stack = collector__stack(c, e->tgid, x->stack_id);
		return true;
	}
	if (e->kind == TS_EVENT_FUTEX && size >= sizeof(struct ts_event_futex)) {
		const struct ts_event_futex *x = (const struct ts_event_futex *)e;
		struct sample_lock lock;

		row->type = EVENT_FUTEX_WAIT;
		row->duration_ns = x->duration_ns;
		row->waker_tid = (pid_t)x->waker_tid;
		row->syscall = syscall_name(x->syscall);
		row->stack = collector__stack(c, e->tgid, x->stack_id);
		lock = collector__lock(c, x, &row->stack);
		t->lock = (struct lock_row){.pid = lock.pid,
					    .address = lock.address,
					    .symbol = lock.symbol,
					    .kind = lock.kind,
					    .owner_tid = lock.owner_tid};
		row->lock = &t->lock;
		if (row->waker_tid > 0)
			row->waker_name = task__name(row->waker_tid, t->waker);
		if (lock.owner_tid > 0)
			row->owner_name = task__name(lock.owner_tid, t->owner);
		return true;
	}
	if (e->kind == TS_EVENT_IO && size >= sizeof(struct ts_event_io)) {
		const struct ts_event_io *x = (const struct ts_event_io *)e;

		row->type = x->io_kind == TS_IO_SYNC ? EVENT_FSYNC : EVENT_WRITE;
		row->duration_ns = x->duration_ns;
		row->fd = x->fd;
		row->result = x->result;
		row->bytes = row->type == EVENT_WRITE && x->result > 0 ? (uint64_t)x->result : 0;
		row->syscall = syscall_name(x->syscall);
		row->path = collector__path(c, &x->key);
		row->stack = collector__stack(c, e->tgid, x->stack_id);
		return path_wanted(t->s->o, row->path);
	}
	return false;
}

/* ---- panics ------------------------------------------------------------------- */

static void print_panic(void *arg, const struct go_panic *p)
{
	struct stream *t = arg;
	struct event_row shown = {.type = p->fatal  ? EVENT_FATAL
					  : p->late ? EVENT_PANIC_END
						    : EVENT_PANIC,
				  .time_ns = p->time_ns + t->to_realtime_ns,
				  .duration_ns = p->duration_ns,
				  .pid = p->pid,
				  .tid = p->tid,
				  .name = p->name,
				  .stack = p->stack,
				  .fd = -1,
				  .panic = p->panic,
				  .lost_events = t->lost_events,
				  .lost_kinds = t->lost_kinds,
				  .lost_kind_count = LOST_KINDS,
				  .lost_stacks = t->lost_stacks};

	t->s->view->event(&t->s->out, &shown);
	t->printed++;
}

static void panics_process(struct stream *t, const struct ts_event *e, size_t size)
{
	const struct ts_event_process *x = (const struct ts_event_process *)e;

	if (e->kind != TS_EVENT_PROCESS || size < sizeof(*x))
		return;
	if (x->change == TS_PROCESS_END || x->change == TS_PROCESS_LEFT)
		panics__ended(t->panics, (pid_t)e->tgid, e->time_ns);
	else
		panics__expect(t->panics, (pid_t)e->tgid);
}

/* Targets given by PID must be Go programs; of other targets, only Go programs are observed. */
static int watch_panics(struct stream *t, const struct sample *first)
{
	const char *reason;

	t->panics = collector__panics(t->s->collector, print_panic, t);
	if (!t->panics)
		return complain(STATUS_FAILED, "out of memory");
	for (size_t i = 0; i < first->process_count; i++) {
		pid_t pid = first->processes[i].pid;
		int err = panics__watch(t->panics, pid, &reason);

		if (!err || err == -ESRCH || !t->s->process_count)
			continue;
		if (err == -ENOEXEC)
			return complain(STATUS_USAGE, "process %d is not a Go program; --panics needs one",
					(int)pid);
		return complain(STATUS_NOT_ALLOWED, "cannot observe the panics of process %d: %s", (int)pid,
				reason);
	}
	return session__tick(t->s, PANIC_TICK_NS) ? complain(STATUS_FAILED, "cannot set a timer")
						  : STATUS_DONE;
}

static void print_event(void *arg, const struct ts_event *e, size_t size)
{
	struct stream *t = arg;
	char name[TS_COMM_LEN + 1] = "";
	struct event_row row = {.time_ns = e->time_ns + t->to_realtime_ns,
				.pid = (pid_t)e->tgid,
				.tid = (pid_t)e->tid,
				.name = name,
				.fd = -1};

	if (t->panics) {
		panics__event(t->panics, e, size, t->lost_events);
		panics_process(t, e, size);
	}
	memcpy(name, e->comm, TS_COMM_LEN);
	row.lost_events = t->lost_events;
	row.lost_kinds = t->lost_kinds;
	row.lost_kind_count = LOST_KINDS;
	row.lost_stacks = t->lost_stacks;
	if (!fill(t, &row, e, size))
		return;
	t->s->view->event(&t->s->out, &row);
	t->printed++;
}

/* A target that is stopped has no events until it goes on: that comes first. */
static void print_stopped(struct stream *t, const struct sample *first)
{
	for (size_t from = 0, to; from < first->thread_count; from = to) {
		struct event_row row = {.type = EVENT_STOPPED, .time_ns = first->time_ns, .fd = -1};

		for (to = from;
		     to < first->thread_count && first->threads[to].pid == first->threads[from].pid;)
			to++;
		row.stop = stop__of(first->threads + from, to - from);
		row.duration_ns = row.stop.duration_ns;
		row.pid = row.tid = first->threads[from].pid;
		row.name = first->threads[from].name;
		if (!row.stop.by)
			continue;
		t->s->view->event(&t->s->out, &row);
		t->printed++;
	}
}

static uint64_t realtime_offset(void)
{
	return clock_ns(CLOCK_REALTIME) - monotonic_ns();
}

static void count_losses(struct stream *t)
{
	uint64_t losses[TS_LOSS_COUNT], events[TS_EVENT_KINDS];

	probes__losses(t->s->probes, losses);
	probes__lost_events(t->s->probes, events);
	t->lost_events = 0;
	for (size_t i = 0; i < LOST_KINDS; i++) {
		t->lost_kinds[i] = (struct loss_row){.name = KINDS[i].name, .count = events[KINDS[i].kind]};
		t->lost_events += t->lost_kinds[i].count;
	}
	t->lost_stacks = losses[TS_LOSS_STACKS] + collector__lost_stacks(t->s->collector);
}

static void drain(struct stream *t)
{
	count_losses(t);
	collector__events(t->s->collector, print_event, t);
}

#define KINDS_TEXT 512

/* " (12 thread_create, 3 process)", or empty. */
static const char *lost_kinds(const struct stream *t, char text[KINDS_TEXT])
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < LOST_KINDS; i++)
		if (t->lost_kinds[i].count)
			used += (size_t)snprintf(
				text + used, KINDS_TEXT - used, "%s%llu %s", used ? ", " : " (",
				(unsigned long long)t->lost_kinds[i].count, t->lost_kinds[i].name);
	if (used)
		snprintf(text + used, KINDS_TEXT - used, ")");
	return text;
}

/* Losses and cost, once, on standard error. */
static void sum_up(struct stream *t)
{
	char size[DURATION_TEXT], kinds[KINDS_TEXT];
	struct sample *s;
	uint64_t wall = monotonic_ns() - t->s->started_ns;

	if (collector__sample(t->s->collector, &s))
		return;
	/* Some may have found the ring buffer full while it was read for the last time. */
	count_losses(t);
	fprintf(stderr,
		"threadscope: %llu events; lost: %llu events%s, %llu stacks; cost: %.1f %% of a CPU, %s\n",
		(unsigned long long)t->printed, (unsigned long long)t->lost_events, lost_kinds(t, kinds),
		(unsigned long long)t->lost_stacks,
		wall ? 100.0 * (double)(s->cpu_ns - t->s->started_cpu_ns) / (double)wall : 0.0,
		bytes_format(size, sizeof(size), s->rss_bytes));
	sample__free(s);
}

static int loop(struct stream *t)
{
	struct session *s = t->s;
	uint64_t end_ns = s->o->duration_ns ? s->started_ns + s->o->duration_ns : LOOP_FOREVER;
	int status = STATUS_DONE, wake;

	/* What was printed before the loop: no event may follow for long. */
	if (session__flush(s, &status))
		return status;
	do {
		wake = session__wait_until(s, end_ns);
		drain(t);
		if (t->panics)
			panics__tick(t->panics, monotonic_ns(), false);
		if (session__flush(s, &status))
			return status;
	} while (!(wake & (WAKE_STOP | WAKE_ENDED)));
	/* Events that were in the ring buffer at the end. */
	drain(t);
	if (t->panics)
		panics__tick(t->panics, monotonic_ns(), true);
	session__flush(s, &status);
	sum_up(t);
	return status;
}

/* As for the viewer's output, which this process does not have. */
static int open_output(struct session *s, struct apart *a, const struct view_options *as)
{
	int out = apart__take_samples(a), err;

	dup2(out, STDOUT_FILENO);
	close(out);
	err = session__open_output(s);
	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	s->out.colour = as->colour;
	s->out.terminal = as->terminal;
	return STATUS_DONE;
}

static int collect(const struct options *usual, struct apart *a, const struct view_options *as)
{
	struct options o = *usual;
	struct session s;
	struct stream t = {.s = &s, .to_realtime_ns = realtime_offset()};
	struct sample *first = NULL;
	int status;

	o.apart = a;
	status = session__open(&s, &o, true);
	if (!status)
		status = open_output(&s, a, as);
	if (!status)
		status = session__attach(&s, &first);
	if (!status && o.panics)
		status = watch_panics(&t, first);
	if (!status)
		print_stopped(&t, first);
	sample__free(first);
	if (!status)
		status = session__start(&s);
	if (!status && o.for_screen)
		fputc('\n', s.out.out);
	if (!status)
		status = session__finish(&s, loop(&t));
	panics__free(t.panics);
	session__close(&s);
	apart__close(a);
	return status;
}

static int view(const struct options *o, struct apart *a)
{
	struct viewer *v = HEAP_NEW(struct viewer, 1);
	int status = viewer__prepare(v, a, o);

	if (!status)
		status = viewer__begin(v);
	if (!status)
		status = session__finish(&v->s, viewer__copy(v));
	status = viewer__end(v, status);
	viewer__close(v);
	free(v);
	return status;
}

int command_events(const struct options *o)
{
	struct view_options as;
	struct apart a;
	int err;

	choose_view(o, stdout, &as);
	err = apart__fork(&a, o, false);
	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	return a.collects ? collect(o, &a, &as) : view(o, &a);
}
