/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/*
 * The kernel's types as far as threadscope reads them. Field offsets come from
 * the running kernel's BTF (CO-RE), so a struct here lists just the fields in
 * use, in any order. vmlinux/check.sh proves each against a kernel's BTF.
 */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#include <linux/types.h>
#include <linux/bpf.h>

#if defined(__TARGET_ARCH_x86)
#include "x86_64.h"
#elif defined(__TARGET_ARCH_arm64)
#include "arm64.h"
#else
#error "no vmlinux header for this architecture"
#endif

typedef unsigned char u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
typedef __u64 u64;
typedef __s64 s64;
typedef _Bool bool;
#define true 1
#define false 0

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic_long_t;

struct rw_semaphore {
	atomic_long_t owner; /* not with CONFIG_PREEMPT_RT */
};

struct mutex {
	atomic_long_t owner; /* not with CONFIG_PREEMPT_RT */
};

struct qstr {
	union {
		struct {
			u32 hash;
			u32 len;
		};
		u64 hash_len;
	};
	const unsigned char *name;
};

struct file_system_type {
	const char *name;
};

struct super_block {
	u32 s_dev;
	unsigned long s_magic;
	struct file_system_type *s_type;
};

struct inode {
	unsigned short i_mode;
	unsigned long i_ino;
	u32 i_rdev;
	u32 i_generation;
	struct super_block *i_sb;
	long long i_size;
	struct rw_semaphore i_rwsem;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	/* d_unhashed() is d_hash.pprev == NULL */
	struct {
		void *next, **pprev;
	} d_hash;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
	long long f_pos;
	struct mutex f_pos_lock;
	void *private_data;
};

struct in6_addr {
	union {
		u8 u6_addr8[16];
	} in6_u;
};

struct sock_common {
	union {
		struct {
			u32 skc_daddr;
			u32 skc_rcv_saddr;
		};
	};
	union {
		struct {
			u16 skc_dport;
			u16 skc_num;
		};
	};
	unsigned short skc_family;
	unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	u16 sk_type;
	u16 sk_protocol;
	struct pid *sk_peer_pid;
};

struct socket {
	struct sock *sk;
};

struct sockaddr_un {
	unsigned short sun_family;
};

struct unix_address {
	int len;
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct hlist_head {
	struct hlist_node *first;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root;
};

struct signal_struct {
	atomic_t live;
	int nr_threads;
	int group_exit_code;
	unsigned long long sum_sched_runtime; /* of threads that have ended */
};

struct cfs_rq;

struct sched_entity {
	u64 sum_exec_runtime;
	u64 prev_sum_exec_runtime;   /* as it was when the task last got a CPU; CFS only */
	struct sched_entity *parent; /* this and the next with CONFIG_FAIR_GROUP_SCHED */
	struct cfs_rq *cfs_rq;
};

struct sched_info {
	unsigned long long run_delay;
	unsigned long long last_arrival;
	unsigned long long last_queued; /* 0: not runnable, or it has a CPU */
};

struct kernfs_node {
	const char *name;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup_freezer_state { /* of version 2 */
	bool freeze;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_freezer_state freezer;
};

struct freezer { /* of version 1, with CONFIG_CGROUP_FREEZER */
	struct cgroup_subsys_state css;
	unsigned int state;
};

struct page_counter {
	struct {
		s64 counter;
	} usage;
	unsigned long high; /* memory.high */
	unsigned long max;
};

struct mem_cgroup { /* with CONFIG_MEMCG */
	struct cgroup_subsys_state css;
	struct page_counter memory;
};

enum cgroup_subsys_id { /* this kernel's numbers are read */
			memory_cgrp_id = 4,
			freezer_cgrp_id = 6,
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};

struct cfs_bandwidth { /* with CONFIG_CFS_BANDWIDTH */
	s64 period;
	u64 quota;
	int nr_periods;
	int nr_throttled;
};

struct task_group { /* with CONFIG_CGROUP_SCHED */
	struct cgroup_subsys_state css;
	struct task_group *parent;
	struct cfs_bandwidth cfs_bandwidth;
};

struct task_struct;

struct rq {
	struct task_struct *curr;
	int cpu;
};

struct cfs_rq {
	struct rq *rq; /* this and the next with CONFIG_FAIR_GROUP_SCHED */
	struct task_group *tg;
	int throttled; /* this and the next with CONFIG_CFS_BANDWIDTH */
	int throttle_count;
};

struct mm_struct;
struct pollfd;

struct restart_block {
	union {
		struct {
			u32 *uaddr;
			u32 val;
			u32 flags;
		} futex;
		struct {
			int clockid;
			int type;
			void *rmtp;
		} nanosleep;
		struct {
			struct pollfd *ufds;
			int nfds;
		} poll;
	};
};

struct task_io_accounting { /* with CONFIG_TASK_IO_ACCOUNTING */
	u64 read_bytes;
	u64 write_bytes;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state; /* 5.14 and later, commit 2f064a59a11f */
	void *stack;
	unsigned long jobctl;
	struct restart_block restart_block;
	unsigned int flags;
	unsigned int policy;
	int static_prio;
	int on_cpu;
	bool throttled; /* 6.18, commit e1fad12dcb66, with CONFIG_CFS_BANDWIDTH */
	struct sched_entity se;
	struct sched_info sched_info;
	struct task_group *sched_task_group; /* with CONFIG_CGROUP_SCHED */
	struct mm_struct *mm;
	int exit_state;
	int exit_code;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *parent; /* the tracer, if there is one */
	struct task_struct *group_leader;
	struct pid *thread_pid;
	unsigned long nvcsw;
	unsigned long nivcsw;
	u64 start_time;
	u64 start_boottime;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct css_set *cgroups; /* with CONFIG_CGROUPS */
	struct signal_struct *signal;
	struct task_io_accounting ioac;
	u64 self_exec_id;
};

struct task_struct___old { /* before 5.14 */
	long state;
};

struct sigaction {
	void *sa_handler;
	unsigned long sa_flags;
};

struct k_sigaction {
	struct sigaction sa;
};

struct kernel_siginfo;

struct seq_file;

struct trace_event_raw_sys_enter {
	long id;
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	long id;
	long ret;
};

struct linux_binprm;

struct kiocb {
	long long ki_pos;
};

struct io_rw {
	struct kiocb kiocb;
	u64 addr;
	u32 len; /* u64 before 5.18 */
};

struct io_sr_msg {
	void *buf; /* or the struct msghdr */
	int len;   /* size_t before 6.0 */
};

struct io_cqe {
	u64 user_data;
	int fd;
};

struct io_rsrc_node {
	unsigned long file_ptr;
};

struct io_rsrc_data {
	unsigned int nr;
	struct io_rsrc_node **nodes;
};

struct io_file_table {
	struct io_rsrc_data data;
};

struct io_ring_ctx {
	struct io_file_table file_table;
};

struct io_kiocb {
	struct file *file;
	u8 opcode;
	u32 flags;         /* u64 from 6.10 on; the bits of a submission entry's flags are the lowest */
	struct io_cqe cqe; /* 5.19, commit cef216fc32d7 */
	struct io_ring_ctx *ctx;
	struct io_kiocb *link;
};

struct io_uring_cqe {
	u64 user_data;
	s32 res;
	u32 flags;
};

struct address_space {
	struct inode *host;
};

struct folio {
	unsigned int _nr_pages; /* 6.15 */
};

struct folio___old { /* 6.0 to 6.14 */
	unsigned int _folio_nr_pages;
};

enum pageflags { PG_head = 6 };
enum req_flag_bits { __REQ_SYNC = 11, __REQ_META = 12, __REQ_IDLE = 15 };

struct bvec_iter {
	unsigned int bi_size;
};

struct block_device {
	u32 bd_dev;
};

struct gendisk {
	int major;
	int first_minor;
};

struct bio {
	struct block_device *bi_bdev; /* 5.12 */
	unsigned int bi_opf;
	struct bvec_iter bi_iter;
};

struct bio___old { /* before 5.12 */
	struct gendisk *bi_disk;
};

struct io_kiocb___old { /* before 5.19 */
	u64 user_data;
};

struct io_fixed_file___old { /* before 6.13 */
	unsigned long file_ptr;
};

struct io_file_table___old {
	struct io_fixed_file___old *files;
};

struct io_ring_ctx___old {
	unsigned int nr_user_files;
	struct io_file_table___old file_table;
};

#pragma clang attribute pop

/*
 * What an iterator gets, as include/linux/bpf.h lays it out: the kernel checks each access, and its types
 * need not be searched for these.
 */
struct bpf_iter_meta {
	struct seq_file *seq;
	u64 session_id;
	u64 seq_num;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
};

#endif
