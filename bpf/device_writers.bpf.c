/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who writes how much to which device: an object of its own, loaded and attached only while a write or sync
 * is held up by a device, because it counts what all processes of the machine write.
 *
 * A page counts for the thread that makes it dirty. It is written later, by the kernel's own threads or
 * within a sync of any process, which therefore do not count. Writes past the page cache count as the thread
 * submits them.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "device_writers.h"
#include "arch.bpf.h"

#define has_current_btf  false /* a thread's fields are read once for each process and device */
#define has_task_pt_regs false

volatile __u32 viewer_level = 0;        /* threadscope's PID namespace */
const volatile __u32 page_bytes = 4096; /* user space knows */
volatile __u64 lost_bytes = 0;          /* that found no room in the table */

#include "task.bpf.h"

/* A kernel thread that writes for others as they write to it: of a loop device, or an NFS server
 * (include/linux/sched.h; PF_LESS_THROTTLE before 5.8). */
#define PF_LOCAL_THROTTLE 0x00100000
#define BDEVFS_MAGIC      0x62646576 /* include/uapi/linux/magic.h */
#define OP_MASK           0xff       /* include/linux/blk_types.h: REQ_OP_MASK */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TS_DEVICE_WRITERS);
	__type(key, struct ts_device_writer_key);
	__type(value, struct ts_device_writer);
} device_writers SEC(".maps");

/* The process that writes; 0: it is the kernel, for others. */
static __always_inline u32 writing_tgid(struct task_struct *task)
{
	if ((BPF_CORE_READ(task, flags) & (PF_KTHREAD | PF_LOCAL_THROTTLE)) == PF_KTHREAD)
		return 0;
	return bpf_get_current_pid_tgid() >> 32;
}

static __always_inline void count(u32 dev, u64 bytes)
{
	struct task_struct *task = current_task();
	struct ts_device_writer_key key = {.dev = dev, .tgid = writing_tgid(task)};
	struct ts_device_writer *w = bpf_map_lookup_elem(&device_writers, &key), fresh = {};

	if (!w) {
		fresh.pid = viewer_tgid(task);
		BPF_CORE_READ_INTO(&fresh.comm, task, group_leader, comm);
		bpf_map_update_elem(&device_writers, &key, &fresh, BPF_NOEXIST);
		w = bpf_map_lookup_elem(&device_writers, &key);
	}
	if (w)
		__sync_fetch_and_add(&w->bytes, bytes);
	else
		__sync_fetch_and_add(&lost_bytes, bytes);
}

/* The device of a file's pages. */
static __always_inline u32 device_of(struct address_space *mapping)
{
	struct inode *inode = BPF_CORE_READ(mapping, host);
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);

	return BPF_CORE_READ(sb, s_magic) == BDEVFS_MAGIC ? BPF_CORE_READ(inode, i_rdev)
							  : BPF_CORE_READ(sb, s_dev);
}

/* Large ones exist from 5.18 on, but their size is in this struct from 6.0 on only: too little is counted in
 * between. */
static __always_inline u64 folio_bytes(struct folio *folio)
{
	struct folio___old *old = (void *)folio;
	u64 flags = 0;
	u32 pages = 1;

	bpf_probe_read_kernel(&flags, sizeof(flags), folio); /* the first member in all versions */
	if (flags & (1ull << bpf_core_enum_value(enum pageflags, PG_head))) {
		if (bpf_core_field_exists(folio->_nr_pages))
			pages = BPF_CORE_READ(folio, _nr_pages);
		else if (bpf_core_field_exists(old->_folio_nr_pages))
			pages = BPF_CORE_READ(old, _folio_nr_pages);
	}
	return (u64)pages * page_bytes;
}

SEC("tp_btf/writeback_dirty_folio")
int dirty_folio(u64 *ctx)
{
	if (ctx[1])
		count(device_of((struct address_space *)ctx[1]), folio_bytes((struct folio *)ctx[0]));
	return 0;
}

SEC("tp_btf/writeback_dirty_page")
int dirty_page(u64 *ctx)
{
	if (ctx[1])
		count(device_of((struct address_space *)ctx[1]), page_bytes);
	return 0;
}

/* A write past the page cache, of a file (fs/direct-io.c, fs/iomap) or of the device itself (block/fops.c):
 * somebody waits for it, and no other write follows it at once. The commits of journals are metadata. */
static __always_inline bool is_direct(struct bio *bio)
{
	u32 opf = BPF_CORE_READ(bio, bi_opf);
	u32 sync = 1u << bpf_core_enum_value(enum req_flag_bits, __REQ_SYNC);
	u32 idle = 1u << bpf_core_enum_value(enum req_flag_bits, __REQ_IDLE);
	u32 meta = 1u << bpf_core_enum_value(enum req_flag_bits, __REQ_META);

	return (opf & OP_MASK) == 1 /* REQ_OP_WRITE */ && (opf & (sync | idle | meta)) == (sync | idle);
}

static __always_inline u32 device_of_bio(struct bio *bio)
{
	struct bio___old *old = (void *)bio;

	if (bpf_core_field_exists(bio->bi_bdev)) /* 5.12, commit 309dca309fc3 */
		return BPF_CORE_READ(bio, bi_bdev, bd_dev);
	return (u32)BPF_CORE_READ(old, bi_disk, major) << 20 | BPF_CORE_READ(old, bi_disk, first_minor);
}

static __always_inline int queued(struct bio *bio)
{
	if (is_direct(bio))
		count(device_of_bio(bio), BPF_CORE_READ(bio, bi_iter.bi_size));
	return 0;
}

SEC("tp_btf/block_bio_queue") /* (bio): 5.11, commit e8a676d61c07 */
int queue_bio(u64 *ctx)
{
	return queued((struct bio *)ctx[0]);
}

SEC("tp_btf/block_bio_queue") /* (queue, bio) */
int queue_bio_old(u64 *ctx)
{
	return queued((struct bio *)ctx[1]);
}

char LICENSE[] SEC("license") = "GPL";
