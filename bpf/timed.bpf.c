/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls timed by call and place: which path, address or open file each was made on, how long it took, how it
 * ended. The programs are loaded only for top --calls. Which calls, and where each has its place, is a table
 * of user space: timed_forms.
 *
 * Texts are read when a call begins. A page of the program that is not in memory yet is not read: then they
 * are read when the call ends, as the kernel has brought it in.
 */

#define AT_FDCWD       (-100)
#define TEXT_MOST      4096 /* PATH_MAX */
#define TEXT_STEP      (TS_CALL_TEXT - 1)
#define SOCKADDR_MOST  126 /* bytes of an address after its family */
#define SOCKADDR4_TEXT 6   /* port and address, without what fills a sockaddr_in up */
#define SOCKADDR6_TEXT 26

static __always_inline void timed_lose(void)
{
	__sync_fetch_and_add((u64 *)&timed_lost, 1);
}

static __always_inline struct ts_call_now *timed_current(void)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&timed_now, &tid);
}

static __always_inline struct ts_call_now *timed_make(void)
{
	u32 tid = (u32)bpf_get_current_pid_tgid(), zero = 0;
	void *init = bpf_map_lookup_elem(&zero_call_now, &zero);

	if (init)
		bpf_map_update_elem(&timed_now, &tid, init, BPF_NOEXIST);
	return bpf_map_lookup_elem(&timed_now, &tid);
}

/* ---- the place -------------------------------------------------------------- */

/*
 * The text at that address into the current thread's key, which has zeros there. Of a longer one the end is
 * kept, where paths differ. Returns whether it could be read. A global function is verified once.
 */
__noinline int timed_text(u64 address)
{
	struct ts_call_now *c = timed_current();
	u64 total = 0;
	long n = 0;

	if (!c)
		return 0;
	for (u32 i = 0; i < TEXT_MOST / TEXT_STEP + 1; i++) {
		n = bpf_probe_read_user_str(c->key.text, TS_CALL_TEXT, (void *)(address + total));
		if (n <= 0)
			return 0;
		total += n - 1;
		if (n < TS_CALL_TEXT)
			break;
	}
	if (total < TEXT_STEP)
		return 1;
	c->key.cut = total > TEXT_STEP;
	return bpf_probe_read_user_str(c->key.text, TS_CALL_TEXT, (void *)(address + total - TEXT_STEP)) > 0;
}

/* A sockaddr: what fills it up does not count, as it may be anything. */
static __always_inline bool timed_address(struct ts_call_now *c, u64 address, u64 bytes)
{
	u16 family = 0;

	if (bytes < sizeof(family) || bpf_probe_read_user(&family, sizeof(family), (void *)address))
		return false;
	bytes -= sizeof(family);
	address += sizeof(family);
	c->key.place = TS_PLACE_ADDRESS;
	c->key.family = family;
	if (family == AF_UNIX && bytes) {
		char first = 0;

		if (bpf_probe_read_user(&first, sizeof(first), (void *)address))
			return false;
		if (first) {
			c->key.bytes = SOCKADDR_MOST;
			return timed_text(address);
		}
	}
	if (family == AF_INET && bytes > SOCKADDR4_TEXT)
		bytes = SOCKADDR4_TEXT;
	if (family == AF_INET6 && bytes > SOCKADDR6_TEXT)
		bytes = SOCKADDR6_TEXT;
	if (bytes > SOCKADDR_MOST)
		bytes = SOCKADDR_MOST;
	barrier_var(bytes);
	c->key.bytes = bytes;
	return !bpf_probe_read_user(c->key.text, bytes & 127, (void *)address);
}

/* All files of the anonymous inode have one key: eventfd, signalfd, timerfd, inotify... Their dentries have
 * names. */
static __always_inline void timed_anonymous(struct ts_call_now *c, struct file *file)
{
	bpf_probe_read_kernel_str(c->key.text, TS_CALL_NAME, BPF_CORE_READ(file, f_path.dentry, d_name.name));
}

static __always_inline bool timed_file(struct task_struct *task, struct ts_call_now *c, s32 fd)
{
	struct file *file = (struct file *)file_of(task, has_current_btf, fd);

	c->fd = fd;
	c->file = (u64)file;
	c->key.place = TS_PLACE_FILE;
	if (!file) {
		c->key.file.kind = TS_FILE_NONE;
		return true;
	}
	file_key(file, BPF_CORE_READ(file, f_inode), c->key.tgid, &c->key.file);
	if (c->key.file.kind == TS_FILE_OTHER)
		timed_anonymous(c, file);
	return true;
}

/* By descriptor, the path from there is empty or missing: fstatat and statx with AT_EMPTY_PATH. */
static __always_inline bool timed_path_at(struct task_struct *task, struct ts_call_now *c)
{
	s32 directory = (s32)c->args[0];

	if (c->args[1] && !timed_text(c->args[1]))
		return false;
	if (!c->key.text[0] && directory >= 0)
		return timed_file(task, c, directory);
	c->key.place = directory == AT_FDCWD || c->key.text[0] == '/' ? TS_PLACE_PATH : TS_PLACE_PATH_AT;
	return c->args[1];
}

static __always_inline bool timed_message(struct task_struct *task, struct ts_call_now *c)
{
	struct { /* the begin of struct user_msghdr, and so of struct mmsghdr */
		u64 name;
		u32 bytes, pad;
	} message = {};

	if (bpf_probe_read_user(&message, sizeof(message), (void *)c->args[1]))
		return false;
	if (message.name && message.bytes)
		return timed_address(c, message.name, message.bytes);
	return timed_file(task, c, (s32)c->args[0]);
}

static __always_inline bool timed_read_place(struct task_struct *task, struct ts_call_now *c, u32 form)
{
	switch (form & TS_CALL_FORM_MASK) {
	case TS_CALL_PATH:
		c->key.place = TS_PLACE_PATH;
		return timed_text(c->args[0]);
	case TS_CALL_PATH_AT:
		return timed_path_at(task, c);
	case TS_CALL_ADDRESS:
		return timed_address(c, c->args[1], (u32)c->args[2]);
	case TS_CALL_SEND:
		if (c->args[4] && (u32)c->args[5])
			return timed_address(c, c->args[4], (u32)c->args[5]);
		return timed_file(task, c, (s32)c->args[0]);
	case TS_CALL_MESSAGE:
		return timed_message(task, c);
	}
	return timed_file(task, c, (s32)c->args[0]);
}

/* Of the current thread's call, whose number and arguments are known. */
__noinline int timed_place(u32 form)
{
	struct ts_call_now *c = timed_current();

	if (!c)
		return 0;
	__builtin_memset((char *)&c->key + __builtin_offsetof(struct ts_call_key, place), 0,
			 sizeof(c->key) - __builtin_offsetof(struct ts_call_key, place));
	c->fd = -1;
	c->file = 0;
	if (timed_read_place(current_task(), c, form))
		return 1;
	/* Not a part of it. */
	__builtin_memset((char *)&c->key + __builtin_offsetof(struct ts_call_key, place), 0,
			 sizeof(c->key) - __builtin_offsetof(struct ts_call_key, place));
	return 0;
}

/* ---- the row ---------------------------------------------------------------- */

static __always_inline struct ts_call *timed_row_of(void *map, struct ts_call_key *key)
{
	struct ts_call *row = bpf_map_lookup_elem(map, key);
	u32 zero = 0;
	void *init;

	if (row)
		return row;
	init = bpf_map_lookup_elem(&zero_call, &zero);
	if (init)
		bpf_map_update_elem(map, key, init, BPF_NOEXIST);
	return bpf_map_lookup_elem(map, key);
}

/* NULL: not even a row of the rest has room. */
static __always_inline struct ts_call *timed_row(struct ts_call_now *c)
{
	struct ts_call *row = timed_row_of(&timed_calls, &c->key);

	if (row)
		return row;
	timed_lose();
	__builtin_memset((char *)&c->key + __builtin_offsetof(struct ts_call_key, place), 0,
			 sizeof(c->key) - __builtin_offsetof(struct ts_call_key, place));
	c->key.place = TS_PLACE_REST;
	return timed_row_of(&timed_rest, &c->key);
}

/* Its path, while the descriptor still leads to it. */
__noinline int timed_announce(void)
{
	struct ts_call_now *c = timed_current();
	struct thread_state *t = thread_current();
	struct task_struct *task = current_task();

	if (!c || !t || !c->file || file_of(task, has_current_btf, c->fd) != c->file)
		return 0;
	return send_file(task, t, &c->key.file, c->fd, 0, (struct file *)c->file);
}

/* One writer at a time: another CPU's slower call is then not kept, which the next one that is slower mends.
 */
static __always_inline void timed_slowest(struct ts_call *row, struct thread_state *t,
					  struct task_struct *task, s64 result, u64 ns, u64 now)
{
	u64 begun = row->slowest.begun, stack;

	if (ns <= row->slowest.ns || row->slowest.done != begun)
		return;
	stack = user_stack();
	if (replace_if(&row->slowest.begun, begun, begun + 1) != begun)
		return;
	row->slowest.ns = ns;
	row->slowest.end_ns = now;
	row->slowest.stack_id = stack;
	row->slowest.result = result;
	row->slowest.tid = t->tid;
	bpf_probe_read_kernel(row->slowest.comm, sizeof(row->slowest.comm), task->comm);
	barrier();
	row->slowest.done = begun + 1;
}

static __always_inline void timed_count_error(struct ts_call *row, s64 result)
{
	u32 error = (u32)-result;

	__sync_fetch_and_add(&row->errors, 1);
	if (row->errnos[0] == error)
		return;
	row->errnos[1] = row->errnos[0];
	row->errnos[0] = error;
}

static __always_inline void timed_ends(struct thread_state *t, struct ts_call_now *c,
				       struct task_struct *task, s64 result, u64 now)
{
	u64 ns = now > c->start_ns ? now - c->start_ns : 0;
	u32 form = timed_forms[c->key.syscall & (TS_CALL_NUMBERS - 1)];
	struct ts_call *row;

	/* No longer in flight before it is in the totals: never counted by both. */
	c->start_ns = 0;
	c->start_again = 0;
	c->at_ns = 0;
	if (c->key.place == TS_PLACE_UNKNOWN)
		timed_place(form);
	row = timed_row(c);
	if (!row)
		return;
	__sync_fetch_and_add(&row->ns, ns);
	row->last_ns = now;
	if (result < 0 && result >= -4095)
		timed_count_error(row, result);
	else if (form & TS_CALL_BYTES)
		__sync_fetch_and_add(&row->bytes, result);
	latency_add(&row->calls, ns);
	if (c->key.place == TS_PLACE_FILE) {
		row->fd = c->fd;
		if (!row->announced)
			row->announced = timed_announce();
	}
	if (ns >= slow_io_ns)
		timed_slowest(row, t, task, result, ns, now);
}

/* ---- hooks ------------------------------------------------------------------ */

static __always_inline bool timed_same(const struct ts_call_now *c, const struct pt_regs *regs, u32 nr)
{
	return c->key.syscall == nr && c->args[0] == REGS_ARG0(regs) && c->args[1] == REGS_ARG1(regs) &&
	       c->args[2] == REGS_ARG2(regs);
}

static __always_inline void timed_begins(struct task_struct *task, struct pt_regs *regs, u32 nr)
{
	struct thread_state *t = thread_find(task);
	struct ts_call_now *c = t ? timed_current() : NULL;
	u64 now;

	if (t && !c) {
		c = timed_make();
		if (!c)
			timed_lose();
	}
	if (!t || !c)
		return;
	if (c->at_ns && timed_same(c, regs, nr)) { /* it goes on after a signal: one call */
		c->at_ns = 0;
		return;
	}
	if (c->at_ns)
		timed_ends(t, c, task, -EINTR, c->at_ns);
	else if (c->start_ns)
		timed_lose(); /* the kernel skipped the probe at its end */
	c->start_again = 0;
	barrier();
	c->start_ns = 0;
	c->tid = t->tid;
	c->args[0] = REGS_ARG0(regs);
	c->args[1] = REGS_ARG1(regs);
	c->args[2] = REGS_ARG2(regs);
	c->args[3] = REGS_ARG3(regs);
	c->args[4] = REGS_ARG4(regs);
	c->args[5] = REGS_ARG5(regs);
	c->key.tgid = t->tgid;
	c->key.syscall = nr;
	timed_place(timed_forms[nr & (TS_CALL_NUMBERS - 1)]);
	now = bpf_ktime_get_ns();
	c->start_again = now;
	barrier();
	c->start_ns = now;
}

static __always_inline bool timed_wanted(u64 nr)
{
	return nr < TS_CALL_NUMBERS && timed_forms[nr & (TS_CALL_NUMBERS - 1)];
}

SEC("tp_btf/sys_enter")
int BPF_PROG(timed_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task;

	if (!timed_wanted(id))
		return 0;
	task = current_task();
	if (current_excluded(task))
		return 0;
	HOLD_CPU(guard_tracepoints);
	if (!compat_call(task))
		timed_begins(task, regs, id);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(timed_exit, struct pt_regs *regs, long result)
{
	u64 nr = REGS_SYSCALL(regs), now;
	struct ts_call_now *c;
	struct task_struct *task;
	struct thread_state *t;

	if (!timed_wanted(nr))
		return 0;
	task = current_task();
	if (current_excluded(task))
		return 0;
	now = bpf_ktime_get_ns();
	HOLD_CPU(guard_tracepoints);
	t = thread_find(task);
	c = t ? timed_current() : NULL;
	if (t && c && c->start_ns && c->key.syscall == nr) {
		if (restart_of(result))
			c->at_ns = now;
		else
			timed_ends(t, c, task, result, now);
	}
	RELEASE_CPU(guard_tracepoints);
	return 0;
}
