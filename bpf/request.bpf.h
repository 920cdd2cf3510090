/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of io_uring: its kind, its file and its data. */
#ifndef TS_BPF_REQUEST_BPF_H
#define TS_BPF_REQUEST_BPF_H

/* include/uapi/linux/io_uring.h: operations, flags of a submission and of a completion */
#define OP_WRITEV          2
#define OP_FSYNC           3
#define OP_WRITE_FIXED     5
#define OP_SYNC_FILE_RANGE 8
#define OP_SENDMSG         9
#define OP_WRITE           23
#define OP_SEND            26
#define OP_SPLICE          30
#define OP_SEND_ZC         47
#define OP_SENDMSG_ZC      48
#define OP_WRITEV_FIXED    61

#define SQE_FIXED_FILE (1u << 0)
#define SQE_SKIP       (1u << 6) /* no completion if it succeeds */
#define CQE_MORE       (1u << 1) /* further completions of the request follow */

static __always_inline u32 request_kind(u32 op)
{
	switch (op) {
	case OP_WRITE:
	case OP_WRITEV:
	case OP_WRITE_FIXED:
	case OP_WRITEV_FIXED:
	case OP_SEND:
	case OP_SEND_ZC:
	case OP_SENDMSG:
	case OP_SENDMSG_ZC:
	case OP_SPLICE:
		return TS_IO_WRITE;
	case OP_FSYNC:
	case OP_SYNC_FILE_RANGE:
		return TS_IO_SYNC;
	}
	return TS_IO_NONE;
}

/* ---- which file ------------------------------------------------------------------ */

/* A file registered with the ring. The lowest bits are flags. */
static __always_inline u64 registered_file(struct io_kiocb *req, u32 index)
{
	struct io_ring_ctx___old *old = (void *)BPF_CORE_READ(req, ctx);
	struct io_ring_ctx *ctx = BPF_CORE_READ(req, ctx);
	struct io_fixed_file___old *files;
	struct io_rsrc_node **nodes, *node = NULL;

	if (bpf_core_field_exists(old->file_table.files)) {
		files = BPF_CORE_READ(old, file_table.files);
		if (index >= BPF_CORE_READ(old, nr_user_files))
			return 0;
		files = (void *)files + index * bpf_core_type_size(struct io_fixed_file___old);
		return BPF_CORE_READ(files, file_ptr) & ~7ULL;
	}
	if (index >= BPF_CORE_READ(ctx, file_table.data.nr))
		return 0;
	nodes = BPF_CORE_READ(ctx, file_table.data.nodes);
	bpf_probe_read_kernel(&node, sizeof(node), nodes + index);
	return node ? BPF_CORE_READ(node, file_ptr) & ~7ULL : 0;
}

/* Before 5.19 the kernel looks up the file before this point, later kernels after it. */
static __always_inline u64 request_file(struct io_kiocb *req, struct task_struct *task, u32 flags,
					s32 *ret_fd)
{
	s32 fd;

	*ret_fd = -1;
	if (!bpf_core_field_exists(req->cqe))
		return (u64)BPF_CORE_READ(req, file);
	fd = BPF_CORE_READ(req, cqe.fd);
	if (flags & SQE_FIXED_FILE)
		return registered_file(req, fd);
	*ret_fd = fd;
	return file_of(task, has_current_btf, fd);
}

/* ---- what is written ---------------------------------------------------------------- */

/* Bytes requested, and the address of the last one. */
static __always_inline void request_bytes(struct thread_state *t, struct io_kiocb *req, struct ts_request *r,
					  u32 op, u64 *ret_last)
{
	struct io_rw *rw = (struct io_rw *)req;
	struct io_sr_msg *send = (struct io_sr_msg *)req;
	u64 address, count;

	*ret_last = 0;
	switch (op) {
	case OP_WRITE:
	case OP_WRITE_FIXED:
		r->address = BPF_CORE_READ(rw, addr);
		r->bytes = BPF_CORE_READ(rw, len);
		*ret_last = r->bytes ? r->address + r->bytes - 1 : 0;
		return;
	case OP_WRITEV:
	case OP_WRITEV_FIXED:
		address = BPF_CORE_READ(rw, addr);
		count = BPF_CORE_READ(rw, len);
		r->bytes = iov_bytes(t, address, count);
		r->address = t->io_address = address;
		*ret_last = r->bytes ? vector_end(t, count, r->bytes) : 0;
		return;
	case OP_SEND:
	case OP_SEND_ZC:
		r->bytes = (u32)BPF_CORE_READ(send, len);
	}
}

/* A write at a chosen position, not at the end, is not part of a line, as with pwrite. */
static __always_inline bool says_lines(struct thread_state *t, struct io_kiocb *req, u32 op)
{
	struct io_rw *rw = (struct io_rw *)req;

	if (!(t->io_checks & CHECK_TAIL) || op == OP_SPLICE || op == OP_SEND || op == OP_SENDMSG)
		return false;
	return !(t->io_checks & CHECK_OFFSETS) || BPF_CORE_READ(rw, kiocb.ki_pos) == -1;
}

/*
 * Completes a request of the current thread, whose record has the file. A global function of scalars is
 * verified once.
 */
__noinline int fill_request(u64 request, u64 user_data)
{
	struct ts_request_key key = {.request = request, .user_data = user_data};
	struct ts_request *r = bpf_map_lookup_elem(&uring_requests, &key);
	struct thread_state *t = thread_current();
	struct io_kiocb *req;
	u64 last_at;
	char last;
	u32 op;

	if (!r || !t)
		return 0;
	req = (struct io_kiocb *)r->request;
	op = BPF_CORE_READ(req, opcode);
	request_bytes(t, req, r, op, &last_at);
	if (last_at && says_lines(t, req, op) && !bpf_probe_read_user(&last, sizeof(last), (void *)last_at))
		r->last = last == '\n' ? TS_LAST_NEWLINE : TS_LAST_OTHER;
	if (op == OP_FSYNC) {
		note_sync_begins(t->io_row);
		r->sync_bytes = t->sync_bytes;
		r->sync_writes = t->sync_writes;
		r->makes_safe = 1;
	}
	return 0;
}

#endif
