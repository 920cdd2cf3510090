// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel functions in which a write or sync blocks, Linux 5.10
 * to 7.3: mm/page-writeback.c, mm/filemap.c, mm/vmscan.c, fs/pipe.c, fs/fuse,
 * fs/nfs, fs/jbd2, fs/xfs, fs/btrfs, net/core, net/unix, drivers/tty.
 */
#include "waits/stall.h"

#include <string.h>

struct rule {
	const char *prefix; /* of the function's name */
	enum stall_part part;
};

/* Compared with each frame, innermost first: the first match decides. */
static const struct rule RULES[] = {
	{"balance_dirty_pages", STALL_THROTTLE},
	/* journals and logs */
	{"jbd2_", STALL_JOURNAL},
	{"__jbd2_", STALL_JOURNAL},
	{"start_this_handle", STALL_JOURNAL},
	{"add_transaction_credits", STALL_JOURNAL},
	{"wait_transaction_", STALL_JOURNAL},
	{"xlog_", STALL_JOURNAL},
	{"xfs_log_", STALL_JOURNAL},
	{"btrfs_sync_log", STALL_JOURNAL},
	{"btrfs_commit_transaction", STALL_JOURNAL},
	{"wait_for_commit", STALL_JOURNAL},
	{"wait_log_commit", STALL_JOURNAL},
	{"f2fs_issue_checkpoint", STALL_JOURNAL},
	{"f2fs_write_checkpoint", STALL_JOURNAL},
	/* memory */
	{"try_to_free_pages", STALL_MEMORY},
	{"try_to_free_mem_cgroup_pages", STALL_MEMORY},
	{"reclaim_throttle", STALL_MEMORY},
	{"mem_cgroup_handle_over_high", STALL_MEMORY},
	{"__mem_cgroup_handle_over_high", STALL_MEMORY},
	{"throttle_direct_reclaim", STALL_MEMORY},
	{"congestion_wait", STALL_MEMORY},
	/* file servers */
	{"request_wait_answer", STALL_SERVER}, /* FUSE */
	{"fuse_", STALL_SERVER},
	{"__fuse_", STALL_SERVER},
	{"rpc_", STALL_SERVER},
	{"__rpc_", STALL_SERVER},
	{"nfs", STALL_SERVER},
	{"cifs_", STALL_SERVER},
	{"smb2_", STALL_SERVER},
	{"ceph_", STALL_SERVER},
	{"v9fs_", STALL_SERVER},
	{"p9_", STALL_SERVER},
	/* pipes, sockets, terminals */
	{"pipe_write", STALL_PIPE},
	{"anon_pipe_write", STALL_PIPE},
	{"fifo_pipe_write", STALL_PIPE},
	{"pipe_wait_writable", STALL_PIPE},
	{"wait_for_space", STALL_PIPE},
	{"opipe_prep", STALL_PIPE},
	{"sock_alloc_send_pskb", STALL_SOCKET},
	{"sock_wait_for_wmem", STALL_SOCKET},
	{"sk_stream_wait_memory", STALL_SOCKET},
	{"unix_wait_for_peer", STALL_SOCKET},
	{"unix_dgram_sendmsg", STALL_SOCKET},
	{"unix_stream_sendmsg", STALL_SOCKET},
	{"tcp_sendmsg_locked", STALL_SOCKET},
	{"n_tty_write", STALL_TERMINAL},
	{"tty_write", STALL_TERMINAL},
	{"file_tty_write", STALL_TERMINAL},
	{"iterate_tty_write", STALL_TERMINAL},
	{"tty_wait_until_sent", STALL_TERMINAL},
	/* pages and blocks in transit */
	{"folio_wait_", STALL_DISK},
	{"wait_on_page_", STALL_DISK},
	{"__filemap_fdatawait_range", STALL_DISK},
	{"filemap_fdatawait", STALL_DISK},
	{"__wait_on_buffer", STALL_DISK},
	{"submit_bio_wait", STALL_DISK},
	{"blkdev_issue_flush", STALL_DISK},
	{"blk_mq_get_tag", STALL_DISK},
	{"rq_qos_wait", STALL_DISK},
	{"wbt_wait", STALL_DISK},
	{"iomap_dio_", STALL_DISK},
	{"__iomap_dio_rw", STALL_DISK},
	{"blkdev_direct_IO", STALL_DISK},
	{"__blkdev_direct_IO", STALL_DISK},
	{"writeback_", STALL_DISK},
	{"wb_wait_for_completion", STALL_DISK},
	{"do_writepages", STALL_DISK},
};

static bool starts(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

static enum stall_part rule_for(const char *name)
{
	for (size_t i = 0; i < sizeof(RULES) / sizeof(RULES[0]); i++)
		if (starts(name, RULES[i].prefix))
			return RULES[i].part;
	return STALL_PARTS;
}

/* A sleeping lock: its caller identifies it. */
static bool is_lock(const char *name)
{
	return starts(name, "rwsem_down_") || starts(name, "down_write") || starts(name, "down_read") ||
	       starts(name, "__mutex_lock") || starts(name, "mutex_lock") || starts(name, "__down_write") ||
	       starts(name, "__down_read");
}

/* The address space's lock, on a page fault of the buffer: not the file's. */
static bool is_fault(const char *name)
{
	return starts(name, "do_user_addr_fault") || starts(name, "exc_page_fault") ||
	       starts(name, "handle_mm_fault") || starts(name, "do_page_fault") ||
	       starts(name, "lock_mm_and_find_vma");
}

/* Functions that take the inode's lock themselves, or with a helper that is inlined into them. Others take
 * more locks of a kind that looks the same: the file system's own, of the inode's blocks. */
static const char *const INODE_LOCKERS[] = {
	"ext4_buffered_write_iter",
	"ext4_dio_write_iter",
	"ext4_dax_write_iter",
	"ext4_file_write_iter",
	"ext4_fallocate",
	"generic_file_write_iter",
	"generic_file_fsync",
	"__generic_file_fsync",
	"btrfs_inode_lock",
	"btrfs_buffered_write",
	"btrfs_file_write_iter",
	"btrfs_direct_write",
	"btrfs_sync_file",
	"f2fs_file_write_iter",
	"fuse_file_write_iter",
	"fuse_cache_write_iter",
	"fuse_direct_write_iter",
	"nfs_start_io_write",
	"nfs_start_io_direct",
	"netfs_start_io_write",
	"netfs_start_io_direct",
	"ceph_start_io_write",
	"cifs_strict_writev",
	"shmem_file_write_iter",
	"ovl_write_iter",
	"ovl_fsync",
	"xfs_ilock_iocb",
	"exfat_file_write_iter",
	"ntfs_file_write_iter",
	"v9fs_file_write_iter",
	"do_truncate",
};
static const char *const POSITION_LOCKERS[] = {"fdget_pos", "__fdget_pos", "__f_lock_pos"};

static bool among(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts(name, list[i]))
			return true;
	return false;
}

#define AMONG(name, list) among(name, list, sizeof(list) / sizeof(*(list)))

enum stall_lock stall__lock(const struct call_stack *kernel)
{
	/* The kernel leaves the scheduler's functions out of another thread's stack, and locks' with them:
	 * then the innermost function is the one that takes the lock. */
	size_t taker = 0;
	const char *name, *outer;

	for (size_t i = 0; i < kernel->count && !taker; i++)
		if (kernel->frames[i].function && is_lock(kernel->frames[i].function))
			taker = i + 1;
	while (taker < kernel->count && kernel->frames[taker].function &&
	       is_lock(kernel->frames[taker].function))
		taker++;
	name = taker < kernel->count ? kernel->frames[taker].function : NULL;
	outer = name && taker + 1 < kernel->count ? kernel->frames[taker + 1].function : NULL;
	if (!name)
		return STALL_LOCK_NONE;
	if (AMONG(name, POSITION_LOCKERS))
		return STALL_LOCK_POSITION;
	/* XFS takes both of its inode's locks there: calls on files want the outer one. */
	if (!strcmp(name, "xfs_ilock"))
		return outer && (starts(outer, "xfs_file_") || starts(outer, "xfs_ilock_iocb"))
			       ? STALL_LOCK_INODE
			       : STALL_LOCK_NONE;
	return AMONG(name, INODE_LOCKERS) ? STALL_LOCK_INODE : STALL_LOCK_NONE;
}

/* fs/super.c: sb_start_write, sb_start_pagefault wait for nothing but a freeze. They are inlined into these,
 * of which none takes another lock of this kind. */
static const char *const FREEZE_WAITERS[] = {
	"vfs_write",
	"vfs_iter_write",
	"vfs_iocb_iter_write",
	"do_iter_write",
	"do_iter_readv_writev",
	"vfs_writev",
	"vfs_fallocate",
	"vfs_copy_file_range",
	"vfs_clone_file_range",
	"do_splice_from",
	"splice_direct_to",
	"do_sendfile",
	"file_start_write",
	"sb_start_write",
	"__sb_start_write",
	"mnt_want_write",
	"mnt_get_write_access",
	"do_sys_ftruncate",
	"do_ftruncate",
	"do_page_mkwrite",
	"ext4_page_mkwrite",
	"xfs_filemap_",
	"__xfs_filemap_",
	"btrfs_page_mkwrite",
	"filemap_page_mkwrite",
	"io_write",
	"kiocb_start_write",
	"ovl_start_write",
	"xfs_trans_alloc",
	"ext4_journal_check_start",
};

static bool is_frozen(const struct call_stack *kernel)
{
	bool waits = false;

	for (size_t i = 0; i < kernel->count; i++) {
		const char *name = kernel->frames[i].function;

		if (!name)
			return false;
		if (starts(name, "percpu_rwsem_wait") || starts(name, "percpu_down_read") ||
		    starts(name, "__percpu_down_read"))
			waits = true;
		else if (waits)
			return AMONG(name, FREEZE_WAITERS);
	}
	return false;
}

enum stall_part stall__of_stack(const struct call_stack *kernel)
{
	bool lock = false, io = false, fault = false;

	if (is_frozen(kernel))
		return STALL_FROZEN;
	if (stall__lock(kernel))
		return STALL_LOCK;
	for (size_t i = 0; i < kernel->count; i++) {
		const char *name = kernel->frames[i].function;
		enum stall_part part = name ? rule_for(name) : STALL_PARTS;

		if (!name)
			continue;
		fault = fault || is_fault(name);
		io = io || starts(name, "io_schedule") || starts(name, "bit_wait_io");
		/* Within a journal's functions, the journal is the cause. */
		if (part == STALL_JOURNAL || (part != STALL_PARTS && !lock))
			return part;
		lock = lock || is_lock(name);
	}
	if (lock)
		return fault ? STALL_OTHER : STALL_LOCK;
	if (io)
		return STALL_DISK;
	return kernel->count ? STALL_OTHER : STALL_UNKNOWN;
}

bool stall__of_device(enum stall_part part)
{
	return part == STALL_THROTTLE || part == STALL_JOURNAL || part == STALL_DISK;
}

enum stall_part stall__main(const uint64_t *parts)
{
	enum stall_part most = STALL_UNKNOWN;

	for (int i = 0; i < STALL_PARTS; i++)
		if (parts[i] > parts[most])
			most = (enum stall_part)i;
	return most;
}
