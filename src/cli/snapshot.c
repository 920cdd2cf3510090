// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/exports.h"
#include "cli/fail_on.h"
#include "cli/session.h"
#include "model/model.h"
#include "sample/sample.h"

struct matches {
	const struct options *o;
	pid_t pids[MAX_TARGETS];
	size_t count;
};

static int match(pid_t pid, const char *comm, void *arg)
{
	struct matches *m = arg;

	for (size_t i = 0; i < m->o->name_count; i++) {
		if (pid == getpid() || fnmatch(m->o->names[i], comm, 0))
			continue;
		m->pids[m->count++] = pid;
		break;
	}
	return m->count == MAX_TARGETS;
}

/* Where snapshots go. */
struct outlets {
	uint64_t started_ns; /* the command */
	FILE *save;
	struct exports exports;
	bool found; /* what --fail-on asks for */
};

/* In plain text only threads in uninterruptible sleep show theirs. */
static bool wants_kernel_stacks(const struct options *o)
{
	return o->json || o->all || o->kernel_stacks || o->has_match || o->save_file || o->pprof_file;
}

static int take_one(const struct session *session, pid_t pid, struct outlets *to)
{
	struct collector_options co = {.only_pid = pid,
				       .lines = options__lines(session->o),
				       .kernel_stacks = wants_kernel_stacks(session->o)};
	struct selection which = options__selection(session->o);
	struct snapshot_report *r;
	struct collector *c;
	struct sample *s;
	struct arena arena = {0};
	int err = collector__new(session->probes, &co, &c), status;

	if (!err)
		err = probes__add_target(session->probes, pid, false);
	if (err)
		return complain(STATUS_FAILED, "cannot begin: %s", strerror(-err));
	err = collector__snapshot(c, pid, &s);
	if (err) {
		collector__free(c);
		if (err == -ESRCH && (!kill(pid, 0) || errno == EPERM))
			return complain(STATUS_NOT_ALLOWED,
					"the kernel shows no threads of process %d here, though it lives: a "
					"sandbox or "
					"another PID namespace hides it",
					pid);
		if (err == -ESRCH)
			return complain(STATUS_NO_TARGET, "process %d ended before anything could be read",
					pid);
		return complain(STATUS_FAILED, "cannot read the threads of process %d: %s", pid,
				strerror(-err));
	}
	r = model__snapshot(&arena, s, &which);
	r->cost.wall_ns = monotonic_ns() - to->started_ns;
	status = save__snapshot(session->o, to->save, s, r->cost.wall_ns);
	exports__add(&to->exports, r);
	to->found = to->found || fail_on__status(session->o->fail_on, r);
	session->view->snapshot(&session->out, r);
	arena__free(&arena);
	sample__free(s);
	collector__free(c);
	return status;
}

static int take_all(struct session *s, const pid_t *pids, size_t count, struct outlets *to)
{
	struct probes_options po = {.targets = PROBES_SET, .snapshot = true, .wishes = s->o->hooks};
	int err = probes__open(&po, &s->features, &s->probes), status = STATUS_DONE;

	if (err)
		return complain_probes(err, &s->features);
	for (size_t i = 0; !status && i < count; i++)
		status = take_one(s, pids[i], to);
	return status ? status : exports__write(&to->exports);
}

int command_snapshot(const struct options *o)
{
	struct matches m = {.o = o};
	struct outlets to = {.started_ns = monotonic_ns()};
	struct session s;
	int status = session__open_targets(&s, o);

	for (size_t i = 0; i < s.process_count; i++)
		m.pids[m.count++] = process__pid(s.processes[i]);
	if (!status && o->name_count) {
		processes__each(match, &m);
		if (!m.count)
			status = complain(STATUS_NO_TARGET, "no process has a name that matches '%s'",
					  o->names[0]);
	}
	if (!status)
		status = save__open(o, true, false, &to.save);
	if (!status)
		status = exports__open(&to.exports, o);
	if (!status)
		status = session__finish(&s, take_all(&s, m.pids, m.count, &to));
	exports__close(&to.exports);
	save__close(to.save);
	session__close(&s);
	return !status && to.found ? STATUS_FOUND : status;
}
