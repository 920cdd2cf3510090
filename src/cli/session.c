// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/session.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/apart.h"
#include "cli/capabilities.h"
#include "cli/child.h"
#include "cli/environment.h"
#include "cli/inherited.h"
#include "cli/monitor.h"
#include "cli/privileges.h"
#include "facts/sample.h"
#include "probes/run_time.h"
#include "report/column.h"
#include "target/namespace_helper.h"
#include "util/clock.h"
#include "util/progress.h"

/* The probes' cost is measured for this long in each interval that is long enough. */
#define COST_WINDOW_NS  10000000ull
#define MIN_MEASURED_NS 500000000ull

/* ---- events of the loop ------------------------------------------------------ */

static void ticked(void *arg, uint64_t ticks)
{
	struct session *s = arg;

	(void)ticks;
	s->wake |= WAKE_TIMER;
}

static void events_came(void *arg, int fd)
{
	struct session *s = arg;

	(void)fd;
	s->wake |= WAKE_EVENTS;
}

/* The terminal sends a key's signal to COMMAND as well. A second one could mean something else to it. */
static bool sent_to_both(const struct session *s, const struct signalfd_siginfo *info)
{
	return info->ssi_code == SI_KERNEL && getpgid(s->child) == getpgrp();
}

static void signal_came(void *arg, const struct signalfd_siginfo *info)
{
	struct session *s = arg;
	int status;

	if (info->ssi_signo != SIGCHLD) {
		s->wake |= WAKE_STOP;
		s->stopped = true;
		/* COMMAND does not outlive threadscope. */
		if (s->child && !s->child_ended && !sent_to_both(s, info))
			kill(s->child, (int)info->ssi_signo);
	} else if (s->child && waitpid(s->child, &status, WNOHANG) == s->child) {
		s->child_status = status;
		s->child_ended = true;
		progress__command(0);
	}
}

static int count_bpf_time(void *arg, bool on)
{
	return monitor__count_bpf_time(((struct session *)arg)->monitor, on);
}

static void stop(struct session *s, int signal)
{
	s->wake |= WAKE_STOP;
	s->stopped = true;
	/* COMMAND does not outlive threadscope. */
	if (signal && s->child && !s->child_ended)
		kill(s->child, signal);
}

/* Of the viewer, or its end. */
static void request_came(void *arg, int fd)
{
	struct session *s = arg;
	struct apart_request r;
	ssize_t n = read(fd, &r, sizeof(r));

	if (n == (ssize_t)sizeof(r) && r.wish == APART_STOP) {
		stop(s, r.signal);
	} else if (n != (ssize_t)sizeof(r) && !(n < 0 && errno == EINTR)) {
		stop(s, 0);
		s->unwanted = true;
		loop__remove(s->loop, fd);
	}
}

/* ---- life cycle --------------------------------------------------------------------- */

static enum probes_targets target_kind(const struct session *s)
{
	if (s->o->name_count)
		return PROBES_NAME;
	if (s->o->child)
		return PROBES_SET;
	if (!s->process_count)
		return PROBES_ALL;
	return s->process_count == 1 ? PROBES_ONE : PROBES_SET;
}

static int open_loop(struct session *s)
{
	int err = loop__new(&s->loop);
	sigset_t set;

	if (err)
		return err;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (s->o->apart) {
		err = loop__add(s->loop, s->o->apart->requests, request_came, s);
		return err ? err : loop__signals(s->loop, &set, signal_came, s);
	}
	/* A closed pipe is an error of the stream, and ends the run silently. */
	signal(SIGPIPE, SIG_IGN);
	/* While SIGCHLD is ignored, no exit status of a child arrives. */
	signal(SIGCHLD, SIG_DFL);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (!inherited__ignores(SIGHUP)) /* signalfd also reports ignored signals */
		sigaddset(&set, SIGHUP);
	return loop__signals(s->loop, &set, signal_came, s);
}

void session__note_missing(const struct session *s)
{
	char missing[CAPABILITIES_BYTES];
	bool others = !s->process_count && !s->o->child;

	for (size_t i = 0; i < s->process_count; i++)
		others |= process__uid(s->processes[i]) != geteuid();
	if (others && *capabilities__missing_for_others(missing))
		complain(STATUS_DONE, "incomplete for lack of %s", missing);
}

/* A screen shows them beside the rest, but not those of a whole machine. */
static bool wants_mapped_files(const struct session *s)
{
	return s->o->live ? target_kind(s) != PROBES_ALL : s->o->command->about_logs && !s->o->heatmap;
}

static int open_probes(struct session *s, bool events)
{
	struct probes_options po = {.targets = target_kind(s),
				    .globs = s->o->names,
				    .glob_count = s->o->name_count,
				    .events = events,
				    .panics = s->o->panics,
				    .calls = s->o->calls,
				    .slow_io_ns = s->o->slow_write_ns,
				    .min_wait_ns = s->o->min_wait_ns,
				    .wishes = s->o->hooks};
	struct collector_options co = {.every_process = po.targets == PROBES_ALL,
				       .lines = options__lines(s->o),
				       .stack_count = columns__needs() & NEEDS_STACKS ? 32 : 0,
				       .cost_window_ns =
					       s->o->interval_ns >= MIN_MEASURED_NS ? COST_WINDOW_NS : 0,
				       .watch_goroutines = s->o->command->watches_goroutines,
				       .time_calls = s->o->calls,
				       .mapped_files = wants_mapped_files(s),
				       .origins = !events,
				       .log_globs = s->o->log_files,
				       .log_glob_count = s->o->log_file_count};
	int err;

	if (po.targets == PROBES_ONE)
		co.only_pid = process__pid(s->processes[0]);
	s->out.every_process = co.every_process;
	if (po.targets == PROBES_ONE && s->o->command->about_logs)
		s->out.worker_count = process__workers(s->processes[0]);
	progress__on(0);
	err = probes__open(&po, &s->features, &s->probes);
	if (err)
		return complain_probes(err, &s->features);
	session__note_missing(s);
	co.uring_hidden = features__uring_hidden(&s->features);
	for (size_t i = 0; !err && i < s->process_count; i++)
		err = probes__add_target(s->probes, process__pid(s->processes[i]), false);
	if (!err && s->child)
		err = probes__add_target(s->probes, s->child, true);
	s->collector = collector__new(s->probes, &co);
	if (!err)
		err = loop__add(s->loop, probes__event_fd(s->probes), events_came, s);
	return err ? complain(STATUS_FAILED, "cannot start: %s", strerror(-err)) : STATUS_DONE;
}

void session__collects(struct session *s, int monitor)
{
	s->collects = true;
	s->monitor = monitor;
	if (s->monitor >= 0)
		run_time__by(count_bpf_time, s);
	namespace_helper__start();
	if (!s->o->child)
		privileges__keep_for_collecting(false, s->o->panics);
}

/* The command has what threadscope was started with. */
static void part_from_command(struct session *s)
{
	if (s->o->apart)
		apart__close_streams(s->o->apart);
	if (s->collects)
		privileges__keep_for_collecting(true, s->o->panics);
}

int session__open_targets(struct session *s, const struct options *o)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->o = o;
	s->gate = s->outputs[0] = s->outputs[1] = s->monitor = -1;
	s->file_limit = inherited__raise_limits();
	if (o->apart)
		session__collects(s, o->apart->monitor);
	if (o->apart && !o->child)
		apart__close_streams(o->apart);
	err = open_loop(s);
	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	if (!o->apart && session__open_output(s))
		return complain(STATUS_FAILED, "out of memory");
	return session__open_processes(s);
}

int session__check_limits(const struct session *s)
{
	if (s->file_limit >= NEEDED_FILES)
		return STATUS_DONE;
	return complain(
		STATUS_NOT_ALLOWED,
		"the limit of %llu open files is too low, %d are needed; raise it with 'ulimit -n' or run "
		"as root",
		(unsigned long long)s->file_limit, NEEDED_FILES);
}

int session__open_probes(struct session *s, bool events)
{
	int status = s->o->child ? session__prepare_child(s) : STATUS_DONE;

	if (s->o->child)
		part_from_command(s);
	return status ? status : open_probes(s, events);
}

int session__open(struct session *s, const struct options *o, bool events)
{
	int status = session__open_targets(s, o);

	if (!status)
		status = session__check_limits(s);
	return status ? status : session__open_probes(s, events);
}

static bool any_alive(const struct session *s)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (process__alive(s->processes[i]))
			return true;
	return false;
}

/* As far as the loop knows; without a pidfd it knows nothing. */
static bool has_ended(const struct session *s, size_t i)
{
	return s->ended[i] || (process__pidfd(s->processes[i]) < 0 && !process__alive(s->processes[i]));
}

static bool all_ended(const struct session *s)
{
	if (s->child)
		return s->child_ended;
	for (size_t i = 0; i < s->process_count; i++)
		if (!has_ended(s, i))
			return false;
	return s->process_count > 0;
}

/* From now on the kernel side sees a target end, and forgets its PID. One that ended before, it has not seen:
 * that PID may be another process's. */
static void drop_ended(struct session *s)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (!process__alive(s->processes[i]))
			probes__drop_target(s->probes, process__pid(s->processes[i]));
}

int session__attach(struct session *s, struct sample **ret_first)
{
	struct sample *first;
	int err;

	progress__on(0);
	err = probes__attach(s->probes);
	if (err)
		return complain_probes(err, &s->features);
	drop_ended(s);
	err = collector__sample(s->collector, &first);
	if (err)
		return complain(STATUS_FAILED, "cannot read the threads: %s", strerror(-err));
	if (s->process_count && !s->seen && !any_alive(s)) {
		sample__free(first);
		return complain(STATUS_NO_TARGET, "process %d ended before anything could be read",
				process__pid(s->processes[0]));
	}
	if (s->process_count && !first->thread_count && any_alive(s)) {
		sample__free(first);
		return complain_hidden(process__pid(s->processes[0]));
	}
	s->started_cpu_ns = first->cpu_ns;
	*ret_first = first;
	return STATUS_DONE;
}

int session__begin(struct session *s, struct sample **ret_first)
{
	int status = session__attach(s, ret_first);

	if (!status)
		status = session__start(s);
	if (status) {
		sample__free(*ret_first);
		*ret_first = NULL;
	}
	return status;
}

void session__close(struct session *s)
{
	if (s->out.out)
		fclose(s->out.out);
	session__close_outputs(s);
	/* COMMAND does not outlive threadscope. */ if (s->child && !s->child_ended && s->gate < 0)
		kill(s->child, SIGTERM);
	child__abandon(&s->gate, s->child, s->child_ended);
	loop__free(s->loop);
	collector__free(s->collector);
	probes__close(s->probes);
	for (size_t i = 0; i < s->process_count; i++)
		process__close(s->processes[i]);
}

/* ---- the loop --------------------------------------------------------------------------- */

int session__tick(struct session *s, uint64_t interval_ns)
{
	return loop__every(s->loop, interval_ns, ticked, s);
}

int session__wait_until(struct session *s, uint64_t end_ns)
{
	int err;

	s->wake = 0;
	progress__idle(true);
	if (s->o->apart && s->o->apart->stops) {
		s->o->apart->stops = false;
		stop(s, s->o->apart->signal);
	}
	/* Then nothing may ever come: only look. */
	err = loop__turn(s->loop, s->wake || all_ended(s) ? 0 : end_ns);
	progress__idle(false);
	if (err)
		return WAKE_STOP;
	if (monotonic_ns() >= end_ns)
		s->wake |= WAKE_STOP;
	if (all_ended(s))
		s->wake |= WAKE_ENDED;
	return s->wake;
}
