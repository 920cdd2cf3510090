/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel stacks as kernels from 5.10 to 7.3 have them, and what they say. */
#include "waits/stall.h"
#include "test.h"

struct names {
	struct frame frames[32];
	char copy[1024];
};

static struct call_stack stack_of(struct names *n, const char *text)
{
	struct call_stack stack = {.frames = n->frames};
	char *rest = n->copy, *name;

	memset(n->frames, 0, sizeof(n->frames));
	snprintf(n->copy, sizeof(n->copy), "%s", text);
	while ((name = strsep(&rest, " ")))
		if (*name)
			n->frames[stack.count++].function = name;
	return stack;
}

static enum stall_part of(const char *text)
{
	struct names n;
	const struct call_stack stack = stack_of(&n, text);

	return stall__of_stack(&stack);
}

static enum stall_lock lock_of(const char *text)
{
	struct names n;
	const struct call_stack stack = stack_of(&n, text);

	return stall__lock(&stack);
}

#define TOP "__traceiter_sched_switch __schedule schedule "

/* Of the current thread, with the functions of the lock, and of another one, without. */
TEST(locks_of_files)
{
	CHECK_EQ(lock_of(""), STALL_LOCK_NONE);
	CHECK_EQ(lock_of(TOP "schedule_preempt_disabled rwsem_down_write_slowpath down_write "
			     "ext4_buffered_write_iter vfs_write"),
		 STALL_LOCK_INODE);
	CHECK_EQ(lock_of("fuse_file_write_iter vfs_write ksys_write"), STALL_LOCK_INODE);
	CHECK_EQ(of("fuse_file_write_iter vfs_write ksys_write"), STALL_LOCK);
	CHECK_EQ(lock_of("fdget_pos ksys_write do_syscall_64"), STALL_LOCK_POSITION);
	CHECK_EQ(of("__fdget_pos ksys_write do_syscall_64"), STALL_LOCK);
	CHECK_EQ(lock_of("xfs_ilock xfs_file_buffered_write vfs_write"), STALL_LOCK_INODE);
	/* other locks of the inode, and waits further in */
	CHECK_EQ(lock_of("xfs_ilock xfs_ilock_for_iomap xfs_buffered_write_iomap_begin "
			 "xfs_file_buffered_write"),
		 STALL_LOCK_NONE);
	CHECK_EQ(lock_of(TOP "rwsem_down_read_slowpath down_read ext4_map_blocks ext4_buffered_write_iter"),
		 STALL_LOCK_NONE);
	CHECK_EQ(lock_of("request_wait_answer __fuse_simple_request fuse_file_write_iter vfs_write"),
		 STALL_LOCK_NONE);
	CHECK_EQ(of("request_wait_answer __fuse_simple_request fuse_file_write_iter vfs_write"),
		 STALL_SERVER);
	CHECK_EQ(lock_of("down_write"), STALL_LOCK_NONE);
}

TEST(places)
{
	CHECK_EQ(of(""), STALL_UNKNOWN);
	CHECK_EQ(of(TOP "do_nanosleep"), STALL_OTHER);
	/* ext4, 6.1: another thread writes the same file */
	CHECK_EQ(of(TOP
		    "schedule_preempt_disabled rwsem_down_write_slowpath down_write ext4_buffered_write_iter "
		    "vfs_write ksys_write"),
		 STALL_LOCK);
	/* two threads, one open file */
	CHECK_EQ(of(TOP "schedule_preempt_disabled __mutex_lock.constprop.0 __fdget_pos ksys_write"),
		 STALL_LOCK);
	/* throttled: it is not the timer that is waited for */
	CHECK_EQ(of(TOP
		    "schedule_timeout io_schedule_timeout balance_dirty_pages "
		    "balance_dirty_pages_ratelimited_flags generic_perform_write ext4_buffered_write_iter"),
		 STALL_THROTTLE);
	CHECK_EQ(of(TOP "jbd2_log_wait_commit jbd2_complete_transaction ext4_fsync_journal ext4_sync_file "
			"do_fsync"),
		 STALL_JOURNAL);
	CHECK_EQ(of(TOP "io_schedule folio_wait_bit_common folio_wait_writeback __filemap_fdatawait_range "
			"file_write_and_wait_range ext4_sync_file"),
		 STALL_DISK);
	CHECK_EQ(of(TOP "io_schedule wait_on_page_bit __filemap_fdatawait_range ext4_sync_file"), STALL_DISK);
	/* a journal's own lock */
	CHECK_EQ(of(TOP "schedule_preempt_disabled __mutex_lock mutex_lock_io __jbd2_log_wait_for_space "
			"add_transaction_credits start_this_handle"),
		 STALL_JOURNAL);
	CHECK_EQ(of(TOP "xlog_wait_on_iclog xfs_log_force_seq xfs_file_fsync"), STALL_JOURNAL);
	CHECK_EQ(of(TOP "pipe_write vfs_write ksys_write"), STALL_PIPE);
	CHECK_EQ(of(TOP "anon_pipe_write vfs_write ksys_write"), STALL_PIPE);
	/* not full: another writer has the pipe */
	CHECK_EQ(of(TOP "schedule_preempt_disabled __mutex_lock pipe_write vfs_write"), STALL_LOCK);
	CHECK_EQ(of(TOP "schedule_timeout sock_alloc_send_pskb unix_dgram_sendmsg sock_sendmsg"),
		 STALL_SOCKET);
	CHECK_EQ(of(TOP "schedule_timeout wait_woken sk_stream_wait_memory tcp_sendmsg_locked tcp_sendmsg"),
		 STALL_SOCKET);
	CHECK_EQ(of(TOP "schedule_timeout wait_woken n_tty_write file_tty_write.isra.0 vfs_write"),
		 STALL_TERMINAL);
	CHECK_EQ(of(TOP "request_wait_answer __fuse_simple_request fuse_fsync_common fuse_fsync do_fsync"),
		 STALL_SERVER);
	CHECK_EQ(of(TOP "rpc_wait_bit_killable __wait_on_bit nfs4_run_open_task nfs_write"), STALL_SERVER);
	CHECK_EQ(of(TOP
		    "schedule_timeout reclaim_throttle shrink_node do_try_to_free_pages try_to_free_pages "
		    "__alloc_pages_slowpath generic_perform_write"),
		 STALL_MEMORY);
	/* ext4 on 6.18; 5.10 */
	CHECK_EQ(of("percpu_rwsem_wait vfs_write ksys_write do_syscall_64"), STALL_FROZEN);
	CHECK_EQ(of(TOP "percpu_rwsem_wait __percpu_down_read __sb_start_write mnt_want_write path_openat"),
		 STALL_FROZEN);
	/* another lock of that kind */
	CHECK_EQ(of("percpu_rwsem_wait cgroup_can_fork copy_process kernel_clone vfs_write"), STALL_OTHER);
	/* the buffer's page, not the file */
	CHECK_EQ(of(TOP "schedule_preempt_disabled rwsem_down_read_slowpath down_read do_user_addr_fault "
			"exc_page_fault asm_exc_page_fault copy_page_from_iter generic_perform_write"),
		 STALL_OTHER);
}

TEST(names_that_are_not_known)
{
	static const struct frame frames[] = {{.address = 1}, {.address = 2}};
	static const struct call_stack stack = {.frames = frames, .count = 2};

	CHECK_EQ(stall__of_stack(&stack), STALL_OTHER);
}

TEST(the_main_part)
{
	uint64_t parts[STALL_PARTS] = {0};

	CHECK_EQ(stall__main(parts), STALL_UNKNOWN);
	parts[STALL_CPU] = 5;
	parts[STALL_DISK] = 7;
	CHECK_EQ(stall__main(parts), STALL_DISK);
}

TEST(each_part_has_a_name_and_words)
{
	for (int i = 0; i < STALL_PARTS; i++) {
		CHECK(*stall_part__name((enum stall_part)i) && *stall_part__words((enum stall_part)i));
		for (int k = 0; k < i; k++)
			CHECK(strcmp(stall_part__name((enum stall_part)i),
				     stall_part__name((enum stall_part)k)));
	}
	CHECK_STR(stall_part__name((enum stall_part)99), "unknown");
}

TEST_MAIN
