// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/rows.h"

#include <string.h>

#include "facts/calls.h"
#include "thresholds.h"
#include "waits/halt.h"
#include "waits/judge.h"
#include "waits/stall.h"
#include "waits/wait.h"
#include "words/describe.h"

static const char *text_in(const char *text)
{
	return *text ? text : NULL;
}

struct halt row__halt(const struct sample_thread *t)
{
	const struct ts_halt *h = &t->halt;
	enum halt_reason reason = halt__reason(t);
	bool runnable = reason == HALT_RUN_QUEUE || reason == HALT_LOW_PRIORITY || reason == HALT_THROTTLED;

	return (struct halt){.reason = reason,
			     .duration_ns = runnable ? h->no_cpu_ns : t->blocked_ns,
			     .cgroup = text_in(h->cgroup),
			     .quota_ns = h->period_ns ? h->quota_ns : 0,
			     .period_ns = h->quota_ns ? h->period_ns : 0,
			     .counted_so_far = true,
			     .periods = h->periods,
			     .throttled = h->throttled,
			     .memory_limit = reason == HALT_MEMORY ? h->memory_limit : 0,
			     .policy = runnable ? policy_name(h->policy) : NULL,
			     .nice = runnable ? h->nice : 0,
			     .cpu = runnable ? h->cpu : -1,
			     .by_tid = (pid_t)h->by_tid,
			     .by_name = text_in(h->by_comm),
			     .signal = stop_signal_name(h->signal)};
}

void row__count_from(struct halt *h, const struct ts_account *before)
{
	/* Counts of two cgroups are not comparable, nor are counts that began anew. */
	if (!h->quota_ns || !before || !before->quota_ns || !h->cgroup || strcmp(h->cgroup, before->cgroup) ||
	    before->counts[TS_PERIODS] > h->periods || before->counts[TS_THROTTLED] > h->throttled)
		return;
	h->periods -= before->counts[TS_PERIODS];
	h->throttled -= before->counts[TS_THROTTLED];
	h->counted_so_far = false;
}

static void judge(struct wait *w, const struct sample_thread *t, const struct crowd *crowd, bool go)
{
	const struct wait_judgement j =
		wait__judge(&(struct wait_case){.kind = t->kind,
						.state = t->state,
						.name = t->name,
						.syscall = t->syscall,
						.args = t->args,
						.user = &t->stack,
						.kernel = &t->kernel_stack,
						.behind = crowd__behind(crowd, t),
						.symbol = crowd__symbol(crowd, t),
						.as_lock = crowd__as_lock(crowd, t),
						.same_word = crowd__same_word(crowd, t),
						.request = crowd__has_request(crowd, t),
						.collecting = t->collecting,
						.fifo = t->fifo,
						.resolves = t->resolves,
						.unanswered = t->unanswered,
						.go = go});

	w->class = j.class;
	w->reason = j.reason;
	w->what = j.what;
	w->on_lock = j.on_lock;
	w->for_work = j.for_work;
	w->event_loop = j.event_loop;
	/* Within such a function a thread may have waited before, each time with a time-out. */
	w->at_least = w->at_least || j.on_lock;
	w->function = j.frame < t->stack.count ? t->stack.frames[j.frame].function : NULL;
}

void row__likely_holder(struct lock_row *row, const struct sample_lock *l)
{
	if (l->readers)
		row->readers = l->readers;
	if (l->taken >= STARVED_BY_READERS && l->taken > row->taken)
		row->taken = l->taken;
	row->as_lock = row->as_lock || l->as_lock;
	if (l->holders)
		row->holders = l->holders;
	if (!l->likely_tid || row->likely_tid)
		return;
	row->likely_tid = l->likely_tid;
	row->likely = l->likely;
	row->likely_in = l->likely_in;
}

/* A word that neither the loop's function nor a holder shows to be a lock may be anything. */
static struct spin spin_of(const struct sample_thread *t)
{
	if (!t->spins_for_lock && !t->spin_holder)
		return (struct spin){0};
	return (struct spin){.address = t->spins_for,
			     .symbol = t->spin_symbol,
			     .function = t->spins_in,
			     .named = t->spins_for_lock,
			     .likely_tid = t->spin_holder,
			     .likely_in = t->spin_holder ? t->spin_holder_in : NULL};
}

void row__thread(struct thread_row *row, const struct sample_thread *t, size_t lock,
		 const struct crowd *crowd, bool go)
{
	/* Of a fault only the file is known that it may be of: its stack says whether it is. */
	bool of_server = t->kind != WAIT_PAGE_FAULT || t->syscall >= 0 ||
			 stall__of_stack(&t->kernel_stack) == STALL_SERVER;
	struct wait_evidence e = {.state = t->state, .syscall = t->syscall, .args = t->args};
	size_t words = 0;

	*row = (struct thread_row){.pid = t->pid,
				   .tid = t->tid,
				   .ns_tid = t->ns_tid,
				   .name = t->name,
				   .state = t->state,
				   .blocked = t->blocked,
				   .halt = row__halt(t),
				   .spin = spin_of(t),
				   .age_ns = t->age_ns,
				   .cpu_ns = t->account.counts[TS_CPU_NS],
				   .runnable_ns = t->account.counts[TS_RUNNABLE_NS] +
						  (t->blocked ? 0 : t->halt.no_cpu_ns),
				   .stack = t->stack,
				   .kernel_stack = t->kernel_stack,
				   .same_stack = -1,
				   .did_not_run = -1,
				   .goid = t->goid,
				   .go_running = t->go_running};
	if (!t->blocked)
		return;
	if (t->syscall >= 0)
		futex_wait__list(t->syscall, t->args, &words);
	row->wait = (struct wait){.kind = t->kind,
				  .syscall = syscall_name(t->syscall),
				  .duration_ns = sample_thread__waited_ns(t),
				  .at_least = t->at_least,
				  .timed = wait__timed(&e) && !t->wakes_itself,
				  .lock = lock,
				  .fd = wait__descriptor(&e),
				  .file = of_server ? t->path : NULL,
				  .peer = t->peer,
				  .server = of_server ? t->server : NULL,
				  .blocked_by = t->blocked_by,
				  .words = words,
				  .kernel_function = wait__sleeper(&t->kernel_stack),
				  .frozen = t->frozen,
				  .fifo = t->fifo,
				  .unanswered = t->unanswered,
				  .resolves = t->resolves,
				  .name_server = t->name_server};
	judge(&row->wait, t, crowd, go);
	row->idle = wait_class__at_rest(row->wait.class);
}

/* Not the kernel side's. */
#define UNREAD_FILES  TS_LOSS_COUNT
#define LOST_CALLS    (TS_LOSS_COUNT + 1)
#define UNREAD_MEMORY (TS_LOSS_COUNT + 2)
#define LOSS_ROWS     (TS_LOSS_COUNT + 3)

static const struct {
	const char *name, *meaning;
} LOSSES[] = {
	[TS_LOSS_EVENTS] = {"events", "events that found the ring buffer full"},
	[TS_LOSS_STACKS] = {"stacks", "stacks that could not be captured"},
	[TS_LOSS_LOCKS] = {"locks", "waits on locks that did not fit the table, summed in an overflow row"},
	[TS_LOSS_FILES] = {"files", "calls on files that did not fit the table, summed in an overflow row"},
	[TS_LOSS_THREADS] = {"threads", "threads that could not be followed"},
	[TS_LOSS_CREATORS] = {"creators", "creations whose stack did not fit the table"},
	[TS_LOSS_PROCESSES] = {"processes", "processes that did not fit the table"},
	[TS_LOSS_PARTS] = {"slow_calls", "slow calls whose parts did not fit the table"},
	[TS_LOSS_REQUESTS] = {"requests",
			      "io_uring requests that did not fit the table, whose end was not observed"},
	[TS_LOSS_MISSED] = {"missed", "events for which the kernel skipped a probe"},
	[UNREAD_FILES] = {"symbol_files",
			  "files whose symbols were not read: no timely answer from a file server, or "
			  "more memory or time needed than --names-memory and --names-time allow, or the "
			  "process that reads them crashed or hung"},
	[LOST_CALLS] = {"calls", "timed calls (--calls) whose place did not fit the table, or whose end was "
				 "not observed"},
	[UNREAD_MEMORY] = {"memory", "readings of memory without a timely answer"},
};

static uint64_t loss(const struct sample *s, size_t i)
{
	if (!s)
		return 0;
	if (i < TS_LOSS_COUNT)
		return s->losses[i];
	if (i == UNREAD_FILES)
		return s->unread_files;
	return i == LOST_CALLS ? s->lost_calls : s->unread_memory;
}

/* With the process that it was, of several the one with the most. */
static const char *whose_memory(struct arena *a, const struct sample *s, const char *meaning)
{
	const struct sample_process *p = NULL;
	size_t count = 0;

	for (size_t i = 0; i < s->process_count; i++) {
		count += s->processes[i].unanswered != 0;
		if (s->processes[i].unanswered > (p ? p->unanswered : 0))
			p = &s->processes[i];
	}
	if (!p)
		return meaning;
	if (count == 1)
		return arena__format(a, "%s: %s (%d)", meaning, p->comm, p->pid);
	return arena__format(a, "%s: %s (%d) and %zu more", meaning, p->comm, p->pid, count - 1);
}

const struct loss_row *row__losses(struct arena *a, const struct sample *s, const struct sample *before,
				   size_t *ret_count)
{
	struct loss_row *rows = ARENA_NEW(a, struct loss_row, LOSS_ROWS);

	for (size_t i = 0; i < LOSS_ROWS; i++) {
		uint64_t now = loss(s, i), then = loss(before, i);

		rows[i] = (struct loss_row){.name = LOSSES[i].name,
					    .meaning = LOSSES[i].meaning,
					    .count = now > then ? now - then : 0};
	}
	rows[TS_LOSS_THREADS].count += s->lost_threads;
	if (rows[UNREAD_MEMORY].count)
		rows[UNREAD_MEMORY].meaning = whose_memory(a, s, rows[UNREAD_MEMORY].meaning);
	if (rows[UNREAD_FILES].count && s->parser_died_on)
		rows[UNREAD_FILES].meaning =
			arena__format(a, "%s: %s", rows[UNREAD_FILES].meaning,
				      *s->parser_died_on ? s->parser_died_on : "not known at which");
	*ret_count = LOSS_ROWS;
	return rows;
}

const char *row__creator_text(struct arena *a, const struct call_stack *stack)
{
	char text[DESCRIBE_WAIT];

	return stack->count ? arena__string(a, describe_creator(text, sizeof(text), stack, 4)) : NULL;
}

struct origin row__origin(struct arena *a, const struct sample_process *p,
			  const struct sample_process *before)
{
	struct origin o = {p->command, p->titled, p->unit, p->uptime_ns};

	if (!before || !p->ended)
		return o;
	return (struct origin){arena__string(a, before->command), before->titled,
			       arena__string(a, before->unit), o.uptime_ns};
}
