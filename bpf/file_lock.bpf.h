/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks that the kernel takes in calls on a file, and who holds them: of the inode (i_rwsem, to write),
 * and of the open file's position. Each keeps its owner, a task's address with flags in its last bits.
 */
#ifndef TS_FILE_LOCK_BPF_H
#define TS_FILE_LOCK_BPF_H

#define OWNER_FLAGS        7ull /* kernel/locking/rwsem.c, mutex.h: two or three bits of the address */
#define RWSEM_READER_OWNED 1    /* the last reader's address, which may have left */

static __always_inline u32 lock_owner(u64 owner, const struct ts_thread *r)
{
	struct task_struct *task = (struct task_struct *)(owner & ~OWNER_FLAGS);
	u32 tid;

	if (!task)
		return 0;
	tid = viewer_tid(task);
	return tid == r->tid ? 0 : tid;
}

static __always_inline void fill_file_locks(struct ts_thread *r, u64 address)
{
	struct file *file = (struct file *)address;
	struct inode *inode;
	u64 owner = 0;

	r->inode_tid = r->position_tid = 0;
	if (!file || !(r->state & TASK_UNINTERRUPTIBLE))
		return;
	if (bpf_core_field_exists(file->f_pos_lock.owner))
		r->position_tid = lock_owner(BPF_CORE_READ(file, f_pos_lock.owner.counter), r);
	inode = BPF_CORE_READ(file, f_inode);
	if (inode && bpf_core_field_exists(inode->i_rwsem.owner))
		owner = BPF_CORE_READ(inode, i_rwsem.owner.counter);
	if (!(owner & RWSEM_READER_OWNED))
		r->inode_tid = lock_owner(owner, r);
}

/* Of a thread in any call whose first argument is a descriptor, as it is in the calls of io_kind. */
static __always_inline u64 file_at(struct task_struct *task, u64 fd)
{
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file **array = BPF_CORE_READ(fdt, fd), *file = NULL;

	if (fd >= BPF_CORE_READ(fdt, max_fds) || bpf_probe_read_kernel(&file, sizeof(file), array + (u32)fd))
		return 0;
	return (u64)file;
}

#endif
