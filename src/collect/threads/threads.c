// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/threads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/threads/compat_calls.h"
#include "util/array.h"
#include "util/clock.h"
#include "waits/wait.h"

static void take_clocks(void *arg, const struct ts_pass *clocks)
{
	struct pass *p = arg;

	p->clocks = *clocks;
}

static void take_thread(void *arg, const struct ts_thread *t, const uint64_t *kstack)
{
	struct pass *p = arg;
	struct pass_thread *to = ARRAY_ADD(p->threads, p->count, p->room);

	*to = (struct pass_thread){.t = *t};
	if (t->kstack_frames)
		to->kstack = arena__copy(&p->arena, kstack, t->kstack_frames * sizeof(*kstack));
}

static int by_ids(const void *a, const void *b)
{
	const struct ts_thread *x = &((const struct pass_thread *)a)->t,
			       *y = &((const struct pass_thread *)b)->t;

	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static bool in_order(const struct pass *p)
{
	for (size_t i = 1; i < p->count; i++)
		if (by_ids(&p->threads[i - 1], &p->threads[i]) > 0)
			return false;
	return true;
}

int pass__read(struct probes *p, unsigned flags, pid_t only_pid, struct pass *ret)
{
	struct thread_sink sink = {.pass = take_clocks, .thread = take_thread, .arg = ret};
	int err;

	memset(ret, 0, sizeof(*ret));
	err = probes__pass(p, flags, only_pid, &sink);
	if (err) {
		pass__free(ret);
		return err;
	}
	if (!in_order(ret)) /* a process's threads usually come in the order of their creation */
		qsort(ret->threads, ret->count, sizeof(*ret->threads), by_ids);
	return 0;
}

uint64_t pass__unseen(const struct pass *pass)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < pass->count;) {
		uint32_t tgid = pass->threads[i].t.tgid, claimed = 0;
		size_t first = i;

		for (; i < pass->count && pass->threads[i].t.tgid == tgid; i++)
			if (!claimed || pass->threads[i].t.nr_threads < claimed)
				claimed = pass->threads[i].t.nr_threads;
		if (claimed > i - first)
			lost += claimed - (i - first);
	}
	return lost;
}

/* One that begins or ends may be in the kernel's count and not in its lists, until its CPU has gone on: that
 * of a virtual machine may stand still for milliseconds. */
#define GAP_NS 1000000

int pass__read_whole(struct probes *p, unsigned flags, pid_t only_pid, struct pass *ret)
{
	int err = pass__read(p, flags, only_pid, ret);
	struct pass again;

	for (int i = 0; !err && pass__unseen(ret) && i < 2; i++) {
		nanosleep(&(struct timespec){.tv_nsec = GAP_NS}, NULL);
		if (pass__read(p, flags, only_pid, &again))
			break;
		if (pass__unseen(&again) < pass__unseen(ret)) {
			pass__free(ret);
			*ret = again;
		} else {
			pass__free(&again);
		}
	}
	return err;
}

void pass__free(struct pass *p)
{
	arena__free(&p->arena);
	free(p->threads);
	memset(p, 0, sizeof(*p));
}

const struct pass_thread *pass__find(const struct pass *p, uint32_t tgid, uint32_t tid)
{
	struct pass_thread key = {.t = {.tgid = tgid, .tid = tid}};

	return p->count ? bsearch(&key, p->threads, p->count, sizeof(key), by_ids) : NULL;
}

/* fs/proc/array.c: task_state_array; bits of include/linux/sched.h */
char thread__state(const struct ts_thread *t)
{
	uint32_t s = t->state;

	if (s & 0x20)
		return 'Z';
	if (s & 0x10)
		return 'X';
	if ((s & 0x402) == 0x402) /* TASK_IDLE: uninterruptible, no load */
		return 'I';
	if (s & 0x1)
		return 'S';
	if (s & (0x2 | 0x1000 | 0x8000)) /* uninterruptible, RT lock, frozen */
		return 'D';
	if (s & 0x4)
		return 'T';
	if (s & 0x8)
		return 't';
	if (s & 0x40)
		return 'P';
	if (s & 0x80)
		return 'X';
	return 'R';
}

bool thread__blocked(const struct ts_thread *t)
{
	char state = thread__state(t);

	/* On a CPU it is only about to block. */
	return state != 'R' && state != 'Z' && state != 'X' && !(t->flags & TS_THREAD_ON_CPU);
}

bool thread__off_cpu(const struct ts_thread *t)
{
	return thread__blocked(t) || (thread__state(t) == 'R' && !(t->flags & TS_THREAD_ON_CPU));
}

bool thread__did_not_run(const struct ts_thread *before, const struct pass_thread *after)
{
	return after && after->t.switches == before->switches && after->t.start_ns == before->start_ns &&
	       thread__off_cpu(&after->t);
}

/*
 * How old its wait is. It may have run within the call: since when the call lasts is known of writes and
 * syncs, whose beginning is observed, and of others from their first wait on; without probes it is not known.
 */
static void fill_age(struct sample_thread *s, const struct ts_thread *t, const struct ts_pass *clocks)
{
	uint64_t since = t->block_ns ? t->block_ns : t->last_ran_ns;

	s->blocked_ns = gained_since(clocks->now_ns, since);
	s->at_least = !t->block_ns || (t->flags & TS_THREAD_VISIT_LEAST);
	if (t->visit_ns && t->visit_ns < since)
		since = t->visit_ns;
	if (t->io_start_ns) {
		s->at_least = t->flags & TS_THREAD_IO_LEAST;
		if (t->io_start_ns < since)
			since = t->io_start_ns;
	}
	s->waiting_ns = gained_since(clocks->now_ns, since);
}

/*
 * The kernel side cannot see whether a thread that waits for the same word again had the lock in between.
 * With glibc's mutexes it can: who waited for one wakes the next when it unlocks. With others it may be
 * another wait, or the same.
 */
void thread__count_tries(struct sample_thread *s, const struct ts_thread *t, const struct ts_pass *clocks,
			 enum lock_form form)
{
	uint64_t tried_ns = gained_since(clocks->now_ns, t->try_ns);

	if (!s->blocked || !s->lock_address || !t->try_ns || tried_ns <= s->waiting_ns)
		return;
	if (s->kind == WAIT_MUTEX && form == FORM_GLIBC) {
		s->waiting_ns = tried_ns;
		s->at_least = t->flags & TS_THREAD_TRY_LEAST;
	} else if (wait__tries_again(s->kind)) {
		s->at_least = true;
	}
}

static const char *thread_name(struct arena *a, const char comm[TS_COMM_LEN])
{
	char name[TS_COMM_LEN + 1];

	memcpy(name, comm, TS_COMM_LEN);
	name[TS_COMM_LEN] = '\0';
	return arena__string(a, name);
}

void thread__fill(struct sample_thread *s, const struct pass_thread *p, const struct ts_pass *clocks,
		  struct arena *a)
{
	const struct ts_thread *t = &p->t;
	struct wait_evidence e;

	s->pid = (pid_t)t->tgid;
	s->tid = (pid_t)t->tid;
	s->ns_tid = (pid_t)t->ns_tid;
	s->name = thread_name(a, t->comm);
	s->state = thread__state(t);
	s->blocked = thread__blocked(t);
	if (s->blocked)
		fill_age(s, t, clocks);
	s->age_ns = gained_since(clocks->now_ns, t->start_ns);
	s->account = t->account;
	s->waits = t->waits;
	s->wait_ns = t->wait_ns;
	s->syscall = (t->flags & TS_THREAD_SYSCALL) && !(t->flags & TS_THREAD_COMPAT) ? (long)t->syscall : -1;
	memcpy(s->args, t->args, sizeof(s->args));
	/* 32-bit calls have other numbers and registers. */
	if (t->flags & TS_THREAD_COMPAT)
		compat_calls__translate(t, &s->syscall, s->args);
	s->io_kind = t->io_start_ns ? (enum ts_io_kind)t->io_kind : TS_IO_NONE;
	s->io_age_ns =
		t->io_start_ns && clocks->now_ns > t->io_start_ns ? clocks->now_ns - t->io_start_ns : 0;
	s->io_at_least = t->io_start_ns && (t->flags & TS_THREAD_IO_LEAST);
	s->io_bytes = t->io_bytes;
	s->io_fd = t->io_fd;
	s->io_file = t->io_key;
	s->calls_unseen = t->flags & (TS_THREAD_COMPAT | TS_THREAD_32BIT);
	s->frozen = s->blocked && (t->flags & TS_THREAD_FROZEN);
	s->on_cpu = t->flags & TS_THREAD_ON_CPU;
	s->throttled = t->flags & TS_THREAD_THROTTLED;
	s->halt = t->halt;
	e = (struct wait_evidence){
		.state = s->state, .frozen = s->frozen, .syscall = s->syscall, .args = s->args};
	s->kind = wait__classify(&e);
	if (s->state == 'D' && (t->flags & TS_THREAD_COMPAT) && s->syscall < 0 && !s->frozen)
		s->kind = WAIT_OTHER;
	/* It is stopped since it last ran, whatever call it was in. */
	if (s->blocked && s->kind == WAIT_STOPPED) {
		s->waiting_ns = s->blocked_ns;
		s->at_least = false;
	}
	s->lock_address = s->blocked ? futex_wait__word(s->syscall, s->args) : 0;
}

void thread__walk(struct target *t, const struct pass_thread *p, bool beyond, struct stack *ret)
{
	struct stack_memory memory = {.start = p->t.regs.r[TS_REG_SP],
				      .bytes = p->ustack,
				      .len = p->ustack_bytes,
				      .beyond = beyond ? t->process : NULL};

	if (!(p->t.flags & TS_THREAD_REGS)) {
		ret->count = 0;
		ret->end = STACK_UNREADABLE;
		return;
	}
	unwinder__walk(t->unwinder, &p->t.regs, false, &memory, ret);
}

size_t thread__values(const struct target *t, const struct pass_thread *p, uint64_t ret[THREAD_VALUES])
{
	uint64_t *stack = ret + TS_NREGS;
	ssize_t bytes;

	if (!(p->t.flags & TS_THREAD_REGS))
		return 0;
	memcpy(ret, p->t.regs.r, sizeof(p->t.regs.r));
	if (!p->ustack) {
		bytes = process__read(t->process, p->t.regs.r[TS_REG_SP], stack, THREAD_STACK_WORDS * 8);
	} else {
		bytes = p->ustack_bytes < THREAD_STACK_WORDS * 8 ? p->ustack_bytes : THREAD_STACK_WORDS * 8;
		memcpy(stack, p->ustack, (size_t)bytes);
	}
	return TS_NREGS + (bytes > 0 ? (size_t)bytes / 8 : 0);
}

void thread__classify(struct sample_thread *s, struct locks *locks)
{
	struct wait_evidence e = {.state = s->state,
				  .syscall = s->syscall,
				  .args = s->args,
				  .frames = s->stack.frames,
				  .frame_count = s->stack.count,
				  .kernel = &s->kernel_stack};

	/* Outside a system call, only the kernel's frames add information. */
	if (!s->blocked || (s->syscall < 0 && !s->kernel_stack.count))
		return;
	s->kind = wait__classify(&e);
	if (s->lock_address)
		locks__learn(locks, s->pid, s->lock_address, s->kind, wait__lock_form(&e));
	if (s->frozen)
		s->kind = WAIT_STOPPED;
}

/* struct futex_waitv of linux/futex.h: val, uaddr, flags */
void thread__find_word(struct sample_thread *s, struct targets *targets)
{
	size_t count;
	uint64_t list = s->blocked && s->syscall >= 0 ? futex_wait__list(s->syscall, s->args, &count) : 0;
	struct target *t = list ? targets__get(targets, s->pid) : NULL;
	uint64_t entry[2];

	if (t && process__read(t->process, list, entry, sizeof(entry)) == (ssize_t)sizeof(entry))
		s->lock_address = entry[1];
}

void thread__find_path(struct sample_thread *s, struct targets *targets, struct arena *a)
{
	struct wait_evidence e = {.state = s->state, .syscall = s->syscall, .args = s->args};
	int fd = s->blocked ? wait__descriptor(&e) : -1;
	struct target *t = fd >= 0 ? targets__get(targets, s->pid) : NULL;
	char *path = NULL;

	if (!t || process__descriptor_path(t->process, fd, &path))
		return;
	s->path = arena__string(a, path);
	free(path);
}
