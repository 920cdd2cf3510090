/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a slow write or sync spends its time. A call that does not block costs nothing. When its thread is
 * switched out within the call, the kernel stack shows where, and the next switch shows for how long. A slow
 * call adds these parts to its file at its end. The scheduler's run_delay gives the time on the run queue, so
 * wake-ups need not be observed.
 */
#ifndef TS_STALL_BPF_H
#define TS_STALL_BPF_H

/* Many more slots than stacks: if two stacks share a slot, one of them is lost. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 8192);
	__uint(key_size, sizeof(u32));
	__uint(value_size, TS_IO_FRAMES * sizeof(u64));
} io_stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TS_IO_PARTS);
	__type(key, struct ts_io_part_key);
	__type(value, struct ts_io_part);
} io_parts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TS_FILES);
	__type(key, struct ts_io_slowest_key);
	__type(value, struct ts_io_slowest);
} io_slowest SEC(".maps");

#define NO_WAIT TS_IO_WAITS /* as the index of a wait */

/* The time on the run queue since the last look, subtracted from the wait that includes it. */
static __always_inline void stall_settle(struct stall *s, struct task_struct *task)
{
	u64 delay = BPF_CORE_READ(task, sched_info.run_delay), more = delay - s->run_delay;

	s->run_delay = delay;
	s->runnable_ns += more;
	for (u32 i = 0; i < TS_IO_WAITS; i++)
		if (i == s->last)
			s->waits[i].ns -= more < s->waits[i].ns ? more : s->waits[i].ns;
	s->last = NO_WAIT;
}

static __always_inline void stall_new(struct stall *s, struct task_struct *task, u64 call)
{
	__builtin_memset(s, 0, sizeof(*s));
	s->call = call;
	s->last = NO_WAIT;
	s->run_delay = BPF_CORE_READ(task, sched_info.run_delay);
}

/* Switched out within a call. Not blocked: it was preempted and is runnable. */
static __always_inline void stall_begins(void *ctx, struct thread_state *t, struct task_struct *task,
					 bool blocked, u64 now)
{
	struct stall *s = &t->stall;
	long stack = TS_IO_PART_RUNNABLE;

	if (s->call != t->io_start_ns)
		stall_new(s, task, t->io_start_ns);
	else
		stall_settle(s, task);
	if (blocked) {
		stack = bpf_get_stackid(ctx, &io_stacks, 0);
		if (stack < 0)
			stack = TS_IO_PART_UNKNOWN;
	}
	s->stack = stack;
	s->out_ns = now;
}

/* Waits at one place share an entry; the last entry takes the overflow. */
static __always_inline void stall_add(struct stall *s, u64 ns)
{
	u32 at = TS_IO_WAITS - 1;

	for (u32 i = TS_IO_WAITS; i > 0; i--)
		if (!s->waits[i - 1].count || s->waits[i - 1].stack == s->stack)
			at = i - 1;
	for (u32 i = 0; i < TS_IO_WAITS; i++) {
		if (i != at)
			continue;
		if (s->waits[i].count && s->waits[i].stack != s->stack)
			s->waits[i].stack = TS_IO_PART_UNKNOWN;
		else
			s->waits[i].stack = s->stack;
		s->waits[i].ns += ns;
		s->waits[i].count++;
		s->last = i;
	}
}

static __always_inline void stall_ends(struct thread_state *t, u64 now)
{
	struct stall *s = &t->stall;
	u64 ns = now > s->out_ns ? now - s->out_ns : 0;

	s->out_ns = 0;
	if (s->call == t->io_start_ns && s->stack != TS_IO_PART_RUNNABLE)
		stall_add(s, ns);
}

/* Unobserved time of the call. */
static __always_inline void stall_unknown(struct stall *s, struct task_struct *task, u64 ns)
{
	stall_settle(s, task);
	s->stack = TS_IO_PART_UNKNOWN;
	stall_add(s, ns);
	s->last = NO_WAIT;
}

static __always_inline void stall_forget(struct stall *s, struct task_struct *task, u64 call, u64 ns)
{
	stall_new(s, task, call);
	s->waits[0] = (struct ts_io_wait){.ns = ns, .stack = TS_IO_PART_UNKNOWN, .count = 1};
}

static __always_inline void io_part_add(const struct ts_file_key *file, u32 kind, s32 stack, u64 ns,
					u32 count)
{
	struct ts_io_part_key key = {.file = *file, .io_kind = kind, .stack = stack};
	struct ts_io_part zero = {}, *p = bpf_map_lookup_elem(&io_parts, &key);

	if (!p) {
		bpf_map_update_elem(&io_parts, &key, &zero, BPF_NOEXIST);
		p = bpf_map_lookup_elem(&io_parts, &key);
	}
	if (!p) {
		lose(TS_LOSS_PARTS);
		return;
	}
	__sync_fetch_and_add(&p->ns, ns);
	__sync_fetch_and_add(&p->count, count);
}

/* Adds the parts of a slow call that has just ended to its file's sums. */
static __always_inline void stall_sum(struct thread_state *t, u64 ns)
{
	struct stall *s = &t->stall;
	u64 off_cpu = s->runnable_ns;

	for (u32 i = 0; i < TS_IO_WAITS; i++) {
		off_cpu += s->waits[i].ns;
		if (s->waits[i].count)
			io_part_add(&t->io_key, t->io_kind, s->waits[i].stack, s->waits[i].ns,
				    s->waits[i].count);
	}
	io_part_add(&t->io_key, t->io_kind, TS_IO_PART_WHOLE, ns, 1);
	if (s->runnable_ns)
		io_part_add(&t->io_key, t->io_kind, TS_IO_PART_RUNNABLE, s->runnable_ns, 1);
	if (ns > off_cpu)
		io_part_add(&t->io_key, t->io_kind, TS_IO_PART_CPU, ns - off_cpu, 1);
}

static __always_inline u32 lately(u64 now_epoch)
{
	return 1 + (now_epoch & 1);
}

/* Whether it is the slowest since attach, of the interval, or both. */
#define KEEP_EVER   1
#define KEEP_LATELY 2

static __always_inline bool is_slowest(struct ts_io_slowest_key *key, u64 ns, u64 now_epoch)
{
	struct ts_io_slowest *old = bpf_map_lookup_elem(&io_slowest, key);

	return !old || ns > old->ns || (now_epoch && old->epoch != now_epoch);
}

static __always_inline u32 slowest_of(struct ts_io_slowest_key *key, u64 ns, u64 now_epoch)
{
	u32 which = is_slowest(key, ns, 0) ? KEEP_EVER : 0;

	key->lately = lately(now_epoch);
	which |= is_slowest(key, ns, now_epoch) ? KEEP_LATELY : 0;
	key->lately = 0;
	return which;
}

static __always_inline void put_slowest(struct ts_io_slowest_key *key, const struct ts_io_slowest *c,
					u32 which)
{
	if ((which & KEEP_EVER) && bpf_map_update_elem(&io_slowest, key, c, BPF_ANY))
		lose(TS_LOSS_PARTS);
	key->lately = lately(c->epoch);
	if ((which & KEEP_LATELY) && bpf_map_update_elem(&io_slowest, key, c, BPF_ANY))
		lose(TS_LOSS_PARTS);
}

/*
 * Keeps the current thread's call, with thread and stack, as the slowest of its file since attach or of the
 * interval. It is built in the memory of the stack's addresses, which have been sent by now, because the
 * stacks of three programs would exceed the limit.
 */
__noinline int keep_slowest(u64 result, u64 ns, u64 stack, u32 which)
{
	struct thread_state *t = thread_current();
	struct task_struct *task = current_task();
	struct ts_io_slowest_key key = {};
	struct ts_io_slowest *c;

	if (!t)
		return 0;
	c = (struct ts_io_slowest *)t->pcs;
	__builtin_memset(c, 0, sizeof(*c));
	key.file = t->io_key;
	key.io_kind = t->io_kind;
	c->ns = ns;
	c->end_ns = bpf_ktime_get_ns();
	c->epoch = epoch;
	c->stack_id = stack;
	c->bytes = t->io_bytes;
	c->result = (s64)result;
	c->runnable_ns = t->stall.runnable_ns;
	c->tid = t->tid;
	c->syscall = t->io_syscall;
	bpf_probe_read_kernel(c->comm, sizeof(c->comm), task->comm);
	for (u32 i = 0; i < TS_IO_WAITS; i++)
		c->waits[i] = t->stall.waits[i];
	put_slowest(&key, c, which);
	return 0;
}
_Static_assert(sizeof(struct ts_io_slowest) <= sizeof(((struct thread_state *)0)->pcs),
	       "room for a slowest call");

/*
 * Handles a slow call of the current thread, which began at began and took ns. Returns its user stack's id if
 * it was looked up. A global function is verified once.
 */
__noinline u64 note_slow_call(u64 result, u64 ns, u64 began)
{
	struct thread_state *t = thread_current();
	struct task_struct *task = current_task();
	struct ts_io_slowest_key key = {};
	u64 stack = 0;
	u32 which;

	if (!t)
		return 0;
	if (t->stall.call == began)
		stall_settle(&t->stall, task);
	else /* it did not leave its CPU */
		stall_new(&t->stall, task, began);
	stall_sum(t, ns);
	key.file = t->io_key;
	key.io_kind = t->io_kind;
	which = slowest_of(&key, ns, epoch);
	if (which || want_events)
		stack = user_stack();
	if (which)
		keep_slowest(result, ns, stack, which);
	return stack;
}

#endif
