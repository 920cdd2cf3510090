// SPDX-License-Identifier: GPL-2.0-or-later
/* What is the matter in an interval: from the report's rows, and from what is remembered of earlier ones. */
#include "model/findings/convoy_calls.h"
#include "model/findings/goroutine_findings.h"
#include "model/findings/hanging_calls.h"
#include "model/findings/hangs.h"
#include "model/findings/hung_servers.h"
#include "model/findings/interval_finders.h"
#include "model/findings/log_queue.h"
#include "model/findings/queue_memory.h"
#include "model/findings/slow_calls.h"
#include "model/findings/thread_growth.h"
#include "model/go/lock_holders.h"
#include "model/go/queue_readers.h"
#include "model/interval/model_private.h"
#include "words/describe.h"

/* The threads of a process, by TID. */
static struct naming threads_of(struct model *m, const struct sample *s, pid_t pid)
{
	size_t from = 0, to;
	const struct crowd *crowd = crowd__of(&m->arena, s);
	struct thread_row *rows;

	while (from < s->thread_count && s->threads[from].pid < pid)
		from++;
	for (to = from; to < s->thread_count && s->threads[to].pid == pid;)
		to++;
	rows = ARENA_NEW(&m->arena, struct thread_row, to - from + 1);
	for (size_t i = from; i < to; i++)
		row__thread(&rows[i - from], &s->threads[i], NO_INDEX, crowd, true);
	return (struct naming){.threads = rows, .thread_count = to - from, .by_tid = true};
}

static void thread_growth(struct model *m, struct findings *f)
{
	const struct naming names = naming__of_interval(&m->report);

	for (size_t i = 0; i < m->now->process_count; i++) {
		const struct sample_process *p = &m->now->processes[i];
		struct history *h;

		if (p->ended)
			continue;
		h = &model__memory(m, MEMORY_PROCESS, p->pid, 0)->history;
		history__add(h, m->now->now_ns, p->threads);
		findings__thread_growth(f, p, h, m->report.creators, m->report.creator_count,
					m->report.processes[i].go, &names);
	}
}

/* What was found of full channels holds until they are read again. */
void model__log_queues(struct model *m, struct findings *f, const struct sample *s)
{
	for (size_t i = 0; i < s->live_count; i++) {
		const struct sample_go *go = &s->live[i];
		struct naming threads;

		if (!go->report) {
			queue_memory__repeat(m->queues, go->pid, f, s->now_ns);
			continue;
		}
		threads = threads_of(m, s, go->pid);
		findings__log_queues(f, go->report, queue_readers__join(&m->arena, go->report, &threads),
				     lock_holders__join(&m->arena, go->report, &threads), go->pid, m->queues,
				     s->now_ns);
	}
}

static void goroutine_findings(struct model *m, struct findings *f)
{
	for (size_t i = 0; i < m->report.process_count; i++) {
		const struct process_row *p = &m->report.processes[i];

		findings__goroutines(f, p->go, p->pid, p->comm);
	}
	model__log_queues(m, f, m->now);
}

/* What a snapshot finds, too, by the same code. */
static void hangs(struct model *m, struct findings *f)
{
	const struct interval_report *r = &m->report;
	const struct naming names = naming__of_interval(r);
	const struct deadlocks deadlocks = deadlocks__find(&m->arena, &names);
	bool *in_call = ARENA_NEW(&m->arena, bool, r->thread_count + 1);
	const struct hang_facts facts = {.names = &names,
					 .deadlocks = &deadlocks,
					 .in_call = in_call,
					 .every_process = m->every_process};

	if (r->interval_ns)
		findings__hanging_calls_of_interval(f, r, in_call);
	else /* a first look: no probe has seen the calls */
		findings__hanging_calls(f, &names, in_call);
	findings__slow_calls(f, r);
	findings__hung_servers(f, &names, in_call);
	findings__hangs(f, &facts);
}

static interval_finder *const FINDERS[FINDING_KINDS] = {
#define FINDING(constant, name, finder, ...) finder,
#include "report/findings.def"
#undef FINDING
};

void model__findings(struct model *m)
{
	struct findings f = {.arena = &m->arena};
	struct interval_report *r = &m->report;
	const struct interval_facts facts = {.report = r, .before = m->before, .now = m->now};

	hangs(m, &f);
	thread_growth(m, &f); /* what has been found of file servers may be why */
	goroutine_findings(m, &f);
	for (size_t i = 0; i < FINDING_KINDS; i++)
		FINDERS[i](&f, &facts);
	findings__convoy_calls(&f, r, m->held_calls, m->now->now_ns);
	findings__sort(&f);
	r->findings = f.list;
	r->finding_count = f.count;
}
