/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Write and sync calls, entry to exit, summed per file. The same two handlers
 * behind three kinds of hooks; user space loads one kind.
 */

/* Bytes requested by a vector; 0 (unknown) if it is longer than the part that is read. */
static __always_inline u64 iov_bytes(struct thread_state *t, u64 address, u64 count)
{
	struct iov *iov = (struct iov *)t->pcs;
	u64 sum = 0;

	if (!count || count > IOV_MAX_READ ||
	    bpf_probe_read_user(iov, (count * sizeof(*iov)) & 0x1ff, (void *)address))
		return 0;
	for (u32 i = 0; i < IOV_MAX_READ; i++)
		sum += i < count ? iov[i].len : 0;
	return sum;
}

static __always_inline u64 io_bytes(struct thread_state *t, u32 nr, u64 arg1, u64 arg2)
{
	struct { /* struct user_msghdr */
		u64 name, namelen, iov, iovlen;
	} msg;

	if (nr == NR_write)
		return arg2;
	switch (nr) {
	case NR_pwrite64:
	case NR_sendto:
		return arg2;
	case NR_writev:
	case NR_pwritev:
	case NR_pwritev2:
		return iov_bytes(t, arg1, arg2);
	case NR_sendmsg:
		if (bpf_probe_read_user(&msg, sizeof(msg), (void *)arg1))
			return 0;
		return iov_bytes(t, msg.iov, msg.iovlen);
	}
	return 0;
}

/* The row of a new file, or the overflow row, whose key is then in *key; 0 if even that does not fit. */
static __always_inline u32 file_first_seen(struct ts_file_key *key)
{
	u32 row = file_row_make(key);

	if (row)
		return row;
	lose(TS_LOSS_FILES);
	/* Files that do not fit share an overflow row per process. */
	key->dev = 0;
	key->inode = 0;
	key->generation = 0;
	key->kind = TS_FILE_OTHER;
	return file_row_find(key);
}

static __always_inline void note_writer(struct thread_state *t, struct ts_file *f)
{
	struct file_writer w = {.key = t->io_key, .tid = t->tid};
	u8 one = 1;

	if (!bpf_map_lookup_elem(&file_writers, &w) &&
	    !bpf_map_update_elem(&file_writers, &w, &one, BPF_NOEXIST))
		__sync_fetch_and_add(&f->writers, 1);
}

/* The file differs from this thread's last one: identify it. */
static __always_inline void io_new_file(struct thread_state *t, u64 file_address, u64 arg0, bool announce)
{
	struct file *file = (struct file *)file_address;
	struct ts_file *f;
	u32 flags = 0, *goid_at;
	bool met;

	__builtin_memset(&t->io_key, 0, sizeof(t->io_key));
	t->io_key.tgid = t->tgid;
	if (t->io_syscall == NR_msync) {
		t->io_key.inode = arg0;
		t->io_key.kind = TS_FILE_MAPPING;
	} else if (!file) {
		t->io_key.kind = TS_FILE_NONE;
	} else {
		file_key(file, BPF_CORE_READ(file, f_inode), t->tgid, &t->io_key);
		flags = BPF_CORE_READ(file, f_flags);
	}
	t->io_checks = checks_of(t->io_key.kind, flags);
	if (t->io_key.kind == TS_FILE_REGULAR)
		t->io_checks |= generation_from(BPF_CORE_READ(file, f_inode)) * GENERATION_FROM;
	t->io_writer = 0;
	goid_at = bpf_map_lookup_elem(&go_programs, &t->io_key.tgid);
	t->goid_at = goid_at ? *goid_at : 0;
	t->io_row = file_row_find(&t->io_key);
	met = t->io_row;
	if (!met) {
		t->io_row = file_first_seen(&t->io_key);
		if (!t->io_key.inode)
			t->io_file = 0;
	}
	f = file_totals(t->io_row);
	if (!f)
		return;
	/* Also if a call on it was in flight at attach, where the pass could not announce it, or if the event
	 * was lost. */
	if (announce && !f->announced && announce_file(flags))
		f->announced = 1;
	if (!met || t->io_fd >= 0) /* io_uring does not always have it */
		f->fd = t->io_fd;
	f->flags = flags;
	if (t->io_kind == TS_IO_WRITE) {
		if (!(flags & O_APPEND))
			f->not_append = 1;
		note_writer(t, f);
		t->io_writer = 1;
	}
}

/* The same of the current thread and its io_file. Global, and of scalars, as announce_file. */
__noinline int current_new_file(u64 arg0)
{
	struct thread_state *t = thread_current();

	if (t)
		io_new_file(t, t->io_file, arg0, true);
	return 0;
}

/* The same file as in this thread's last call? Then its key is known. */
static __always_inline bool same_file(struct thread_state *t, u64 file_address)
{
	struct inode *inode;

	if (!file_address || file_address != t->io_file)
		return false;
	inode = FILE_FIELD(file_address, struct file, f_inode);
	/* Both kernel objects are recycled: the numbers must agree too. */
	if ((u64)inode != t->io_inode || FILE_FIELD(inode, struct inode, i_ino) != t->io_key.inode)
		return false;
	if (t->io_checks >= GENERATION_FROM)
		return file_generation(inode, t->io_checks / GENERATION_FROM) == t->io_key.generation;
	return FILE_FIELD(inode, struct inode, i_generation) == t->io_key.generation;
}

static __always_inline s32 fd_of(u32 nr, u64 arg0, u64 arg2)
{
	if (nr == NR_write)
		return (s32)arg0;
	switch (nr) {
	case NR_msync:
		return -1;
	case NR_splice:
	case NR_copy_file_range:
		return (s32)arg2;
	}
	return (s32)arg0;
}

/* The row of the open file that the thread's call is on; of msync's, that of the mapping. */
static __always_inline void io_locate(struct thread_state *t, u64 file, u64 mapping, bool current)
{
	u32 epoch = file_epoch;

	/* The first write to a file that the thread has only synced before registers it as a writer. */
	if (t->io_epoch == epoch && same_file(t, file) && (t->io_writer || t->io_kind != TS_IO_WRITE))
		return;
	t->io_epoch = epoch;
	t->io_file = file;
	t->io_inode = file ? (u64)BPF_CORE_READ((struct file *)file, f_inode) : 0;
	if (current)
		current_new_file(mapping);
	else
		io_new_file(t, file, mapping, false);
}

static __always_inline void io_end(struct thread_state *t, struct task_struct *task, s64 result);

/* The current thread's call, ended by a signal and not restarted. Global for the same reason. */
__noinline int io_interrupted(void)
{
	struct thread_state *t = thread_current();

	if (t)
		io_end(t, current_task(), -EINTR);
	return 0;
}

static __always_inline void io_begin(struct task_struct *task, u32 nr, u64 arg0, u64 arg1, u64 arg2)
{
	struct thread_state *t = thread_find(task);
	u64 bytes;

	if (!t || (nr == NR_close && !close_flushes(task, (s32)arg0)))
		return;
	bytes = io_bytes(t, nr, arg1, arg2);
	if (t->io_restarted) {
		t->io_restarted = 0;
		/* A call restarted after a signal is one call, from its first start. */
		if (t->io_start_ns && t->io_syscall == nr && t->io_bytes == bytes &&
		    t->io_fd == fd_of(nr, arg0, arg2))
			return;
		if (t->io_start_ns)
			io_interrupted();
	}
	io_missed_end(t);
	t->io_start_ns = 0;
	t->io_kind = io_kind(nr);
	t->io_least = false;
	t->io_bytes = bytes;
	t->io_address = arg1;
	t->io_syscall = nr;
	t->io_fd = fd_of(nr, arg0, arg2);
	t->begin_waits = t->work_waits;
	io_locate(t, nr == NR_msync ? 0 : file_of(task, has_current_btf, t->io_fd), arg0, true);
	if (t->io_kind == TS_IO_SYNC && makes_safe(nr))
		note_sync_begins(t->io_row);
	barrier();
	t->io_start_ns = bpf_ktime_get_ns();
	if (t->io_checks & CHECK_OFFSETS)
		note_size(t, t->io_start_ns);
	if (t->interrupted.start_ns)
		io_resumes(t, task);
}

/* A slow call of the current thread, as an event. Global for the same reason as announce_file. */
__noinline int send_slow_call(u64 result, u64 ns, u64 stack)
{
	struct thread_state *t = thread_current();
	struct ts_event_io *e;

	if (!t)
		return 0;
	e = event_reserve(sizeof(*e), TS_EVENT_IO);
	if (!e)
		return 0;
	event_header(&e->e, TS_EVENT_IO, current_task(), t->tgid, t->tid);
	e->duration_ns = ns;
	e->bytes_asked = t->io_bytes;
	e->result = (s64)result;
	e->stack_id = stack;
	e->key = t->io_key;
	e->fd = t->io_fd;
	e->syscall = t->io_syscall;
	e->io_kind = t->io_kind;
	e->pad = 0;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/* Counts the result of a write. asked: bytes, 0: unknown. */
static __always_inline void count_written(struct ts_file *f, s64 result, u64 asked, u64 ns)
{
	if (result < 0) {
		count_error(f->errors, f->other_errno, result);
	} else {
		__sync_fetch_and_add(&f->bytes, result);
		if ((u64)result < asked)
			__sync_fetch_and_add(&f->short_writes, 1);
	}
	latency_add(&f->writes, ns);
}

static __always_inline void write_ends(struct thread_state *t, struct ts_file *f, struct task_struct *task,
				       s64 result, u64 ns)
{
	if (result > 0)
		note_written(t, f, task, result);
	count_written(f, result, t->io_bytes, ns);
}

static __always_inline void sync_ends(struct thread_state *t, struct ts_file *f, s64 result, u64 began,
				      u64 ns)
{
	if (result < 0)
		count_error(f->sync_errors, f->other_sync_errno, result);
	else if (makes_safe(t->io_syscall))
		note_sync_ends(f, t->tid, &(struct written){t->sync_bytes, t->sync_writes}, began, ns);
	else if (t->io_syscall == NR_syncfs && began > f->synced_fs_ns)
		f->synced_fs_ns = began;
	latency_add(&f->syncs, ns);
}

/* User space has reassigned rows meanwhile, which is rare. */
static __always_inline void find_row_again(struct thread_state *t)
{
	t->io_epoch = file_epoch;
	t->io_row = file_row_find(&t->io_key);
	if (!t->io_row)
		t->io_row = file_first_seen(&t->io_key);
	if (!t->io_key.inode)
		t->io_file = 0;
}

static __always_inline void io_end(struct thread_state *t, struct task_struct *task, s64 result)
{
	u64 now = bpf_ktime_get_ns(), began = t->io_start_ns, ns = now - began;
	struct ts_file *f;

	if (t->io_epoch != file_epoch)
		find_row_again(t);
	f = file_totals(t->io_row);
	t->io_start_ns = 0; /* no longer in flight before it is in the totals: never counted by both */
	if (f) {
		if (f->fd != t->io_fd && t->io_fd >= 0)
			f->fd = t->io_fd; /* the same open file under another descriptor */
		if (t->io_kind == TS_IO_WRITE) {
			/* Counted first: otherwise another process's sync would seem to begin after it. */
			if (now > f->last_ns)
				f->last_ns = now;
			write_ends(t, f, task, result, ns);
		} else {
			sync_ends(t, f, result, began, ns);
			f->last_sync_ns = now;
		}
	}
	if (ns >= slow_io_ns) {
		u64 stack = note_slow_call(result, ns, began);

		if (want_events)
			send_slow_call(result, ns, stack);
	}
}

static __always_inline void call_returns(struct task_struct *task, u32 nr, s64 result)
{
	struct thread_state *t = thread_find(task);

	if (!t)
		return;
	if (want_events && (is_futex(nr) || nr == NR_restart_syscall)) {
		futex_call_ends(t, nr == NR_restart_syscall ? NR_futex : nr);
		return;
	}
	if (!t->io_start_ns || t->io_syscall != nr)
		return;
	t->io_restarted = restart_of(result);
	if (t->io_restarted)
		return;
	if (nr == NR_sendmmsg && result > 0)
		result = sent_bytes(result);
	io_end(t, task, result);
}

static __always_inline bool compat_call(struct task_struct *task)
{
	return CURRENT_FIELD(task, thread_info.COMPAT_FIELD) & COMPAT_BIT;
}
