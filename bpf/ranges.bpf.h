/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Overwrites: the writers of each part of a file that is not only appended to. */
#ifndef TS_RANGES_BPF_H
#define TS_RANGES_BPF_H

static __always_inline struct file_ranges *ranges_of(struct thread_state *t)
{
	struct file_id id = {
		.inode = t->io_key.inode, .dev = t->io_key.dev, .generation = t->io_key.generation};
	struct file_ranges *r = bpf_map_lookup_elem(&file_ranges, &id);
	u32 zero = 0;
	void *init;

	if (r)
		return r;
	init = bpf_map_lookup_elem(&zero_ranges, &zero);
	if (init)
		bpf_map_update_elem(&file_ranges, &id, init, BPF_NOEXIST);
	return bpf_map_lookup_elem(&file_ranges, &id);
}

/* Tries for a while: without the lock, one of two simultaneous writes may be counted twice or not at all. */
static __always_inline bool take_ranges(struct file_ranges *r)
{
	for (int i = 0; i < 64; i++)
		if (!replace_if(&r->taken, 0, 1))
			return true;
	return false;
}

#define RANGE_GAP 65536 /* a hole that threads sharing an open file leave while they write */

static __always_inline void extend_range(struct file_range *own, u64 writer, u64 start, u64 end)
{
	own->noted_ns = bpf_ktime_get_ns();
	if (own->writer != writer || end < own->start || start > own->end + RANGE_GAP) {
		own->writer = writer;
		own->start = start;
		own->end = end;
		return;
	}
	if (start < own->start)
		own->start = start;
	if (end > own->end)
		own->end = end;
}

/* 1 or 0 without a branch, of values below 2^63: branches in the loop below would be 2^16 paths to verify. */
static __always_inline u64 below(u64 a, u64 b)
{
	u64 difference = a - b;

	barrier_var(difference);
	return difference >> 63;
}

static __always_inline u64 differs(u64 a, u64 b)
{
	u64 bits = a ^ b;

	bits |= -bits;
	barrier_var(bits);
	return bits >> 63;
}

/* The size of a file, and when it was read. */
struct size_at {
	u64 size, ns;
};

#define RANGE_OVER   1u /* another writer had written there */
#define RANGE_FIRST  2u /* and had begun there, or behind it: its data is replaced, as in a file of state */
#define RANGE_BEYOND 4u /* where the writer's last write ended, but the file has become shorter meanwhile */

/* Judges a write of [start, end), and records it. before: when the write began. */
static __always_inline u32 note_range(struct file_ranges *r, u64 writer, u64 start, u64 end, u64 size,
				      struct size_at before)
{
	u64 own = 0, unused = 0, over = 0, first = 0, beyond = 0, used, other, hit, slot;
	bool taken = take_ranges(r);

	for (u32 i = 0; i < FILE_RANGES; i++) {
		struct file_range *s = &r->ranges[i];

		used = below(s->noted_ns, before.ns);
		beyond |= (1 - differs(s->writer, writer)) & (1 - differs(s->end, start)) &
			  below(before.size, start) & used;
		/* Beyond the file's end, now or before this write: the file was truncated, and the old data
		 * is gone. */
		s->writer &= below(size, s->end) - 1;
		s->writer &= (below(before.size, s->end) & used) - 1;
		used = differs(s->writer, 0);
		other = differs(s->writer, writer);
		own += (1 - other) * (i + 1);
		unused = used * unused + (1 - used) * (i + 1);
		hit = used & other & below(start, s->end) & below(s->start, end);
		over |= hit;
		first |= hit & (1 - below(s->start, start));
	}
	slot = own ? own - 1 : unused ? unused - 1 : r->next++;
	extend_range(&r->ranges[slot & (FILE_RANGES - 1)], writer, start, end);
	if (taken)
		exchange(&r->taken, 0);
	return over * RANGE_OVER | first * RANGE_FIRST | beyond * RANGE_BEYOND;
}

static __always_inline void note_judged(struct thread_state *t, struct ts_file *f, u32 judged, u64 start)
{
	if (judged & RANGE_OVER)
		__sync_fetch_and_add(&f->overwrites, 1);
	if (judged & RANGE_FIRST)
		__sync_fetch_and_add(&f->rewrites, 1);
	if (judged & RANGE_BEYOND) {
		f->cut_size = t->io_size;
		f->cut_at = start;
		__sync_fetch_and_add(&f->cuts, 1);
	}
}

/*
 * A write to a regular file that is not open for appending. The writer is the open file: threads that share
 * one share its position, and choose the places of pwrite together. Databases rewrite their pages with
 * pwrite: such a write counts only if it ends a line, as in a log.
 */
static __always_inline void note_place(struct thread_state *t, struct ts_file *f, u64 offset, bool positioned,
				       u64 written, bool ends_line)
{
	struct file *file = (struct file *)t->io_file;
	struct file_ranges *r = file ? ranges_of(t) : NULL;
	u64 size, end;
	u32 judged;

	if (!r)
		return;
	size = BPF_CORE_READ(file, f_inode, i_size);
	end = positioned ? offset + written : (u64)BPF_CORE_READ(file, f_pos);
	if (end < written || end >> 62 || (positioned && !ends_line))
		return;
	judged = note_range(r, t->io_file, end - written, end, size,
			    (struct size_at){t->io_size, t->io_size_ns});
	if (positioned)
		judged &= ~RANGE_BEYOND;
	note_judged(t, f, judged, end - written);
}

/* At the start of a write that may overwrite another one. */
static __always_inline void note_size(struct thread_state *t, u64 now)
{
	struct inode *inode = (struct inode *)t->io_inode;

	t->io_size = BPF_CORE_READ(inode, i_size);
	t->io_size_ns = now;
}

#endif
