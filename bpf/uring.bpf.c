/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes and syncs by io_uring, from the submission of a request to its completion, from io_uring's own
 * tracepoints. They count in the same rows of files as system calls. A thread of the target (or the ring's
 * polling thread, which is one, too) submits a request, and any task may complete it: in between, its address
 * identifies it.
 */

volatile __u32 uring_used = 0; /* a target has submitted an observed request */

/* ---- begin ---------------------------------------------------------------------------- */

/* A request whose end will not be observed: its start counts. */
static __always_inline void count_unseen(u32 row, u32 kind)
{
	struct ts_file *f = file_totals(row);

	if (f && kind == TS_IO_WRITE)
		__sync_fetch_and_add(&f->missed_ends, 1);
}

static __always_inline void count_request(struct thread_state *t)
{
	struct ts_file *f = file_totals(t->io_row);

	if (!f)
		return;
	if (t->io_kind == TS_IO_WRITE)
		__sync_fetch_and_add(&f->uring_writes, 1);
	else
		__sync_fetch_and_add(&f->uring_syncs, 1);
}

/* False: not observed. kind: of the thread's file; NONE: no file. */
static __always_inline bool keep_request(struct thread_state *t, struct task_struct *task,
					 struct ts_request_key *key, u64 request, u32 kind)
{
	struct ts_request r = {.request = request, .tid = t->tid, .io_kind = kind, .fd = t->io_fd};
	struct ts_request *old = NULL;

	if (uring_complete_as == URING_USER_DATA)
		old = bpf_map_lookup_elem(&uring_requests, key);
	if (old) {
		__sync_fetch_and_add(&old->twins, 1);
		old->ambiguous = 1;
		return false;
	}
	r.key.tgid = t->tgid;
	if (kind) {
		r.key = t->io_key;
		r.row = t->io_row;
		r.epoch = t->io_epoch;
		r.safe = kind == TS_IO_WRITE && (t->io_checks & CHECK_SAFE);
	}
	bpf_probe_read_kernel(r.comm, sizeof(r.comm), task->comm);
	if (!bpf_map_update_elem(&uring_requests, key, &r, BPF_ANY))
		return true;
	lose(TS_LOSS_REQUESTS);
	return false;
}

static __always_inline void locate_request(struct thread_state *t, struct task_struct *task,
					   struct io_kiocb *req, u32 kind, u32 flags)
{
	u64 file = request_file(req, task, flags, &t->io_fd);

	/* A write interrupted by a signal, whose handler submits this one. */
	io_missed_end(t);
	t->io_start_ns = 0;
	t->io_restarted = 0;
	t->io_kind = kind;
	t->io_syscall = NR_io_uring_enter;
	io_locate(t, file, 0, true);
	count_request(t);
}

static __always_inline void request_begins(struct task_struct *task, struct io_kiocb *req)
{
	struct ts_request_key key = {.request = (u64)req};
	struct thread_state *t = thread_find(task);
	u32 kind = request_kind(BPF_CORE_READ(req, opcode)), flags = BPF_CORE_READ(req, flags);
	struct ts_request *r;

	/* If a completion carries only user_data, that of any request could be mistaken for a write's.
	 */
	if (!t || compat_call(task) || (!kind && uring_complete_as != URING_USER_DATA))
		return;
	if (uring_complete_as == URING_USER_DATA) {
		key.request = (u64)BPF_CORE_READ(req, ctx);
		key.user_data = BPF_CORE_READ((struct io_kiocb___old *)req, user_data);
	}
	if (kind)
		locate_request(t, task, req, kind, flags);
	if ((flags & SQE_SKIP) || !keep_request(t, task, &key, (u64)req, kind)) {
		count_unseen(t->io_row, kind);
		return;
	}
	uring_used = 1;
	if (kind)
		fill_request(key.request, key.user_data);
	r = bpf_map_lookup_elem(&uring_requests, &key);
	if (r)
		r->start_ns = r->sync_ns = bpf_ktime_get_ns();
}

/* ---- end ------------------------------------------------------------------------------- */

static __always_inline void request_slow(const struct ts_request *r, s64 result, u64 now, u64 ns)
{
	struct ts_io_slowest_key key = {.file = r->key, .io_kind = r->io_kind};
	struct ts_io_slowest c = {.ns = ns,
				  .end_ns = now,
				  .epoch = epoch,
				  .bytes = r->bytes,
				  .result = result,
				  .tid = r->tid,
				  .syscall = NR_io_uring_enter};
	u32 which = slowest_of(&key, ns, c.epoch);

	/* No tracepoint shows which thread does the work, and where it waits. */
	io_part_add(&r->key, r->io_kind, TS_IO_PART_WHOLE, ns, 1);
	io_part_add(&r->key, r->io_kind, TS_IO_PART_UNKNOWN, ns, 1);
	if (!which)
		return;
	c.waits[0] = (struct ts_io_wait){.ns = ns, .stack = TS_IO_PART_UNKNOWN, .count = 1};
	__builtin_memcpy(c.comm, r->comm, sizeof(c.comm));
	put_slowest(&key, &c, which);
}

static __always_inline void send_slow_request(const struct ts_request *r, s64 result, u64 ns)
{
	struct ts_event_io *e = event_reserve(sizeof(*e), TS_EVENT_IO);

	if (!e)
		return;
	event_header(&e->e, TS_EVENT_IO, current_task(), r->key.tgid, r->tid);
	__builtin_memcpy(e->e.comm, r->comm, sizeof(e->e.comm));
	e->duration_ns = ns;
	e->bytes_asked = r->bytes;
	e->result = result;
	e->stack_id = 0;
	e->key = r->key;
	e->fd = r->fd;
	e->syscall = NR_io_uring_enter;
	e->io_kind = r->io_kind;
	e->pad = 0;
	bpf_ringbuf_submit(e, 0);
}

static __always_inline void request_written(struct ts_request *r, struct ts_file *f, s64 result)
{
	struct ts_tail *tail;

	if (result <= 0 || (u64)result != r->bytes || r->last == TS_LAST_UNKNOWN)
		return;
	tail = tail_of(&r->key, f);
	if (!tail)
		return;
	/* A thread may submit for many writers. */
	note_form(f, r->last == TS_LAST_OTHER ? ' ' : '\n', result);
	note_tail(tail, f,
		  &(struct line_writer){
			  .tid = r->tid, .tgid = r->key.tgid, .address = r->address, .unsure = true},
		  result, r->last == TS_LAST_OTHER);
}

/* A linked request begins only now: a linked sync covers everything written up to here. */
static __always_inline void next_may_begin(const struct ts_request *r)
{
	struct io_kiocb *req = (struct io_kiocb *)r->request, *link = BPF_CORE_READ(req, link);
	struct ts_request_key key = {.request = (u64)link};
	struct thread_state *t = thread_current();
	struct ts_request *next;

	if (!link || !t)
		return;
	if (uring_complete_as == URING_USER_DATA) {
		key.request = (u64)BPF_CORE_READ(link, ctx);
		key.user_data = BPF_CORE_READ((struct io_kiocb___old *)link, user_data);
	}
	next = bpf_map_lookup_elem(&uring_requests, &key);
	if (!next || !next->makes_safe)
		return;
	note_sync_begins(next->row);
	next->sync_bytes = t->sync_bytes;
	next->sync_writes = t->sync_writes;
	next->sync_ns = bpf_ktime_get_ns();
}

/* Global for fill_request's reason. */
__noinline int request_ends(u64 request, u64 user_data, s32 result)
{
	struct ts_request_key key = {.request = request, .user_data = user_data};
	struct ts_request *r = bpf_map_lookup_elem(&uring_requests, &key);
	u64 now = bpf_ktime_get_ns(), ns;
	struct ts_file *f;

	if (!r || !r->start_ns)
		return 0;
	if (r->twins) {
		__sync_fetch_and_add(&r->twins, -1);
		return 0;
	}
	if (!r->io_kind || r->ambiguous) {
		count_unseen(r->row, r->io_kind);
		bpf_map_delete_elem(&uring_requests, &key);
		return 0;
	}
	if (r->epoch != file_epoch) {
		r->row = file_row_find(&r->key);
		if (!r->row)
			r->row = file_first_seen(&r->key);
	}
	ns = now - r->start_ns;
	r->start_ns = 0; /* no longer in flight before it is in the totals: never counted by both */
	f = file_totals(r->row);
	if (f && r->io_kind == TS_IO_WRITE) {
		if (now > f->last_ns)
			f->last_ns = now;
		request_written(r, f, result);
		if (r->safe && result > 0)
			note_safe(f, result);
		count_written(f, result, r->bytes, ns);
	} else if (f) {
		if (result < 0)
			count_error(f->sync_errors, f->other_sync_errno, result);
		else if (r->makes_safe)
			note_sync_ends(f, r->tid, &(struct written){r->sync_bytes, r->sync_writes},
				       r->sync_ns, ns);
		latency_add(&f->syncs, ns);
		f->last_sync_ns = now;
	}
	next_may_begin(r);
	if (ns >= slow_io_ns) {
		request_slow(r, result, now, ns);
		if (want_events)
			send_slow_request(r, result, ns);
	}
	bpf_map_delete_elem(&uring_requests, &key);
	return 0;
}

/* ---- hooks -------------------------------------------------------------------------------- */

/* As a number: the verifier treats some arguments as pointers, which cannot be stored in a map. */
static __always_inline u64 argument(u64 *ctx, u32 index)
{
	u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &ctx[index]);
	return value;
}

static __always_inline int uring_submitted(u64 *ctx)
{
	struct task_struct *task = current_task();

	if (current_excluded(task))
		return 0;
	HOLD_CPU(guard_tracepoints);
	request_begins(task, (struct io_kiocb *)argument(ctx, uring_submit_at));
	RELEASE_CPU(guard_tracepoints);
	return 0;
}

SEC("tp_btf/io_uring_submit_req") /* 6.3 */
int uring_submit_req(u64 *ctx)
{
	return uring_submitted(ctx);
}

SEC("tp_btf/io_uring_submit_sqe")
int uring_submit_sqe(u64 *ctx)
{
	return uring_submitted(ctx);
}

SEC("tp_btf/io_uring_complete")
int uring_complete(u64 *ctx)
{
	struct io_uring_cqe *cqe;
	u64 request = 0, user_data = 0;
	s32 result;

	/* Not only the target's threads complete requests. */
	if (!uring_used)
		return 0;
	HOLD_CPU(guard_tracepoints);
	if (uring_complete_as == URING_USER_DATA) {
		request = argument(ctx, 0);
		user_data = argument(ctx, 1);
		result = (s32)argument(ctx, 2);
		if (argument(ctx, 3) & CQE_MORE)
			request = 0;
	} else if (uring_complete_as == URING_REQUEST) {
		request = argument(ctx, 1);
		result = (s32)argument(ctx, 3);
	} else {
		request = argument(ctx, 1);
		cqe = (struct io_uring_cqe *)argument(ctx, 2);
		result = BPF_CORE_READ(cqe, res);
	}
	if (request)
		request_ends(request, user_data, result);
	RELEASE_CPU(guard_tracepoints);
	return 0;
}
