/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract between the BPF programs and user space: every struct and enum
 * that both sides see, declared once, fixed-width, with explicit padding.
 *
 * IDs: pid/tgid/tid are those of the PID namespace that threadscope itself
 * runs in (what `ps` beside it shows); ns_tid is the TID in the thread's own
 * innermost namespace (what the target's own memory holds).
 * Times: *_ns are CLOCK_MONOTONIC nanoseconds unless said otherwise.
 */
#ifndef THREADSCOPE_H
#define THREADSCOPE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define TS_COMM_LEN          16
#define TS_MAX_FRAMES        64
#define TS_MAX_KSTACK        63
#define TS_USTACK_BYTES      4096
#define TS_NREGS             17
#define TS_PATH_BYTES        1024
#define TS_NAME_BYTES        256 /* one component */
#define TS_FS_BYTES          32
#define TS_SOCKET_NAME_BYTES 112

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
	__u32 buckets[TS_HIST_BUCKETS]; /* may wrap; differences between two reads are right */
};

/* ---- registers and unwinding ------------------------------------------ */
/*
 * DWARF numbering of x86_64 (System V psABI, figure 3.36): 0 rax 1 rdx 2 rcx
 * 3 rbx 4 rsi 5 rdi 6 rbp 7 rsp 8..15 r8..r15 16 return address (rip).
 */
struct ts_regs {
	__u64 r[TS_NREGS];
};
#define TS_REG_BP 6
#define TS_REG_SP 7
#define TS_REG_IP 16

/*
 * One unwind rule, valid at one program counter of one process: user space
 * reads it from call frame information once and leaves it here, the kernel
 * side then walks stacks by itself.
 */
enum ts_cfi_kind {
	TS_CFI_NONE = 0,
	TS_CFI_SP = 1,      /* CFA = rsp + cfa_offset, return address at CFA - 8 */
	TS_CFI_BP = 2,      /* CFA = rbp + cfa_offset, return address at CFA - 8 */
	TS_CFI_END = 3,     /* outermost frame */
	TS_CFI_COMPLEX = 4, /* needs the full interpreter: walk in user space */
};
#define TS_BP_SAME 0x7fffffff /* bp_offset: the caller's rbp is this rbp */
struct ts_cfi_key {
	__u32 tgid;
	__u32 exec_id; /* task->self_exec_id: a new program is a new key */
	__u64 pc;
};
struct ts_cfi_row {
	__u32 kind;       /* enum ts_cfi_kind */
	__s32 cfa_offset; /* bytes */
	__s32 bp_offset;  /* caller's rbp is saved at CFA + this; or TS_BP_SAME */
	__u32 pad;
};

/* Names a user stack: (tgid, id). id 0 is "not known". Bit 63 set: provisional,
 * the raw copy that travels with it is unwound in user space. */
#define TS_STACK_PROVISIONAL (1ULL << 63)
struct ts_stack_key {
	__u32 tgid;
	__u32 pad;
	__u64 id;
};

/* ---- totals kept in maps ---------------------------------------------- */

struct ts_process {    /* map processes: key __u32 tgid */
	__u64 created; /* threads created since attach */
	__u64 exited;  /* threads exited since attach, the last one of the process included */
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
	__u64 address; /* 0: all that did not fit in the map */
};
struct ts_lock {
	__u64 wait_ns; /* time waited, in flight included at the last pass */
	__u64 last_ns; /* when it last was waited on: for eviction */
	struct ts_latency waits;
};

enum ts_file_kind {
	TS_FILE_OTHER = 0, /* eventfd and other anonymous inodes */
	TS_FILE_REGULAR = 1,
	TS_FILE_PIPE = 2,
	TS_FILE_SOCKET = 3,
	TS_FILE_TTY = 4,
	TS_FILE_DEVICE = 5,
	TS_FILE_DIR = 6,
	TS_FILE_MAPPING = 7, /* msync: inode is the address, dev 0 */
	TS_FILE_NONE = 8,    /* bad descriptor: dev 0, inode 0 */
};

struct ts_file_key { /* an inode, not a descriptor: a reused descriptor is another row */
	__u32 tgid;
	__u32 dev; /* kernel's dev_t: major << 20 | minor */
	__u64 inode;
	__u32 generation;
	__u32 kind; /* enum ts_file_kind */
};

/* Errors told apart, because each says something else of the log. */
enum ts_io_error {
	TS_IO_EAGAIN = 0,
	TS_IO_ENOSPC = 1,
	TS_IO_EIO = 2,
	TS_IO_EDQUOT = 3,
	TS_IO_EFBIG = 4,
	TS_IO_EPIPE = 5,
	TS_IO_OTHER = 6,
	TS_IO_ERRORS = 7,
};

/* How the last write to a file ended, and whose it was. Of the contents only one byte is looked at. */
struct ts_tail {
	__u32 tid;     /* of the last writer; 0: none yet */
	__u32 partial; /* 1: the last byte was no newline */
	__u64 address; /* of a partial write's buffer, and its bytes */
	__u64 bytes;
};

#define TS_FILES 4096 /* rows unless user space asks for more */
struct ts_file {
	__u64 bytes;
	__u64 short_writes;  /* fewer bytes than asked for, no error */
	__u64 missed_ends;   /* writes whose end the kernel did not tell: not in the histograms, outcome not
				known */
	__u64 last_ns;       /* when the last write ended */
	__u64 last_sync_ns;  /* and the last sync */
	__u32 writers;       /* distinct threads that wrote since attach */
	__s32 fd;            /* the descriptor last used */
	__u32 flags;         /* f_flags of the open file last used */
	__u32 not_append;    /* 1: some writer had it open without O_APPEND */
	struct ts_tail tail; /* where one process is watched; else in map file_tails */
	__u64 torn_lines;    /* writes after another thread's partial one */
	__u64 partial_writes;
	__u64 overwrites; /* writes over what another open file, or another thread by pwrite, had written */
	/* what the last successful fsync or fdatasync found when it began */
	__u64 synced_ns; /* 0: none yet */
	__u64 synced_bytes;
	__u64 synced_writes;        /* successful ones */
	__u64 synced_fs_ns;         /* when the last successful syncfs through this file began */
	__u64 sync_ns;              /* time in syncs that have ended */
	__u64 single_syncs;         /* successful ones with one write since the one before */
	__u32 sync_tid;             /* the thread that synced last */
	__u32 syncers;              /* 2: more than one thread synced */
	__u32 errors[TS_IO_ERRORS]; /* of writes, by enum ts_io_error */
	__u32 sync_errors[TS_IO_ERRORS];
	__u64 uring_writes; /* of the writes and syncs that were begun, those by io_uring */
	__u64 uring_syncs;
	struct ts_latency writes;
	struct ts_latency syncs;
};

/* ---- requests of io_uring ------------------------------------------------ */
#define TS_REQUESTS 8192 /* rows of map uring_requests: those under way */

/* By the kernel's address of the request; where its end does not tell that, by ring and user_data. */
struct ts_request_key {
	__u64 request; /* or ring */
	__u64 user_data;
};
enum ts_last_byte {
	TS_LAST_UNKNOWN = 0,
	TS_LAST_NEWLINE = 1,
	TS_LAST_OTHER = 2,
};
struct ts_request {
	struct ts_file_key key;
	__u64 start_ns; /* 0: not yet under way */
	__u64 sync_ns;  /* of a sync: when it could begin, and what had been written then */
	__u64 sync_bytes, sync_writes;
	__u64 bytes;      /* asked for; 0: not known */
	__u64 address;    /* of a write's buffer */
	__u64 request;    /* the kernel's address */
	__u32 row, epoch; /* as in a thread's record */
	__u32 tid;        /* who submitted it */
	__u32 io_kind;    /* enum ts_io_kind */
	__s32 fd;         /* -1: a registered file */
	__u32 last;       /* enum ts_last_byte; unknown also where it says nothing of lines */
	__u32 makes_safe; /* it is a sync of file data */
	__u32 twins;     /* others under way with its key: then none of their ends is told from the others' */
	__u32 ambiguous; /* it had some */
	__u32 pad;
	char comm[TS_COMM_LEN];
};

/* ---- slow calls: where their time went --------------------------------- */
#define TS_IO_FRAMES 32   /* of a kernel stack in map io_stacks */
#define TS_IO_WAITS  4    /* places that one call's waits are told apart by */
#define TS_IO_PARTS  8192 /* rows of map io_parts */

/* Beside ids of io_stacks, from 0: what a part is if not a wait at such a place. */
#define TS_IO_PART_CPU      (-1) /* running */
#define TS_IO_PART_RUNNABLE (-2) /* waiting for a CPU */
#define TS_IO_PART_UNKNOWN  (-3) /* a wait at a place not known */
#define TS_IO_PART_WHOLE    (-4) /* the calls themselves: their number and time */

struct ts_io_part_key { /* map io_parts: calls that took slow_io_ns or longer and have ended */
	struct ts_file_key file;
	__u32 io_kind; /* enum ts_io_kind */
	__s32 stack;
};
struct ts_io_part {
	__u64 ns;
	__u64 count; /* of waits, of calls */
};

struct ts_io_wait {
	__u64 ns;
	__s32 stack;
	__u32 count; /* 0: the entry is not used */
};

struct ts_io_slowest_key { /* map io_slowest */
	struct ts_file_key file;
	__u32 io_kind;
	__u32 lately; /* 0: since attach; 1, 2: of the interval that its value's epoch names, by the epoch's
			 parity, so that the one just ended can be read while the next goes on */
};
struct ts_io_slowest {
	__u64 ns;
	__u64 end_ns;
	__u64 epoch;
	__u64 stack_id; /* user stack; 0: not known */
	__u64 bytes;    /* asked for */
	__s64 result;
	__u64 runnable_ns;
	__u32 tid;
	__u32 syscall;
	char comm[TS_COMM_LEN];
	struct ts_io_wait waits[TS_IO_WAITS];
};

/* ---- losses: array map `losses`, one counter each ---------------------- */
enum ts_loss {
	TS_LOSS_EVENTS = 0,    /* ring buffer full: event not sent */
	TS_LOSS_STACKS = 1,    /* user stack not captured */
	TS_LOSS_LOCKS = 2,     /* lock map full: counted under address 0 */
	TS_LOSS_FILES = 3,     /* file map full: counted under inode 0 */
	TS_LOSS_THREADS = 4,   /* thread not tracked: no storage */
	TS_LOSS_CREATORS = 5,  /* creator map full: counted under stack 0 */
	TS_LOSS_PROCESSES = 6, /* process map full */
	TS_LOSS_MISSED =
		7, /* kept by the kernel: a probe was skipped, as another task's was under way on the CPU */
	TS_LOSS_PARTS = 8,    /* maps of slow calls full: their parts not summed */
	TS_LOSS_REQUESTS = 9, /* map of requests full: their end is not seen */
	TS_LOSS_COUNT = 10,
};

/* ---- ring buffer records ---------------------------------------------- */
enum ts_event_kind {
	TS_EVENT_STACK = 1,      /* struct ts_event_stack */
	TS_EVENT_STACK_RAW = 2,  /* struct ts_event_stack_raw */
	TS_EVENT_FILE = 3,       /* struct ts_event_file */
	TS_EVENT_CREATE = 4,     /* struct ts_event_thread */
	TS_EVENT_EXIT = 5,       /* struct ts_event_thread */
	TS_EVENT_IO = 6,         /* struct ts_event_io */
	TS_EVENT_FUTEX = 7,      /* struct ts_event_futex */
	TS_EVENT_PROCESS = 8,    /* struct ts_event_process */
	TS_EVENT_PANIC = 9,      /* struct ts_event_panic */
	TS_EVENT_PANIC_END = 10, /* struct ts_event_panic_end */
};

struct ts_event {
	__u32 kind; /* enum ts_event_kind */
	__u32 tgid;
	__u32 tid;
	__u32 exec_id;
	__u64 time_ns;
	char comm[TS_COMM_LEN]; /* of the thread; not necessarily NUL-terminated */
};

struct ts_event_stack {
	struct ts_event e;
	__u64 id;
	__u32 frames;             /* used entries of pcs */
	__u32 complete;           /* 1: reached the outermost frame */
	__u64 pcs[TS_MAX_FRAMES]; /* innermost first; [0] is the pc itself, the
				     others are return addresses */
};

struct ts_event_stack_raw {
	struct ts_event e;
	__u64 id;          /* provisional */
	__u32 frames;      /* frames walked in the kernel before this point */
	__u32 stack_bytes; /* used bytes of stack */
	__u64 pcs[TS_MAX_FRAMES];
	struct ts_regs regs;         /* at the point where the walk stopped; regs other than
					sp, bp, ip are valid only if frames is 0 */
	__u8 stack[TS_USTACK_BYTES]; /* from regs.sp up */
};

struct ts_event_file {
	struct ts_event e;
	struct ts_file_key key;
	__s32 fd;
	__u32 flags;
	__u32 path_bytes;                         /* used bytes of path */
	__u32 path_state;                         /* 0 no path; 1 complete; 2 cut; 4 or-ed: unlinked */
	char path[TS_PATH_BYTES + TS_NAME_BYTES]; /* components innermost first, each ended by NUL */
	char fs[TS_FS_BYTES];                     /* name of the file system's type */
	/* of a socket: the other end */
	__u32 family;    /* AF_*; 0: no socket */
	__u32 peer_tgid; /* who made it, of a local one; 0: not known */
	__u32 port;
	__u32 name_bytes; /* of name, which may begin with NUL (abstract) */
	__u8 address[16];
	char name[TS_SOCKET_NAME_BYTES];
};

struct ts_event_thread {
	struct ts_event e;
	__u32 child_tid; /* create: the new thread */
	__u32 pad;
	__u64 stack_id;    /* create: of the creating thread */
	__u64 lifetime_ns; /* exit */
};

enum ts_io_kind {
	TS_IO_NONE = 0,
	TS_IO_WRITE = 1,
	TS_IO_SYNC = 2,
};

struct ts_event_io {
	struct ts_event e;
	__u64 duration_ns;
	__u64 bytes_asked;
	__s64 result;
	__u64 stack_id;
	struct ts_file_key key;
	__s32 fd;
	__u32 syscall;
	__u32 io_kind; /* enum ts_io_kind */
	__u32 pad;
};

struct ts_event_futex {
	struct ts_event e;
	__u64 duration_ns;
	__u64 address;
	__u64 stack_id;
	__u32 waker_tid; /* 0: not known */
	__u32 syscall;
};

enum ts_process_change {
	TS_PROCESS_START = 1, /* became a target (exec, fork, rename) */
	TS_PROCESS_EXEC = 2,  /* a target replaced its program */
	TS_PROCESS_END = 3,   /* its last thread exited */
};
struct ts_event_process {
	struct ts_event e;
	__u32 change; /* enum ts_process_change */
	__u32 parent_tgid;
	__s32 exit_code; /* END: as wait status */
	__u32 pad;
};

/* ---- panics of Go programs ------------------------------------------------ */
#define TS_GO_G_BYTES     256 /* of a g, from its start: the goroutine's number is in them */
#define TS_GO_TYPE_BYTES  64
#define TS_GO_NAME_BYTES  128
#define TS_GO_VALUE_BYTES 32
#define TS_GO_TEXT_BYTES  512
#define TS_GO_STACK_BYTES 16384

struct ts_go_target {        /* map go_targets: key __u32 tgid */
	__u64 types, etypes; /* moduledata's: type names are offsets from types */
};

/* What was copied of an interface value. Of each part: whether it could be read. */
struct ts_go_value {
	__u64 type; /* address of its runtime._type; 0: nil */
	__u64 data;
	__u32 type_read, name_read, value_read;
	__u32 text_bytes; /* used bytes of text */
	__u32 text_cut;   /* 1: there was more */
	__u32 pad;
	__u8 type_bytes[TS_GO_TYPE_BYTES];   /* the runtime._type */
	__u8 name_bytes[TS_GO_NAME_BYTES];   /* runtime.name: a flag byte, the length as varint, the text */
	__u8 value_bytes[TS_GO_VALUE_BYTES]; /* what data points at */
	char text[TS_GO_TEXT_BYTES];         /* what its first two words point at, if they are a string's */
};

struct ts_event_panic {
	struct ts_event e;
	__u64 g; /* address */
	__u8 g_bytes[TS_GO_G_BYTES];
	struct ts_go_value value;
	struct ts_regs regs; /* at the start of runtime.gopanic */
	__u32 g_read;
	__u32 stack_bytes;             /* used bytes of stack */
	__u8 stack[TS_GO_STACK_BYTES]; /* from regs.sp up */
};

enum ts_panic_end {
	TS_PANIC_RECOVERED = 1,
	TS_PANIC_FATAL = 2,
};
struct ts_event_panic_end {
	struct ts_event e;
	__u64 g;
	__u8 g_bytes[TS_GO_G_BYTES];
	struct ts_go_value value; /* FATAL: as it is going to be printed */
	__u32 g_read;
	__u32 end; /* enum ts_panic_end */
};

/* ---- task iterator ----------------------------------------------------- */
#define TS_THREAD_ON_CPU    (1u << 0)
#define TS_THREAD_KERNEL    (1u << 1)
#define TS_THREAD_COMPAT    (1u << 2) /* in a 32-bit system call */
#define TS_THREAD_REGS      (1u << 3) /* regs are valid */
#define TS_THREAD_TRACKED   (1u << 4) /* has storage: block_ns and io are exact */
#define TS_THREAD_PREATTACH (1u << 5) /* the wait began before attach: block_ns is derived */
#define TS_THREAD_LEADER    (1u << 6)
#define TS_THREAD_STEADY    (1u << 8) /* did not run between its registers' and its stack's copy */
#define TS_THREAD_SYSCALL   (1u << 7) /* inside a system call: syscall and args are valid */
#define TS_THREAD_FROZEN    (1u << 9) /* by its cgroup, or with the whole machine */

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
	__u64 cpu_ns;        /* se.sum_exec_runtime */
	__u64 last_ran_ns; /* scheduler's clock: when it last left a CPU; of a running one, when it got it */
	__u64 block_ns;    /* when the wait in flight began; 0: none known */
	__u64 wait_ns;     /* time in waits since attach, the one in flight included up to this pass */
	__u64 waits;       /* that have ended, since attach */
	__s64 syscall;     /* number, valid with TS_THREAD_SYSCALL */
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
	__u32 ustack_bytes;
	/* then kstack_frames x __u64, then ustack_bytes bytes from regs.sp up */
};

/* Of which threads a pass gives the kernel stack, which costs a third of it. */
enum ts_kstack {
	TS_KSTACK_NONE = 0,
	TS_KSTACK_TELLING, /* where nothing else says what they wait for: uninterruptible, in a write or sync
			    */
	TS_KSTACK_ALL,
};

/* Room for "function+0x10/0x20 [module]". Functions have at most 511 bytes (KSYM_NAME_LEN). */
#define TS_KERNEL_SYMBOL_BYTES 640

/* First record of each pass: clocks side by side. */
struct ts_pass {
	__u32 size;
	__u32 zero; /* tells it from a thread, whose tgid is never 0 */
	__u64 now_ns;
	__u64 self_arrival_ns; /* scheduler's clock: when the reading thread last got a CPU, just before
				  now_ns */
};

#define TS_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " changed size")
TS_SIZE(struct ts_latency, 24 + 4 * TS_HIST_BUCKETS);
TS_SIZE(struct ts_regs, 136);
TS_SIZE(struct ts_cfi_key, 16);
TS_SIZE(struct ts_cfi_row, 16);
TS_SIZE(struct ts_stack_key, 16);
TS_SIZE(struct ts_process, 16);
TS_SIZE(struct ts_creator, 24);
TS_SIZE(struct ts_lock_key, 16);
TS_SIZE(struct ts_file_key, 24);
TS_SIZE(struct ts_request_key, 16);
TS_SIZE(struct ts_request, 24 + 56 + 40 + 16);
TS_SIZE(struct ts_io_part_key, 32);
TS_SIZE(struct ts_io_part, 16);
TS_SIZE(struct ts_io_wait, 16);
TS_SIZE(struct ts_io_slowest_key, 32);
TS_SIZE(struct ts_io_slowest, 144);
TS_SIZE(struct ts_event, 40);
TS_SIZE(struct ts_event_stack, 40 + 16 + 512);
TS_SIZE(struct ts_event_stack_raw, 40 + 16 + 512 + 136 + 4096);
TS_SIZE(struct ts_event_file, 40 + 24 + 16 + 1280 + 32 + 16 + 16 + 112);
TS_SIZE(struct ts_event_thread, 64);
TS_SIZE(struct ts_event_io, 112);
TS_SIZE(struct ts_event_futex, 72);
TS_SIZE(struct ts_event_process, 56);
TS_SIZE(struct ts_pass, 24);
TS_SIZE(struct ts_go_target, 16);
TS_SIZE(struct ts_go_value, 40 + 64 + 128 + 32 + 512);
TS_SIZE(struct ts_event_panic, 40 + 8 + 256 + 776 + 136 + 8 + 16384);
TS_SIZE(struct ts_event_panic_end, 40 + 8 + 256 + 776 + 8);

#endif
