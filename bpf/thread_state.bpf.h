/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of each observed thread between two events. */
#ifndef TS_THREAD_STATE_BPF_H
#define TS_THREAD_STATE_BPF_H

struct stall {         /* of a call in which the thread was switched out: see stall.bpf.h */
	u64 call;      /* io_start_ns of the call that the following fields describe */
	u64 out_ns;    /* when it was switched out; 0: on a CPU */
	u64 run_delay; /* the scheduler's run_delay that runnable_ns already includes */
	u64 runnable_ns;
	s32 stack; /* where it was switched out */
	u32 last;  /* index of the last wait, TS_IO_WAITS: none */
	struct ts_io_wait waits[TS_IO_WAITS];
};
struct interrupted {  /* a call that continues when a signal handler returns */
	u64 start_ns; /* 0: no call */
	u64 at_ns;    /* when the handler took over */
	u64 bytes, address, sp;
	u32 syscall;
	s32 fd;
	struct ts_file_key key;
};
/* A stay in the kernel: a system call, a page fault. */
struct visit {
	u64 began_ns; /* when its thread first lost its CPU in it; 0: none */
	u64 sp, pc;   /* where in the program; 0: not looked at */
	u64 nr;
	u32 least; /* it began then, or before */
	u32 pad;
};
/* Calls that wait for the same futex word, made at the same place one after the other. */
struct tries {
	u64 began_ns; /* 0: none */
	u64 word, sp, pc;
	u32 least;
	u32 pad;
};
struct thread_state {
	u32 tgid, tid;    /* as the viewer sees them */
	u64 block_ns;     /* when the wait in flight began; 0: runs or runnable */
	u64 charged_ns;   /* the totals include that wait up to here */
	u64 wait_address; /* futex word, or 0 */
	u64 waits, wait_ns;
	u64 d_ns; /* of wait_ns: in state D */
	u32 in_d; /* the wait in flight is */
	u32 pad;
	u64 creator_stack;
	u32 creator_tid;
	u32 preattach; /* the wait in flight began before attach: its start is derived */
	/* the write or sync in flight */
	u64 io_start_ns; /* 0: none */
	u64 io_bytes;
	u32 io_syscall;
	s32 io_fd;
	u32 io_kind;
	u32 io_restarted; /* ended with a restart code, enum restart: may continue */
	u32 exit_counted;
	u32 io_least; /* it began then, or before */
	struct ts_file_key io_key;
	u64 io_file, io_inode; /* kernel addresses behind io_key */
	u32 io_row;            /* of io_key, in file_rows, counted from 1; 0: none */
	u32 io_checks;         /* CHECK_* of the file */
	u32 io_epoch;          /* file_epoch when io_row was found */
	u32 io_writer;         /* 1: counted as a writer of that file */
	u64 io_address;        /* of a write's buffer or vector */
	u64 work_waits;        /* waits in calls by which a thread gets work or a lock, see tail.bpf.h */
	u64 begin_waits;       /* of these, those before the call in flight began */
	u64 left_waits;        /* and those before the thread left a line unfinished, */
	u32 left_row;          /* in this file; 0: it did not */
	u32 goid_at;           /* of a Go program's thread: offset of goid in runtime.g; else 0 */
	u64 sync_bytes, sync_writes; /* of the file, when a sync in flight began */
	u64 io_size, io_size_ns;     /* of a file with CHECK_OFFSETS, when a write began */
	struct visit visit;
	struct tries tries;
	struct stall stall;
	struct interrupted interrupted;
	/* the futex call in progress, for events */
	u64 call_wait_ns;
	u64 call_address;
	u64 woke_word, woke_ns; /* noted as woken by this thread, and when, see note_waker */
	u32 waker_tid;
	u32 lock_bytes; /* that could be read */
	u8 lock[TS_LOCK_BEFORE + TS_LOCK_AFTER];
	/* Too large for a program's stack. Not per CPU, because newer kernels run tracepoints preemptible. */
	struct pt_regs kernel_regs;
	struct ts_regs regs;
	u64 pcs[TS_MAX_FRAMES]; /* also used for a vector or a slowest call: neither outlives one program
				 */
};

#endif
