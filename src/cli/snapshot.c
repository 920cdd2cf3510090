// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

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

static int take_one(const struct options *o, struct probes *p, const struct view_options *out,
		    const struct view *view, pid_t pid, uint64_t started_ns, FILE *save)
{
	struct collector_options co = {.only_pid = pid};
	struct selection which = options__selection(o);
	struct snapshot_report *r;
	struct collector *c;
	struct sample *s;
	struct arena arena = {0};
	int err = collector__new(p, &co, &c), status;

	if (!err)
		err = probes__add_target(p, pid, false);
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
	r->cost.wall_ns = monotonic_ns() - started_ns;
	status = save__snapshot(o, save, s, r->cost.wall_ns);
	view->snapshot(out, r);
	arena__free(&arena);
	sample__free(s);
	collector__free(c);
	return status;
}

static int take_all(struct session *s, const pid_t *pids, size_t count, uint64_t started_ns, FILE *save)
{
	struct probes_options po = {.targets = PROBES_SET, .snapshot = true, .wishes = s->o->hooks};
	int err = probes__open(&po, &s->features, &s->probes), status = STATUS_DONE;

	if (err)
		return complain_probes(err, &s->features);
	for (size_t i = 0; !status && i < count; i++)
		status = take_one(s->o, s->probes, &s->out, s->view, pids[i], started_ns, save);
	return status;
}

int command_snapshot(const struct options *o)
{
	struct matches m = {.o = o};
	uint64_t started_ns = monotonic_ns();
	FILE *save = NULL;
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
		status = save__open(o, true, false, &save);
	if (!status)
		status = session__finish(&s, take_all(&s, m.pids, m.count, started_ns, save));
	save__close(save);
	session__close(&s);
	return status;
}
