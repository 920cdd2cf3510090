/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract between the BPF programs and user space: every struct and enum
 * that both sides see, declared once, fixed-width, with explicit padding.
 *
 * IDs: pid/tgid/tid are those of threadscope's own PID namespace (as `ps` shows them); ns_tid is the TID in
 * the thread's innermost namespace (as in the target's memory). Times: *_ns are CLOCK_MONOTONIC nanoseconds
 * unless said otherwise.
 */
#ifndef THREADSCOPE_H
#define THREADSCOPE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "arch.h"

#define TS_COMM_LEN          16
#define TS_MAX_FRAMES        64
#define TS_MAX_KSTACK        63
#define TS_USTACK_BYTES      4096
#define TS_PATH_BYTES        1024
#define TS_NAME_BYTES        256 /* one component */
#define TS_FS_BYTES          32
#define TS_SOCKET_NAME_BYTES 112
#define TS_LOCK_BEFORE       64 /* bytes of a lock's memory before its futex word */
#define TS_LOCK_AFTER        64 /* and from it on */
#define TS_CGROUP_BYTES      80 /* room for docker-<64 digits>.scope */

#define TS_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " changed size")

/* ---- histograms ------------------------------------------------------- */
/*
 * Log-linear: 8 sub-buckets per power of two, so a bucket is at most 12.5 % of
 * its lower bound wide. Values under 128 ns share 8 buckets of 16 ns; values
 * from 2^40 ns (18 minutes) on share the last bucket.
 */
#define TS_HIST_MIN_SHIFT 7
#define TS_HIST_MAX_SHIFT 40
#define TS_HIST_BUCKETS   ((TS_HIST_MAX_SHIFT - TS_HIST_MIN_SHIFT) * 8 + 8)

#define TS_MAX_NS_BITS 42

struct ts_latency {
	__u64 max_ns;          /* largest since attach */
	__u64 interval_max[2]; /* by the epoch's parity: epoch << TS_MAX_NS_BITS | largest of that epoch, so
				  that a newer epoch is always the larger number: no reset can race */
	__u32 buckets[TS_HIST_BUCKETS]; /* may wrap; differences between two reads are correct */
};

/* ---- registers and unwinding ------------------------------------------ */
struct ts_regs {
	__u64 r[TS_NREGS]; /* by DWARF number: TS_REG_SP, TS_REG_FP, TS_REG_PC are what all processors have */
};

/*
 * One unwind rule, valid at one program counter of one process. User space reads it from call frame
 * information once; the kernel side then walks stacks by itself.
 */
enum ts_cfi_kind {
	TS_CFI_NONE = 0,
	TS_CFI_SP = 1,      /* CFA = stack pointer + cfa_offset */
	TS_CFI_FP = 2,      /* CFA = frame pointer + cfa_offset */
	TS_CFI_END = 3,     /* outermost frame */
	TS_CFI_COMPLEX = 4, /* needs the full interpreter: walk in user space */
};
#define TS_FP_SAME 0x7fffffff /* fp_offset: the caller's frame pointer is this one */
struct ts_cfi_key {
	__u32 tgid;
	__u32 exec_id; /* task->self_exec_id: a new program is a new key */
	__u64 pc;
};
struct ts_cfi_row {
	__u32 kind;       /* enum ts_cfi_kind */
	__s32 cfa_offset; /* bytes */
	__s32 fp_offset;  /* caller's frame pointer is saved at CFA + this; or TS_FP_SAME */
	__s32 pc_offset;  /* return address is saved at CFA + this */
};

/* Identifies a user stack: (tgid, id). id 0: unknown. Bit 63 set: provisional, user space unwinds the raw
 * copy that comes with it. */
#define TS_STACK_PROVISIONAL (1ULL << 63)
struct ts_stack_key {
	__u32 tgid;
	__u32 pad;
	__u64 id;
};

/* ---- totals kept in maps ---------------------------------------------- */

/* What a thread had of storage, and of uninterruptible sleep, which is mostly for it. */
struct ts_storage {
	__u64 read_bytes;    /* as read_bytes of /proc/PID/io, */
	__u64 dirtied_bytes; /* and write_bytes */
	__u64 d_ns;          /* in state D since attach, the sleep in flight included up to the last pass */
};

struct ts_process {              /* map processes: key __u32 tgid */
	__u64 created;           /* threads created since attach */
	__u64 exited;            /* threads exited since attach, the last one of the process included */
	struct ts_storage ended; /* of the latter, in all */
};

struct ts_creator { /* map creators: key ts_stack_key of the creating stack */
	__u64 created;
	__u64 exited;
	__u32 last_tid; /* the thread that created last */
	__u32 pad;
};

struct ts_lock_key { /* a futex word */
	__u32 tgid;
	__u32 pad;
	__u64 address; /* 0: overflow row */
};
struct ts_lock {
	__u64 wait_ns;   /* time waited, in flight included at the last pass */
	__u64 last_ns;   /* last wait on it, for eviction */
	__u64 since_ns;  /* since when it is counted */
	__u64 woken_ns;  /* when a thread of the process last woke its waiters; 0: none yet */
	__u32 waker_tid; /* that thread */
	__u32 pad;
	struct ts_latency waits;
};

#include "files.h"
#include "timed_calls.h"

/* ---- losses: array map `losses`, one counter each ---------------------- */
enum ts_loss {
	TS_LOSS_EVENTS = 0,    /* ring buffer full: event not sent; summed by user space over its kinds */
	TS_LOSS_STACKS = 1,    /* user stack not captured */
	TS_LOSS_LOCKS = 2,     /* lock map full: counted under address 0 */
	TS_LOSS_FILES = 3,     /* file map full: counted under inode 0 */
	TS_LOSS_THREADS = 4,   /* thread not tracked: no storage */
	TS_LOSS_CREATORS = 5,  /* creator map full: counted under stack 0 */
	TS_LOSS_PROCESSES = 6, /* process map full */
	TS_LOSS_MISSED = 7,   /* counted by the kernel: a probe was skipped because another task's was running
				 on the CPU */
	TS_LOSS_PARTS = 8,    /* maps of slow calls full: parts not counted */
	TS_LOSS_REQUESTS = 9, /* map of requests full: their end is not observed */
	TS_LOSS_COUNT = 10,
};

#include "events.h"

/* ---- task iterator ----------------------------------------------------- */
#define TS_THREAD_ON_CPU      (1u << 0)
#define TS_THREAD_KERNEL      (1u << 1)
#define TS_THREAD_COMPAT      (1u << 2) /* in a 32-bit system call */
#define TS_THREAD_REGS        (1u << 3) /* regs are valid */
#define TS_THREAD_TRACKED     (1u << 4) /* has storage: block_ns and io are exact */
#define TS_THREAD_PREATTACH   (1u << 5) /* the wait began before attach: block_ns is derived */
#define TS_THREAD_LEADER      (1u << 6)
#define TS_THREAD_STEADY      (1u << 8)  /* did not run between its registers' and its stack's copy */
#define TS_THREAD_SYSCALL     (1u << 7)  /* inside a system call: syscall and args are valid */
#define TS_THREAD_FROZEN      (1u << 9)  /* frozen by its cgroup, or with the whole machine */
#define TS_THREAD_32BIT       (1u << 10) /* entered the kernel from 32-bit code */
#define TS_THREAD_VISIT_LEAST (1u << 12) /* visit_ns: it began then, or before */
#define TS_THREAD_TRY_LEAST   (1u << 13) /* try_ns: it began then, or before */
#define TS_THREAD_IO_LEAST    (1u << 14) /* io_start_ns: it began then, or before */
#define TS_THREAD_STORAGE     (1u << 15) /* the kernel counts bytes of storage by thread */
#define TS_THREAD_THROTTLED   (1u << 11) /* runnable, and its cgroup has used up its CPU quota */

/* What the scheduler counts of a thread since its creation. */
enum ts_count {
	TS_CPU_NS = 0,  /* time on a CPU */
	TS_VOLUNTARY,   /* context switches: it blocked */
	TS_INVOLUNTARY, /* context switches: it was preempted, or yielded */
	TS_RUNNABLE_NS, /* time that it was runnable and had no CPU, the one in flight included; snapshot:
			 * without that one */
	TS_PERIODS,     /* of its cgroup's CPU quota, as nr_periods of cpu.stat */
	TS_THROTTLED,   /* of these, those that used it up, as nr_throttled of cpu.stat */
	TS_COUNTS,
};
/* The scheduler's account of a thread: user space keeps it whole, and knows what grew in an interval. */
struct ts_account {
	__u64 counts[TS_COUNTS]; /* by enum ts_count */
	/* Of a main thread: the CPU quota of the nearest limited one of its cgroup and the ancestors. */
	__u64 quota_ns;               /* CPU time in each period; 0: no limit, or not known */
	__u64 period_ns;              /* length of one */
	__u64 ended_cpu_ns;           /* CPU time of the process's threads that have ended */
	char cgroup[TS_CGROUP_BYTES]; /* the name of that cgroup's folder, cut if it is long */
};

/* Why a thread does not run although nothing that it does keeps it: no CPU, stopped, frozen. Zero elsewhere.
 */
struct ts_halt {
	__u64 no_cpu_ns; /* for how long it has been runnable without a CPU */
	/* Runnable or running: the CPU quota of the cgroup that throttles it, or of the nearest with one. */
	__u64 quota_ns;     /* CPU time in each period; 0: no limit, or not known */
	__u64 period_ns;    /* length of one */
	__u64 periods;      /* so far, as nr_periods of cpu.stat */
	__u64 throttled;    /* of these, those that used it up, as nr_throttled of cpu.stat */
	__u64 memory_limit; /* bytes that its cgroup may use, and does; 0: it uses less, or the thread is not
			     * in uninterruptible sleep */
	__u32 policy;       /* runnable: SCHED_* of linux/sched.h */
	__s32 nice;         /* runnable */
	__s32 cpu;          /* runnable: the CPU whose run queue it is in; -1: not known */
	__u32 signal;       /* stopped: by which; 0: not known */
	__u32 by_tid;       /* runnable: the thread on that CPU; traced: the tracer; 0: none, or not known */
	__u32 pad;
	char by_comm[TS_COMM_LEN];    /* the name of that one */
	char cgroup[TS_CGROUP_BYTES]; /* of the quota, or the frozen one: its folder's name, cut if it is long
				       */
};

struct ts_thread {
	__u32 size; /* of the whole record, with stacks */
	__u32 tgid;
	__u32 tid;
	__u32 ns_tid;
	__u32 ns_tgid;
	__u32 ppid;
	char comm[TS_COMM_LEN];
	__u32 state; /* kernel's __state | exit_state bits, as in /proc */
	__u32 flags; /* TS_THREAD_* */
	__u32 exec_id;
	__u32 nr_threads;    /* of the process, as the kernel counts */
	__u64 start_ns;      /* CLOCK_MONOTONIC */
	__u64 boot_start_ns; /* CLOCK_BOOTTIME: as field 22 of /proc/PID/stat */
	__u64 switches;      /* voluntary + involuntary context switches */
	struct ts_account account;
	struct ts_halt halt;
	__u64 last_ran_ns; /* when it last left a CPU; for a running thread, when it got it */
	__u64 block_ns;    /* when the wait in flight began; 0: none known */
	__u64 visit_ns;    /* blocked: when it first left a CPU since it entered the kernel; 0: not known */
	__u64 try_ns;  /* blocked on a futex word: the first of its waits there, see waits.bpf.c; 0: none */
	__u64 wait_ns; /* time in waits since attach, the one in flight included up to this pass */
	__u64 waits;   /* ended waits since attach */
	/* With TS_THREAD_TRACKED. A main thread has those that ended before it was visited, too, and a thread
	 * that is counted there has none: each counts once, or, if it ends meanwhile, in the next pass. */
	struct ts_storage storage;
	/* In uninterruptible sleep, in a call on a descriptor: the threads that hold the locks of its inode,
	 * to write, and of its open file's position, if others do; 0: none, or not known. */
	__u32 inode_tid, position_tid;
	__s64 syscall; /* number, valid with TS_THREAD_SYSCALL */
	__u64 args[6];
	__u64 io_start_ns; /* write or sync in flight; 0: none */
	__u64 io_bytes;
	struct ts_file_key io_key;
	__u32 io_syscall;
	__s32 io_fd;
	__u32 io_kind; /* enum ts_io_kind */
	__u32 creator_tid;
	__u64 creator_stack; /* id; 0: created before attach */
	struct ts_regs regs;
	__u32 kstack_frames;
	__u32 pad;
	/* then kstack_frames x __u64 */
};

/* The cgroup of a thread in a snapshot that is frozen, or has no memory left. */
struct ts_cause {
	__u32 tid;
	__u32 frozen;
	__u64 start_ns, switches; /* as in ts_thread */
	__u64 memory_limit;       /* as in ts_halt, */
	char cgroup[TS_CGROUP_BYTES];
};

/* The threads whose kernel stack a pass collects, which costs a third of the pass. */
enum ts_kstack {
	TS_KSTACK_NONE = 0,
	/* Threads whose wait has no other explanation: in a write or sync. In any pass: uninterruptible, a
	 * write or sync in flight, or in no system call. */
	TS_KSTACK_TELLING,
	TS_KSTACK_ALL,
};

/* Room for "function+0x10/0x20 [module]". Functions have at most 511 bytes (KSYM_NAME_LEN). */
#define TS_KERNEL_SYMBOL_BYTES 640

/* First record of each pass. */
struct ts_pass {
	__u32 size;
	__u32 zero; /* distinguishes it from a thread, whose tgid is never 0 */
	__u64 now_ns;
};

TS_SIZE(struct ts_latency, 24 + 4 * TS_HIST_BUCKETS);
TS_SIZE(struct ts_regs, 8 * TS_NREGS);
TS_SIZE(struct ts_cfi_key, 16);
TS_SIZE(struct ts_cfi_row, 16);
TS_SIZE(struct ts_stack_key, 16);
TS_SIZE(struct ts_storage, 24);
TS_SIZE(struct ts_process, 40);
TS_SIZE(struct ts_creator, 24);
TS_SIZE(struct ts_lock_key, 16);
TS_SIZE(struct ts_account, 8 * TS_COUNTS + 24 + TS_CGROUP_BYTES);
TS_SIZE(struct ts_halt, 72 + TS_COMM_LEN + TS_CGROUP_BYTES);
TS_SIZE(struct ts_cause, 32 + TS_CGROUP_BYTES);
TS_SIZE(struct ts_pass, 16);

#endif
