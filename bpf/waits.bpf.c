/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits, from the scheduler: a thread that is switched out and not runnable waits until it runs again. Waits
 * are summed per thread, and futex waits also per futex word.
 */

static __always_inline struct ts_lock *lock_totals(u32 tgid, u64 address)
{
	struct ts_lock_key key = {.tgid = tgid, .address = address};
	struct ts_lock *l = bpf_map_lookup_elem(&locks, &key);
	u32 zero = 0;
	void *init;

	if (l)
		return l;
	init = bpf_map_lookup_elem(&zero_lock, &zero);
	if (!init)
		return NULL;
	if (bpf_map_update_elem(&locks, &key, init, BPF_NOEXIST) == -7 /* E2BIG */) {
		lose(TS_LOSS_LOCKS);
		key.address = 0;
	}
	l = bpf_map_lookup_elem(&locks, &key);
	if (l && !l->since_ns)
		l->since_ns = bpf_ktime_get_ns();
	return l;
}

/*
 * Adds the part of the wait in flight that the totals do not include yet. Called when the wait ends and at
 * each reading, so that a wait counts while it lasts; the exchange assigns each nanosecond to exactly one of
 * the two.
 */
static __always_inline void charge_wait(struct thread_state *t, struct ts_lock *l, u64 now)
{
	/* Looked at first: if another wait begins meanwhile, the part is of that one, and very short. */
	u32 in_d = t->in_d;
	u64 from;

	barrier();
	from = exchange(&t->charged_ns, now);
	if (!from || now <= from)
		return;
	__sync_fetch_and_add(&t->wait_ns, now - from);
	if (in_d)
		__sync_fetch_and_add(&t->d_ns, now - from);
	if (l)
		__sync_fetch_and_add(&l->wait_ns, now - from);
}

/* Not a pause, a write, or a wait outside of calls: after those, a thread continues what it did. */
static __always_inline bool brings_work(s64 nr)
{
	return nr >= 0 && nr != NR_nanosleep && nr != NR_clock_nanosleep && !io_kind(nr);
}

/*
 * Visits. A thread that waits may run in between: a sync waits for the data, then for the journal. The wait
 * is as old as the call, and the call is the same as long as the thread has not been in user space:
 * INSIDE_FLAGS. Called whenever a thread loses its CPU.
 */
static __always_inline void visit_goes_on(struct thread_state *t, struct task_struct *task, u64 now)
{
	bool inside = task->thread_info.flags & INSIDE_FLAGS;

	if (inside && t->visit.began_ns)
		return;
	/* inside: it lost its CPU in this visit before it was observed */
	t->visit.least = inside || !inside_works;
	t->visit.began_ns = now;
	t->visit.sp = 0;
}

/* The kernel sets the flag for its own use of the FPU, too: another call is another visit. */
static __always_inline void visit_is_at(struct thread_state *t, const struct regs_place *at, u64 now)
{
	struct visit *v = &t->visit;

	if (v->sp && (v->sp != at->sp || v->pc != at->pc || v->nr != at->call.nr)) {
		v->began_ns = now;
		v->least = !inside_works;
	}
	v->sp = at->sp;
	v->pc = at->pc;
	v->nr = at->call.nr;
}

/*
 * Tries. A lock that is not fair wakes a waiter, which finds it taken and waits again: a new call, from the
 * same place, for the same word. Whether it had the lock in between cannot be seen here. In glibc and
 * libraries like it a thread that waited for a lock wakes one that waits for it when it gives it back, so
 * tries end with a futex call for the word that is no wait (tries_end). User space knows the library.
 */
static __always_inline void tries_go_on(struct thread_state *t, const struct regs_place *at, u64 word)
{
	struct tries *r = &t->tries;

	if (r->began_ns && r->word == word && r->sp == at->sp && r->pc == at->pc)
		return;
	r->began_ns = word ? t->visit.began_ns : 0;
	r->least = t->visit.least;
	r->word = word;
	r->sp = at->sp;
	r->pc = at->pc;
}

#define FUTEX_CMD_MASK    0x7f /* include/uapi/linux/futex.h */
#define FUTEX_WAIT        0
#define FUTEX_WAIT_BITSET 9

static __always_inline bool futex_waits(u64 operation)
{
	u32 command = operation & FUTEX_CMD_MASK;

	return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET;
}

#define WAKER_NOTED_NS 1000000
/* FUTEX_WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAKE_BITSET */
#define FUTEX_WAKES (1u << 1 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 10)

/* The thread wakes a waiter of the word, if there is one: glibc makes no call where it knows of none. A word
 * that nobody has waited for has no row, and gets none here. A thread that wakes again and again notes it
 * once a millisecond, because each time costs more than the rest of this program. */
static __always_inline void note_waker(struct thread_state *t, u64 word, u64 operation)
{
	struct ts_lock_key key = {.tgid = t->tgid, .address = word};
	u32 command = operation & FUTEX_CMD_MASK;
	struct ts_lock *l;
	u64 now;

	if (command > 31 || !(1u << command & FUTEX_WAKES))
		return;
	now = bpf_ktime_get_ns();
	if (t->woke_word == word && now - t->woke_ns < WAKER_NOTED_NS)
		return;
	t->woke_word = word;
	t->woke_ns = now;
	l = bpf_map_lookup_elem(&locks, &key);
	if (!l)
		return;
	l->waker_tid = t->tid;
	l->woken_ns = now;
}

static __always_inline void tries_end(struct task_struct *task, u64 word, u64 operation)
{
	struct thread_state *t;
	bool waits = futex_waits(operation);

	if (waits && !want_events)
		return;
	t = thread_find(task);
	if (!t)
		return;
	if (!waits && t->tries.word == word)
		t->tries.began_ns = 0;
	if (!waits)
		note_waker(t, word, operation);
	t->call_wait_ns = 0; /* of a call whose end was not seen */
}

/* Of the lock, as it is when the first wait of a call begins: who has it then. The waiter may have it itself
 * by the time that user space looks. */
static __always_inline void note_lock(struct thread_state *t, u64 word)
{
	if (t->call_wait_ns)
		return;
	t->lock_bytes = 0;
	if (!bpf_probe_read_user(t->lock, sizeof(t->lock), (void *)(word - TS_LOCK_BEFORE)))
		t->lock_bytes = sizeof(t->lock);
	else if (!bpf_probe_read_user(t->lock + TS_LOCK_BEFORE, TS_LOCK_AFTER, (void *)word))
		t->lock_bytes = TS_LOCK_AFTER;
}

static __always_inline void wait_begins(struct thread_state *t, struct task_struct *task, u32 state, u64 now)
{
	struct regs_place at;
	u64 address = 0;
	s64 nr;

	/* prev is still current here: its memory can be read */
	if (task_place(task, true, &at)) {
		nr = true_call(task, (s64)at.call.nr, at.call.arg0, at.call.arg1, at.call.arg2);
		if (is_futex(nr) && !task_compat(task))
			address = futex_word(nr, at.call.arg0);
		visit_is_at(t, &at, now);
		if ((s64)at.call.nr == NR_restart_syscall) /* it began before it was interrupted */
			t->visit.least = true;
		if (nr >= 0) /* a page fault is part of a try */
			tries_go_on(t, &at, nr == NR_futex ? address : 0);
		if (brings_work(nr))
			t->work_waits++;
	}
	if (want_events && address)
		note_lock(t, address);
	t->wait_address = address;
	t->in_d = in_disk_sleep(task, state);
	t->charged_ns = now;
	t->preattach = 0;
	t->waker_tid = 0;
	barrier();
	t->block_ns = now; /* set last: it marks the other fields as valid for readers */
}

static __always_inline void wait_ends(struct thread_state *t, u64 now)
{
	u64 began = t->block_ns, address = t->wait_address;
	struct ts_lock *l = NULL;
	u64 ns;

	t->block_ns = 0;
	ns = now > began ? now - began : 0;
	t->waits++;
	if (address) {
		l = lock_totals(t->tgid, address);
		if (l) {
			latency_add(&l->waits, ns);
			l->last_ns = now;
		}
		t->call_wait_ns += ns;
		t->call_address = address;
	}
	charge_wait(t, l, now);
	t->wait_address = 0;
}

#define TASK_DEAD 0x80

SEC("tp_btf/sched_switch")
int sched_switch(u64 *ctx)
{
	bool preempted = ctx[0] & 0xff;
	struct task_struct *prev = (struct task_struct *)ctx[1];
	struct task_struct *next = (struct task_struct *)ctx[2];
	struct thread_state *t;
	u64 now = 0;
	u32 state;

	if (!excluded(prev->tgid)) {
		/* 5.18, commit fa2c3254d7cf: by now a waker may have changed prev's own field */
		if (preempted)
			state = 0;
		else if (switch_has_state)
			state = (u32)ctx[3];
		else
			state = task_state(prev);
		t = thread_find(prev);
		if (t && (state & TASK_DEAD)) {
			count_exit(t->tgid, t, prev);
		} else if (t) {
			now = bpf_ktime_get_ns();
			visit_goes_on(t, prev, now);
			if (state)
				wait_begins(t, prev, state, now);
			if (t->io_start_ns)
				stall_begins(ctx, t, prev, state, now);
		}
	}
	if (!excluded(next->tgid)) {
		t = thread_find(next);
		if (t && (t->block_ns || t->stall.out_ns)) {
			if (!now)
				now = bpf_ktime_get_ns();
			if (t->stall.out_ns)
				stall_ends(t, now);
			if (t->block_ns)
				wait_ends(t, now);
		}
	}
	return 0;
}

/*
 * The waker of a futex waiter: accepted only if that thread is in a futex call or exiting, because a timeout
 * or a signal wakes the waiter on any thread's behalf.
 */
SEC("tp_btf/sched_waking")
int BPF_PROG(sched_waking, struct task_struct *task)
{
	struct regs_syscall call;
	struct task_struct *waker;
	struct thread_state *t;
	s64 nr;

	if (excluded(task->tgid))
		return 0;
	t = thread_find(task);
	if (!t || !t->block_ns || !t->wait_address)
		return 0;
	waker = current_task();
	if (!task_syscall(waker, has_current_btf, &call))
		return 0;
	nr = (s64)call.nr;
	if (is_futex(nr) || nr == NR_futex_wake || nr == NR_exit || nr == NR_exit_group)
		t->waker_tid = viewer_tid(waker);
	return 0;
}

/* Global for the same reason as announce_file. */
__noinline int send_futex_wait(u32 nr)
{
	struct thread_state *t = thread_current();
	struct ts_event_futex *e;
	u64 stack;

	if (!t)
		return 0;
	stack = user_stack();
	e = event_reserve(sizeof(*e), TS_EVENT_FUTEX);
	if (!e)
		return 0;
	event_header(&e->e, TS_EVENT_FUTEX, current_task(), t->tgid, t->tid);
	e->duration_ns = t->call_wait_ns;
	e->address = t->call_address;
	e->stack_id = stack;
	e->waker_tid = t->waker_tid;
	e->syscall = nr;
	e->lock_bytes = t->lock_bytes;
	e->pad = 0;
	__builtin_memcpy(e->lock, t->lock, sizeof(e->lock));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/* At the end of a futex call, where the caller's stack is still readable. */
static __always_inline void futex_call_ends(struct thread_state *t, u32 nr)
{
	if (t->call_wait_ns && t->call_wait_ns >= min_wait_ns)
		send_futex_wait(nr);
	t->call_wait_ns = 0;
}
