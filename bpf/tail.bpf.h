/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Torn lines: bytes of one writer in the middle of another writer's unfinished line. A writer is a thread,
 * or, in a Go program, a goroutine, which moves between threads. A pool of threads may also serve one writer
 * (libuv's files, tasks of an executor): then the next thread continues what the last one left. So what looks
 * torn counts as proven only if the thread that left its line unfinished goes on with it by itself, without a
 * wait in which it could have got other work.
 */
#ifndef TS_TAIL_BPF_H
#define TS_TAIL_BPF_H

#define PAGE_MASK 4095

struct line_writer {
	u32 tid, tgid;
	u64 goid;                 /* 0: not a Go program, or not known */
	u64 address;              /* of its buffer */
	u64 file;                 /* its open file */
	struct task_struct *task; /* NULL: it is not the current one */
	bool unsure;              /* neither the thread nor a known goroutine */
};

static __always_inline struct ts_tail *tail_of(const struct ts_file_key *key, struct ts_file *f)
{
	struct file_id id = {.inode = key->inode, .dev = key->dev, .generation = key->generation};
	struct ts_tail zero = {}, *tail;

	if (target_mode == TARGET_ONE)
		return &f->tail;
	tail = bpf_map_lookup_elem(&file_tails, &id);
	if (tail)
		return tail;
	bpf_map_update_elem(&file_tails, &id, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(&file_tails, &id);
}

/* ---- goroutines -------------------------------------------------------------- */

#define GO_SCHED_G 72 /* runtime.g.sched.g points to its own g, from Go 1.17 to 1.27 */

static __always_inline bool is_g(u64 g)
{
	u64 back = 0;

	return g && !bpf_probe_read_user(&back, sizeof(back), (void *)(g + GO_SCHED_G)) && back == g;
}

/* The number of the goroutine that makes the current call; 0: unknown, or the runtime's own stack, which has
 * no number and also runs C code. */
static __always_inline u64 current_goroutine(struct thread_state *t, struct task_struct *task)
{
	const void *regs = task_regs_at(task, has_current_btf);
	u64 g = go_tls(task), goid = 0;

	if (!is_g(g) && (!regs || bpf_probe_read_kernel(&g, sizeof(g), regs + GO_REG_G_AT) || !is_g(g)))
		return 0;
	bpf_probe_read_user(&goid, sizeof(goid), (void *)(g + t->goid_at));
	return goid;
}

/* Whether it left a line of this file unfinished and comes back after another writer. */
static __always_inline bool goroutine_returns(u32 row, const struct line_writer *w, bool partial, bool other)
{
	struct line_part part = {.row = row, .tgid = w->tgid, .goid = w->goid};
	bool left = bpf_map_lookup_elem(&line_parts, &part);
	u8 one = 1;

	if (partial && !left)
		bpf_map_update_elem(&line_parts, &part, &one, BPF_ANY);
	else if (!partial && left)
		bpf_map_delete_elem(&line_parts, &part);
	return left && other;
}

/* ---- threads ------------------------------------------------------------------ */

/* The same, and it had no wait in which it could have got other work: it continues its own line. */
static __always_inline bool thread_returns(struct thread_state *t, bool partial, bool other)
{
	bool returns = other && t->left_row == t->io_row && t->left_waits == t->begin_waits;

	if (partial)
		t->left_waits = t->work_waits;
	t->left_row = partial ? t->io_row : 0;
	return returns;
}

/* It leaves nothing unfinished any more: nobody continues its line. */
static __always_inline void line_ends_with(struct thread_state *t)
{
	struct ts_file *f = t->left_row && t->left_row == t->io_row ? file_totals(t->io_row) : NULL;
	struct ts_tail *tail = f ? tail_of(&t->io_key, f) : NULL;

	if (tail && tail->partial && tail->tid == t->tid && tail->tgid == t->tgid && !tail->goid)
		tail->partial = 0;
}

/* ---- lines ---------------------------------------------------------------------- */

/* What a write looks like: files of pages and of other bytes have no lines. */
static __always_inline void note_form(struct ts_file *f, u8 last, u64 written)
{
	if (!(written & PAGE_MASK))
		__sync_fetch_and_add(&f->page_writes, 1);
	if (last == '\n')
		return;
	__sync_fetch_and_add(&f->partial_writes, 1);
	if ((last >= ' ' && last < 0x7f) || last == '\t' || last == '\r')
		__sync_fetch_and_add(&f->text_parts, 1);
}

static __always_inline bool same_writer(const struct ts_tail *tail, const struct line_writer *w)
{
	if (tail->tgid != w->tgid)
		return false;
	return w->goid && tail->goid ? tail->goid == w->goid : tail->tid == w->tid;
}

/* A block of a stream with several buffers. */
static __always_inline bool is_block(u64 bytes)
{
	return bytes >= 512 && bytes % 512 == 0;
}

/* A write after another writer's unfinished line. */
static __always_inline void note_other(const struct ts_tail *tail, struct ts_file *f,
				       const struct line_writer *w)
{
	struct task_struct *task = w->task;

	if (tail->tgid != w->tgid) {
		/* A shell writes "checking ... ", and a program that it starts then the rest of the line. */
		if (task && BPF_CORE_READ(task, group_leader, start_time) > tail->ended_ns)
			return;
		__sync_fetch_and_add(&f->torn_lines, 1);
		__sync_fetch_and_add(&f->torn_proven, 1);
		return;
	}
	if (tail->unsure || w->unsure) {
		__sync_fetch_and_add(&f->torn_unknown, 1);
		return;
	}
	/* Its goroutines are known only from now on. */
	if (!tail->goid != !w->goid)
		return;
	/* Threads share a buffered stream: this is the next part of it. */
	if (tail->address == w->address || (tail->file == w->file && is_block(tail->bytes)))
		__sync_fetch_and_add(&f->torn_shared, 1);
	else
		__sync_fetch_and_add(&f->torn_lines, 1);
}

static __always_inline void note_tail(struct ts_tail *tail, struct ts_file *f, const struct line_writer *w,
				      u64 written, bool partial)
{
	if (tail->partial && !same_writer(tail, w))
		note_other(tail, f, w);
	tail->tid = w->tid;
	tail->tgid = w->tgid;
	tail->goid = w->goid;
	tail->unsure = w->unsure;
	tail->file = w->file;
	tail->partial = partial;
	if (!partial)
		return;
	tail->address = w->address;
	tail->bytes = written;
	tail->ended_ns = bpf_ktime_get_ns();
}

/*
 * The end of the current thread's write from a buffer; where: its last byte. Global, and of scalars, as
 * announce_file.
 */
__noinline int note_line(u64 where, u64 buffer, u64 written)
{
	struct thread_state *t = thread_current();
	struct ts_file *f = t ? file_totals(t->io_row) : NULL;
	struct ts_tail *tail = f ? tail_of(&t->io_key, f) : NULL;
	struct line_writer w = {};
	bool partial, other;
	u8 last;

	if (!tail)
		return 0;
	w.task = current_task();
	w.tid = t->tid;
	w.tgid = t->tgid;
	w.address = buffer;
	w.file = t->io_file;
	if (t->goid_at)
		w.goid = current_goroutine(t, w.task);
	w.unsure = t->goid_at && !w.goid;
	/* Unknown (data from another file) or not readable: nothing is reported. */
	if (!where || bpf_probe_read_user(&last, sizeof(last), (void *)where))
		last = '\n';
	partial = last != '\n';
	other = !same_writer(tail, &w);
	note_form(f, last, written);
	if (w.goid ? goroutine_returns(t->io_row, &w, partial, other) : thread_returns(t, partial, other))
		__sync_fetch_and_add(&f->torn_proven, 1);
	note_tail(tail, f, &w, written, partial);
	return 0;
}

#endif
