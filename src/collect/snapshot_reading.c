// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One process: every thread with its stack, without stopping any. The switch count shows whether a thread ran
 * while it was read; then it is read again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "waits/wait.h"
#include "collect/threads/bare_stacks.h"
#include "collect/collector_private.h"
#include "go/collect/go_reading.h"
#include "collect/threads/running_threads.h"
#include "collect/files/pipe_waits.h"
#include "util/heap.h"

#define TRIES 3

/* ---- walking ------------------------------------------------------------------ */

/*
 * Walks the copy, if that suffices: a second pass has shown that the thread did not run. Otherwise uses the
 * target's current memory, which another pass must confirm.
 */
static void walk(struct arena *a, struct target *target, const struct sample_thread *t,
		 const struct pass_thread *p, struct bare_stack *ret)
{
	struct stack walked;

	if (!t->blocked && ret->sampled)
		return;
	*ret = (struct bare_stack){.end = t->blocked || wait__ended(t->state) ? STACK_UNREADABLE
									      : STACK_RUNNING};
	if (!t->blocked || !target)
		return;
	if ((p->t.flags & TS_THREAD_STEADY) && p->ustack_bytes) {
		thread__walk(target, p, false, &walked);
		if (walked.end == STACK_COMPLETE) {
			bare_stack__keep(a, ret, &walked);
			return;
		}
	}
	thread__walk(target, p, true, &walked);
	bare_stack__keep(a, ret, &walked);
	ret->stale = true;
}

static bool unmoved(const struct pass_thread *before, const struct pass_thread *after)
{
	return thread__did_not_run(&before->t, after) && thread__blocked(&after->t);
}

/* Reads the tops of stacks, and confirms them by a second pass. */
static void copy_stacks(struct collector *c, pid_t pid, struct pass *pass)
{
	struct target *t = targets__get(c->targets, pid);
	struct pass after;

	if (t)
		pass__copy_stacks(pass, t, 0, pass->count, NULL);
	if (pass__read(c->probes, 0, c->options.only_pid, &after))
		return;
	for (size_t i = 0; i < pass->count; i++)
		if (thread__did_not_run(&pass->threads[i].t,
					pass__find(&after, pass->threads[i].t.tgid, pass->threads[i].t.tid)))
			pass->threads[i].t.flags |= TS_THREAD_STEADY;
	pass__free(&after);
}

static void take_cause(void *arg, const struct ts_cause *from)
{
	struct pass *pass = arg;
	struct pass_thread *p =
		(struct pass_thread *)pass__find(pass, pass->count ? pass->threads[0].t.tgid : 0, from->tid);

	if (!p || p->t.start_ns != from->start_ns || p->t.switches != from->switches ||
	    !from->frozen != !(p->t.flags & TS_THREAD_FROZEN))
		return;
	p->t.halt.memory_limit = from->memory_limit;
	memcpy(p->t.halt.cgroup, from->cgroup, sizeof(p->t.halt.cgroup));
}

/* Few snapshots have a thread that can wait for its cgroup: the others need not load what looks for it. */
static void find_causes(struct collector *c, pid_t pid, struct pass *pass)
{
	bool wanted = false;

	for (size_t i = 0; i < pass->count && !wanted; i++)
		wanted = (pass->threads[i].t.flags & TS_THREAD_FROZEN) ||
			 thread__state(&pass->threads[i].t) == 'D';
	if (wanted && !probes__pass_has_causes(c->probes))
		probes__causes(c->probes, pid, take_cause, pass);
}

static int read_threads(struct collector *c, pid_t pid, struct pass *pass)
{
	unsigned kernel = c->options.kernel_stacks ? PASS_KERNEL_STACKS : PASS_TELLING_KERNEL_STACKS;
	int err = pass__read_whole(c->probes, kernel | PASS_REGISTERS, c->options.only_pid, pass);

	if (!err)
		copy_stacks(c, pid, pass);
	if (!err)
		find_causes(c, pid, pass);
	return err;
}

/* Finds the stale threads that ran while they were walked. Returns their number. */
static size_t prove(struct collector *c, const struct pass *pass, struct bare_stack *stacks)
{
	size_t stale = 0, moved = 0;
	struct pass after;

	for (size_t i = 0; i < pass->count; i++)
		stale += stacks[i].stale;
	if (!stale)
		return 0;
	if (pass__read(c->probes, 0, c->options.only_pid, &after))
		memset(&after, 0, sizeof(after));
	for (size_t i = 0; i < pass->count; i++) {
		const struct pass_thread *p = &pass->threads[i];

		if (stacks[i].stale)
			stacks[i].stale = !unmoved(p, pass__find(&after, p->t.tgid, p->t.tid));
		moved += stacks[i].stale;
	}
	pass__free(&after);
	return moved;
}

/* A thread that moved is taken from the newest pass and walked again. */
static void walk_again(struct sample *s, struct target *target, struct pass *pass, const struct pass *newer,
		       struct bare_stack *stacks)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		struct pass_thread *old = &pass->threads[i];
		const struct pass_thread *p =
			stacks[i].stale ? pass__find(newer, old->t.tgid, old->t.tid) : NULL;

		if (!stacks[i].stale)
			continue;
		if (!p || p->t.start_ns != old->t.start_ns) {
			/* It has ended: its first record stays, without the stack, which may mix two
			 * instants.
			 */
			stacks[i] = (struct bare_stack){.end = STACK_UNREADABLE};
			continue;
		}
		*old = *p;
		memset(&s->threads[i], 0, sizeof(s->threads[i]));
		thread__fill(&s->threads[i], old, &newer->clocks, &s->arena);
		walk(&s->arena, target, &s->threads[i], old, &stacks[i]);
	}
}

/* The locks' bytes are valid for threads that wait before and after the reading. Returns the number of the
 * others. */
static size_t prove_locks(struct collector *c, struct sample *s, const struct pass *pass,
			  struct bare_stack *stacks)
{
	bool *owners = HEAP_NEW(bool, s->thread_count + 1);
	struct pass after;
	size_t moved = 0;

	if (!lock_waiters__read(c->locks, s) || pass__read(c->probes, 0, c->options.only_pid, &after)) {
		free(owners);
		return 0;
	}
	lock_waiters__mark_steady(s, pass, &after);
	pass__free(&after);
	moved = lock_waiters__moved_owners(c->locks, s, owners);
	for (size_t i = 0; i < s->thread_count; i++) {
		bool waiter = s->threads[i].lock_address && !s->threads[i].steady;

		stacks[i].stale = stacks[i].stale || waiter || owners[i];
		moved += waiter;
	}
	free(owners);
	return moved;
}

/* python, ruby: there is such a process. */
static void prove_interpreters(struct collector *c, const struct sample *s, const struct pass *pass,
			       bool python, bool ruby)
{
	struct pass after = {0};

	if (!python && !ruby)
		return;
	if (pass__read(c->probes, 0, c->options.only_pid, &after))
		memset(&after, 0, sizeof(after));
	if (python)
		python_stacks__prove(c->python, s, pass, &after);
	if (ruby)
		ruby_stacks__prove(c->ruby, s, pass, &after);
	pass__free(&after);
}

static int walk_all(struct collector *c, pid_t pid, struct sample *s, struct pass *pass)
{
	struct bare_stack *stacks = HEAP_NEW(struct bare_stack, s->thread_count + 1);
	struct target *target = targets__named(c->targets, pid);
	struct pass newer[TRIES] = {0};
	bool python = python_stacks__look(c->python, s, pass), ruby = ruby_stacks__look(c->ruby, s, pass);

	/* First, because running threads move on. */
	running__sample(s, target, pass, NULL, stacks);
	for (size_t i = 0; i < s->thread_count; i++)
		walk(&s->arena, target, &s->threads[i], &pass->threads[i], &stacks[i]);
	for (int i = 0;; i++) {
		size_t moved = prove(c, pass, stacks) + prove_locks(c, s, pass, stacks);

		if (!moved || i == TRIES || read_threads(c, pid, &newer[i]))
			break;
		walk_again(s, target, pass, &newer[i], stacks);
	}
	prove_interpreters(c, s, pass, python, ruby);
	bare_stacks__name(c->kernel, s, target, pass, stacks);
	collect__spinners(c, s, pass, stacks);
	if (python)
		python_stacks__use(c->python, s);
	if (ruby)
		ruby_stacks__use(c->ruby, s);
	for (int i = 0; i < TRIES; i++)
		pass__free(&newer[i]);
	free(stacks);
	return 0;
}

/* The locks with waiters now; a snapshot has no totals. */
static void find_locks(struct collector *c, struct sample *s, const struct pass *pass)
{
	s->locks = HEAP_NEW(struct sample_lock, s->thread_count + 1);
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		const struct sample_lock *last = s->lock_count ? &s->locks[s->lock_count - 1] : NULL;

		if (!t->lock_address)
			continue;
		thread__classify(t, c->locks);
		/* Waiters of one lock often follow each other. */
		if (last && last->pid == t->pid && last->word == t->lock_address)
			continue;
		s->locks[s->lock_count++] =
			(struct sample_lock){.pid = t->pid, .word = t->lock_address, .kind = LOCK_FUTEX};
	}
	lock_waiters__sort(s);
	lock_waiters__join(c->locks, s, &(struct pass){0});
	collect__lock_holders(c, s, pass);
}

static char *const *copy_cmdline(struct arena *a, char *const *from)
{
	size_t count = 0;
	char **copy;

	while (from && from[count])
		count++;
	copy = ARENA_NEW(a, char *, count + 1);
	for (size_t i = 0; i < count; i++)
		copy[i] = arena__string(a, from[i]);
	return copy;
}

static void fill_process(struct collector *c, struct sample *s, pid_t pid, const struct pass *pass)
{
	struct target *t = targets__get(c->targets, pid);

	s->processes = HEAP_NEW(struct sample_process, 1);
	s->process_count = 1;
	s->processes[0] =
		(struct sample_process){.pid = pid, .comm = "", .threads = pass->threads[0].t.nr_threads};
	s->exe = "";
	s->cmdline = copy_cmdline(&s->arena, t ? process__cmdline(t->process) : NULL);
	if (t) {
		s->processes[0].comm = arena__string(&s->arena, process__comm(t->process));
		origin__read(t->process, s, &s->processes[0]);
		s->exe = arena__string(&s->arena, process__exe(t->process));
	}
}

static struct go_reading *read_goroutines(struct collector *c, struct sample *s, pid_t pid,
					  const struct pass *pass)
{
	struct threads_again again = {c, pass};
	const struct go_threads_now now = {collect__look_again, &again};

	return gather__go_report(s, c->probes, c->targets, pid, c->options.goroutines, c->options.leaks,
				 c->options.repeated ? go_live__clock(c->go, pid) : NULL, &now);
}

int collector__snapshot(struct collector *c, pid_t pid, struct sample **ret)
{
	struct sample *s = HEAP_NEW(struct sample, 1);
	struct pass pass;
	int err;

	targets__new_interval(c->targets);
	collect__clocks(s);
	err = read_threads(c, pid, &pass);
	if (!err && !pass.count) {
		pass__free(&pass);
		err = -ESRCH;
	}
	if (err) {
		sample__free(s);
		return err;
	}
	s->time_ns += pass.clocks.now_ns - s->now_ns;
	s->now_ns = pass.clocks.now_ns;
	s->threads = HEAP_NEW(struct sample_thread, pass.count);
	s->thread_count = pass.count;
	for (size_t i = 0; i < pass.count; i++)
		thread__fill(&s->threads[i], &pass.threads[i], &pass.clocks, &s->arena);
	fill_process(c, s, pid, &pass);
	err = walk_all(c, pid, s, &pass);
	if (!err) {
		for (size_t i = 0; i < s->thread_count; i++) {
			thread__find_path(&s->threads[i], c->targets, &s->arena);
			thread__find_word(&s->threads[i], c->targets);
			thread__classify(&s->threads[i], c->locks);
		}
		resolver_waits__find(c->targets, s);
		socket_waits__name(c->sockets, s);
		call_addresses__name(c->targets, s);
		resolver_waits__name(c->targets, s);
		pipe_waits__name(s);
		call_files__name(c->targets, s);
		ipc_waits__name(c->targets, s);
		server_waits__name(c->servers, s);
		if (c->options.count_goroutines)
			go_live__count(c->go, s);
		else
			s->go = read_goroutines(c, s, pid, &pass);
		lock_objects__find(c->locks, c->targets, s, &pass);
		find_locks(c, s, &pass);
		python_locks__name(c->python, s, &pass);
		collect__java(c, s, &pass, true);
		ruby_locks__name(c->ruby, s, true);
		links__find(c->links, s);
		collect__losses(c, s, &pass);
	}
	pass__free(&pass);
	if (err) {
		sample__free(s);
		return err;
	}
	collect__own_cost(c, s);
	*ret = s;
	return 0;
}

/*
 * Its owner when the wait began. A thread does not wait for itself, and other processes' threads do not
 * count: then, and where the lock keeps no owner, it was the one that gave it up, if that is known.
 */
static pid_t owner_then(struct collector *c, const struct ts_event_futex *x, enum lock_kind kind)
{
	struct target *t = targets__get(c->targets, (pid_t)x->e.tgid);
	pid_t owner = locks__owner(c->locks, (pid_t)x->e.tgid, x->address);

	owner = t && owner > 0 ? process__own_thread(t->process, owner) : 0;
	if (owner > 0 && owner != (pid_t)x->e.tid)
		return owner;
	return wait__exclusive(kind) ? (pid_t)x->waker_tid : 0;
}

struct sample_lock collector__lock(struct collector *c, const struct ts_event_futex *x,
				   const struct call_stack *waiter)
{
	uint64_t no_args[6] = {0};
	pid_t pid = (pid_t)x->e.tgid;
	struct wait_evidence e = {.state = 'S',
				  .syscall = futex_wait__syscall(),
				  .args = no_args,
				  .frames = waiter->frames,
				  .frame_count = waiter->count};
	const struct lock_facts *facts;

	locks__learn(c->locks, pid, x->address, wait__classify(&e), wait__lock_form(&e));
	locks__copied(c->locks, pid, x->address, x->lock, x->lock_bytes);
	facts = locks__facts(c->locks, pid, x->address);
	return (struct sample_lock){.pid = pid,
				    .address = facts->address,
				    .word = x->address,
				    .symbol = facts->symbol,
				    .kind = facts->kind,
				    .owner_tid = owner_then(c, x, facts->kind)};
}
