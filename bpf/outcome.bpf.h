/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a call's outcome means for its log: errors, its last byte and its place, and the data that a sync
 * covers. A successful append by a process of one thread costs nothing extra.
 */
#ifndef TS_OUTCOME_BPF_H
#define TS_OUTCOME_BPF_H

#define IOV_MAX_READ 16
struct iov {
	u64 base, len;
};
_Static_assert(IOV_MAX_READ * sizeof(struct iov) <= sizeof(((struct thread_state *)0)->pcs),
	       "room for a vector");

#define CHECK_TAIL      1u /* its lines can be torn */
#define CHECK_OFFSETS   2u /* its writes can overlap */
#define CHECK_SAFE      4u /* each write waits for the disk: O_DSYNC, O_SYNC */
#define GENERATION_FROM 8u /* shift of its generation's source, enum generation_from */

/* Flags of pwritev2, include/uapi/linux/fs.h */
#define RWF_DSYNC    0x02u
#define RWF_SYNC     0x04u
#define RWF_APPEND   0x10u
#define RWF_NOAPPEND 0x20u

static __always_inline u32 checks_of(u32 kind, u32 flags)
{
	u32 checks = 0;

	if (kind == TS_FILE_REGULAR || kind == TS_FILE_PIPE || kind == TS_FILE_TTY)
		checks |= CHECK_TAIL;
	if (kind == TS_FILE_REGULAR && !(flags & O_APPEND))
		checks |= CHECK_OFFSETS;
	if (kind == TS_FILE_REGULAR && (flags & O_DSYNC))
		checks |= CHECK_SAFE;
	return checks;
}

/* ---- errors ---------------------------------------------------------------- */

static __always_inline u32 error_kind(s64 result)
{
	switch (-result) { /* include/uapi/asm-generic/errno.h */
	case 11:
		return TS_IO_EAGAIN;
	case 28:
		return TS_IO_ENOSPC;
	case 5:
		return TS_IO_EIO;
	case 122:
		return TS_IO_EDQUOT;
	case 27:
		return TS_IO_EFBIG;
	case 32:
		return TS_IO_EPIPE;
	case 104:
		return TS_IO_ECONNRESET;
	case 111:
		return TS_IO_ECONNREFUSED;
	}
	return TS_IO_OTHER;
}

/* others: errnos that have no counter of their own. */
static __always_inline void count_error(u32 *kinds, u32 *others, s64 result)
{
	u32 kind = error_kind(result);

	if (kind == TS_IO_OTHER && others[0] != (u32)-result) {
		others[1] = others[0];
		others[0] = -result;
	}

	barrier_var(kind);
	if (kind < TS_IO_ERRORS)
		__sync_fetch_and_add(&kinds[kind], 1);
}

/* The address of the last byte written out of a vector; 0: not known. Its entries go to t->pcs. */
static __always_inline u64 vector_end(struct thread_state *t, u64 count, u64 written)
{
	struct iov *iov = (struct iov *)t->pcs;
	u64 end = 0;

	if (!count || count > IOV_MAX_READ ||
	    bpf_probe_read_user(iov, (count * sizeof(*iov)) & 0x1ff, (void *)t->io_address))
		return 0;
	for (u32 i = 0; i < IOV_MAX_READ; i++) {
		if (i >= count || !written)
			break;
		if (!iov[i].len)
			continue;
		if (written <= iov[i].len) {
			end = iov[i].base + written - 1;
			break;
		}
		written -= iov[i].len;
	}
	return end;
}

/* The address of the call's last byte in the writer's memory; 0: unknown. */
static __always_inline u64 last_byte_at(struct thread_state *t, u64 count, u64 written)
{
	switch (t->io_syscall) {
	case NR_write:
	case NR_pwrite64:
		return t->io_address + written - 1;
	case NR_writev:
	case NR_pwritev:
	case NR_pwritev2:
		return vector_end(t, count, written);
	}
	return 0;
}

/* The buffer that a call writes from: of a vector, that of its first part, which is the stream's in musl and
 * libstdc++. */
static __always_inline u64 buffer_of(struct thread_state *t)
{
	u64 base = t->io_address;

	if (t->io_syscall == NR_writev || t->io_syscall == NR_pwritev || t->io_syscall == NR_pwritev2)
		bpf_probe_read_user(&base, sizeof(base), (void *)t->io_address);
	return base;
}

/* splice and copy_file_range with an explicit position, which was not read. */
static __always_inline bool has_own_place(u32 nr, u64 arg3)
{
	return (nr == NR_splice || nr == NR_copy_file_range) && arg3;
}

/* A write that is on the disk when it ends. */
static __always_inline void note_safe(struct ts_file *f, u64 written)
{
	__sync_fetch_and_add(&f->safe_bytes, written);
	__sync_fetch_and_add(&f->safe_writes, 1);
}

/*
 * A successful write that needs a closer look. A global function of scalars is verified once, so its loops do
 * not multiply with its callers' paths.
 */
__noinline int look_closer(u64 written)
{
	struct thread_state *t = thread_current();
	struct ts_file *f = t ? file_totals(t->io_row) : NULL;
	bool positioned;
	u32 rwf = 0;
	char last = 0;
	u64 at;

	if (!t || !f || !task_regs(current_task(), has_current_btf, &t->kernel_regs))
		return 0;
	if (t->io_syscall == NR_pwritev2)
		rwf = REGS_ARG5(&t->kernel_regs);
	positioned = t->io_syscall == NR_pwrite64 || t->io_syscall == NR_pwritev ||
		     (t->io_syscall == NR_pwritev2 && (s64)REGS_ARG3(&t->kernel_regs) != -1);
	/* Linux appends then, regardless of the position. */
	if ((rwf & RWF_APPEND) || (!(t->io_checks & CHECK_OFFSETS) && !(rwf & RWF_NOAPPEND)))
		positioned = false;
	if (rwf & (RWF_DSYNC | RWF_SYNC) && !(t->io_checks & CHECK_SAFE))
		note_safe(f, written);
	at = last_byte_at(t, REGS_ARG2(&t->kernel_regs), written);
	if ((t->io_checks & CHECK_TAIL) && !positioned)
		note_line(at, buffer_of(t), written);
	if (!(t->io_checks & CHECK_OFFSETS) || (rwf & RWF_APPEND) ||
	    has_own_place(t->io_syscall, REGS_ARG3(&t->kernel_regs)))
		return 0;
	if (positioned && at && !bpf_probe_read_user(&last, sizeof(last), (void *)at))
		note_form(f, last, written);
	note_place(t, f, REGS_ARG3(&t->kernel_regs), positioned, written, last == '\n');
	return 0;
}

#define MESSAGES_MAX  1024 /* UIO_MAXIOV, the limit of sendmmsg */
#define MESSAGE_BYTES 64   /* struct mmsghdr: a struct msghdr of 56 bytes, msg_len, padding */
#define MESSAGES_READ 8    /* at a time: the verifier walks each round */
_Static_assert(MESSAGES_READ *MESSAGE_BYTES <= sizeof(((struct thread_state *)0)->pcs), "room for them");

/* Bytes of the messages that sendmmsg sent; it returns only their number. Global for look_closer's reason. */
__noinline int sent_bytes(u64 count)
{
	struct thread_state *t = thread_current();
	u64 sum = 0, address, rest = count % MESSAGES_READ;
	u32 len;

	if (!t)
		return 0;
	address = t->io_address;
	for (u32 i = 0; i < MESSAGES_READ - 1 && i < rest; i++, address += MESSAGE_BYTES)
		if (!bpf_probe_read_user(&len, sizeof(len), (void *)(address + MESSAGE_BYTES - 8)))
			sum += len;
	for (u32 i = 0; i < MESSAGES_MAX / MESSAGES_READ && i < count / MESSAGES_READ; i++) {
		if (!bpf_probe_read_user(t->pcs, MESSAGES_READ * MESSAGE_BYTES, (void *)address))
			for (u32 k = 0; k < MESSAGES_READ; k++)
				sum += (u32)t->pcs[(k + 1) * MESSAGE_BYTES / 8 - 1];
		address += MESSAGES_READ * MESSAGE_BYTES;
	}
	return (int)(sum & 0x7fffffff);
}

/* A single target with one thread cannot tear its own lines. */
static __always_inline bool writes_alone(struct task_struct *task)
{
	return target_mode == TARGET_ONE && has_current_btf && task->signal->nr_threads == 1;
}

static __always_inline void note_written(struct thread_state *t, struct ts_file *f, struct task_struct *task,
					 u64 written)
{
	if (!t->io_checks)
		return;
	if (t->io_checks & CHECK_SAFE)
		note_safe(f, written);
	if ((t->io_checks & CHECK_OFFSETS) || t->io_syscall == NR_pwritev2) {
		look_closer(written);
	} else if (writes_alone(task)) {
		if (f->tail.partial)
			f->tail.partial = 0;
	} else if (t->io_syscall == NR_write) {
		note_line(t->io_address + written - 1, t->io_address, written);
	} else {
		look_closer(written);
	}
}

/* ---- syncs --------------------------------------------------------------------- */

static __always_inline bool makes_safe(u32 nr)
{
	return nr == NR_fsync || nr == NR_fdatasync;
}

/* The data written before a sync begins, which it covers. Global for look_closer's reason. */
__noinline int note_sync_begins(u32 row)
{
	struct thread_state *t = thread_current();
	struct ts_file *f = t ? file_totals(row) : NULL;
	u64 writes = 0;

	if (!t || !f)
		return 0;
	t->sync_bytes = f->bytes - f->safe_bytes;
	for (u32 i = 0; i < TS_HIST_BUCKETS; i++)
		writes += f->writes.buckets[i];
	for (u32 i = 0; i < TS_IO_ERRORS; i++)
		writes -= f->errors[i];
	t->sync_writes = writes - f->safe_writes;
	return 0;
}

struct written { /* of a file, when a sync began, without data that needs none */
	u64 bytes, writes;
};

static __always_inline void note_sync_ends(struct ts_file *f, u32 tid, const struct written *safe, u64 began,
					   u64 ns)
{
	__sync_fetch_and_add(&f->sync_ns, ns);
	if (safe->writes == f->synced_writes + 1)
		__sync_fetch_and_add(&f->single_syncs, 1);
	if (f->sync_tid && f->sync_tid != tid)
		f->syncers = 2;
	f->sync_tid = tid;
	/* A sync that began before another ended one covers nothing more. */
	if (began < f->synced_ns)
		return;
	f->synced_ns = began;
	f->synced_bytes = safe->bytes;
	f->synced_writes = safe->writes;
}

#endif
