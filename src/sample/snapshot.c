// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One process, whole: every thread with its stack, none of them stopped. A
 * thread that ran while it was read is noticed by its switch count and read
 * again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/wait.h"
#include "sample/collect_private.h"

#define TRIES 3

static void kernel_frames(struct collector *c, struct sample *s, struct sample_thread *t,
			  const struct pass_thread *p)
{
	struct kernel_symbols *names = targets__kernel_symbols(c->targets);
	struct frame *frames = ARENA_NEW(&s->arena, struct frame, p->t.kstack_frames + 1);
	struct symbol symbol;

	for (size_t i = 0; i < p->t.kstack_frames; i++) {
		frames[i].address = p->kstack[i];
		if (!names || kernel_symbols__lookup(names, p->kstack[i], &symbol))
			continue;
		frames[i].function = arena__string(&s->arena, symbol.function);
		frames[i].offset = symbol.offset;
	}
	t->kernel_stack =
		(struct call_stack){ .frames = frames, .count = p->t.kstack_frames, .end = "complete" };
}

static void walk(struct sample *s, struct target *target, struct sample_thread *t, const struct pass_thread *p)
{
	static struct stack stack; /* too large for our stack, and we are one thread */

	if (!t->blocked) {
		t->stack = (struct call_stack){ .end = "running" };
		return;
	}
	if (!target) {
		t->stack = (struct call_stack){ .end = "unreadable" };
		return;
	}
	thread__walk(target, p, &stack);
	t->stack = target__frames(target, &s->arena, stack.pcs, stack.exact, stack.count,
				  stack_end__name(stack.end));
}

static bool unmoved(const struct pass_thread *before, const struct pass_thread *after)
{
	return after && after->t.switches == before->t.switches && after->t.start_ns == before->t.start_ns &&
	       thread__blocked(&after->t);
}

/* Walks those in `stale`, then looks which of them ran meanwhile. Returns how many did. */
static size_t walk_and_check(struct collector *c, pid_t pid, struct sample *s, const struct pass *pass,
			     bool *stale)
{
	struct target *target = targets__named(c->targets, pid);
	struct pass after;
	size_t moved = 0;

	for (size_t i = 0; i < s->thread_count; i++)
		if (stale[i])
			walk(s, target, &s->threads[i], &pass->threads[i]);
	if (pass__read(c->probes, 0, c->options.only_pid, &after))
		memset(&after, 0, sizeof(after));
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct ts_thread *t = &pass->threads[i].t;

		if (!stale[i])
			continue;
		stale[i] = s->threads[i].blocked &&
			   !unmoved(&pass->threads[i], pass__find(&after, t->tgid, t->tid));
		moved += stale[i];
	}
	pass__free(&after);
	return moved;
}

/* The record of a thread that moved is replaced by its newest one. */
static void reread(struct sample *s, struct pass *pass, const struct pass *newer, bool *stale)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct ts_thread *t = &pass->threads[i].t;
		const struct pass_thread *p = stale[i] ? pass__find(newer, t->tgid, t->tid) : NULL;

		if (!stale[i])
			continue;
		if (!p || p->t.start_ns != t->start_ns) {
			/* Gone: what was seen of it first stays, without a stack that may be of two instants. */
			s->threads[i].stack = (struct call_stack){ .end = "unreadable" };
			stale[i] = false;
			continue;
		}
		pass->threads[i].t = p->t;
		pass->threads[i].kstack = p->kstack;
		pass->threads[i].ustack = p->ustack;
		memset(&s->threads[i], 0, sizeof(s->threads[i]));
		thread__fill(&s->threads[i], &pass->threads[i], &newer->clocks, &s->arena);
	}
}

static int walk_all(struct collector *c, pid_t pid, struct sample *s, struct pass *pass)
{
	bool *stale = calloc(s->thread_count + 1, sizeof(*stale));
	struct pass newer[TRIES] = { 0 };
	size_t moved;

	if (!stale)
		return -ENOMEM;
	memset(stale, true, s->thread_count);
	moved = walk_and_check(c, pid, s, pass, stale);
	for (int i = 0; moved && i < TRIES; i++) {
		if (pass__read(c->probes, PASS_KERNEL_STACKS | PASS_USER_STACKS, c->options.only_pid,
			       &newer[i]))
			break;
		reread(s, pass, &newer[i], stale);
		moved = walk_and_check(c, pid, s, pass, stale);
	}
	/* It moves faster than it can be read: that is what is known of it. */
	for (size_t i = 0; i < s->thread_count; i++)
		if (stale[i])
			s->threads[i].stack = (struct call_stack){ .end = "running" };
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].blocked && pass->threads[i].t.kstack_frames)
			kernel_frames(c, s, &s->threads[i], &pass->threads[i]);
	for (int i = 0; i < TRIES; i++)
		pass__free(&newer[i]);
	free(stale);
	return 0;
}

/* The locks that threads wait on now: no totals in a snapshot. */
static void find_locks(struct collector *c, struct sample *s)
{
	s->locks = calloc(s->thread_count + 1, sizeof(*s->locks));
	if (!s->locks)
		abort();
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		if (!t->lock_address)
			continue;
		thread__classify(t, c->locks);
		s->locks[s->lock_count++] =
			(struct sample_lock){ .pid = t->pid, .word = t->lock_address, .kind = "futex" };
	}
	collect__sort_locks(s);
	for (size_t i = 0; i < s->lock_count; i++)
		collect__name_lock(c, s, &s->locks[i], true);
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_lock *l = s->threads[i].lock_address ?
						collect__find_lock(s, s->threads[i].pid, s->threads[i].lock_address) :
						NULL;
		if (l)
			s->threads[i].blocked_by = l->owner_tid;
	}
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

	s->processes = calloc(1, sizeof(*s->processes));
	if (!s->processes)
		abort();
	s->process_count = 1;
	s->processes[0] = (struct sample_process){ .pid = pid, .comm = "", .threads = pass->threads[0].t.nr_threads };
	s->exe = "";
	s->cmdline = copy_cmdline(&s->arena, t ? process__cmdline(t->process) : NULL);
	if (t) {
		s->processes[0].comm = arena__string(&s->arena, process__comm(t->process));
		s->exe = arena__string(&s->arena, process__exe(t->process));
	}
}

int collector__snapshot(struct collector *c, pid_t pid, struct sample **ret)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct pass pass;
	int err;

	if (!s)
		return -ENOMEM;
	collect__clocks(s);
	err = pass__read(c->probes, PASS_KERNEL_STACKS | PASS_USER_STACKS, c->options.only_pid, &pass);
	if (!err && !pass.count) {
		pass__free(&pass);
		err = -ESRCH;
	}
	if (err) {
		sample__free(s);
		return err;
	}
	s->now_ns = pass.clocks.now_ns;
	s->threads = calloc(pass.count, sizeof(*s->threads));
	if (!s->threads)
		abort();
	s->thread_count = pass.count;
	for (size_t i = 0; i < pass.count; i++)
		thread__fill(&s->threads[i], &pass.threads[i], &pass.clocks, &s->arena);
	fill_process(c, s, pid, &pass);
	err = walk_all(c, pid, s, &pass);
	if (!err) {
		for (size_t i = 0; i < s->thread_count; i++) {
			thread__find_path(&s->threads[i], c->targets, &s->arena);
			thread__classify(&s->threads[i], c->locks);
		}
		find_locks(c, s);
		collect__losses(c, s, &pass);
	}
	pass__free(&pass);
	if (err) {
		sample__free(s);
		return err;
	}
	*ret = s;
	return 0;
}

const struct lock_row *collector__lock(struct collector *c, uint32_t tgid, uint64_t word,
				       const struct call_stack *waiter)
{
	uint64_t no_args[6] = { 0 };
	struct wait_evidence e = { .state = 'S',
				   .syscall = wait__futex_syscall(),
				   .args = no_args,
				   .frames = waiter->frames,
				   .frame_count = waiter->count };
	const struct lock_facts *facts;

	locks__learn(c->locks, (pid_t)tgid, word, wait__classify(&e));
	facts = locks__facts(c->locks, (pid_t)tgid, word);
	c->lock = (struct lock_row){ .pid = (pid_t)tgid,
				     .address = facts->address,
				     .symbol = facts->symbol,
				     .kind = facts->kind,
				     .owner_tid = locks__owner(c->locks, (pid_t)tgid, word) };
	return &c->lock;
}
