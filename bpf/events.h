/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of the contract in threadscope.h, which includes it: records in the ring buffer. */
#ifndef THREADSCOPE_EVENTS_H
#define THREADSCOPE_EVENTS_H

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
	TS_EVENT_FATAL =
		11, /* struct ts_event_panic: a fatal error of Go's runtime; its value has only text */
};
/* Room for a count per kind. In the map of losses they follow those of enum ts_loss. */
#define TS_EVENT_KINDS (TS_EVENT_FATAL + 1)

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
	__u32 peer_tgid; /* process of a local socket's peer; 0: unknown */
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
	__u32 lock_bytes; /* of lock that could be read: all, or those from the word on; 0: none */
	__u32 pad;
	__u8 lock[TS_LOCK_BEFORE + TS_LOCK_AFTER]; /* around the word, when the wait began */
};

enum ts_process_change {
	TS_PROCESS_START = 1, /* the process became a target (exec, fork, rename) */
	TS_PROCESS_EXEC = 2,  /* a target replaced its program */
	TS_PROCESS_END = 3,   /* its last thread exited */
	TS_PROCESS_LEFT = 4,  /* it executed a program whose name does not match: no target any more */
};
struct ts_event_process {
	struct ts_event e;
	__u32 change; /* enum ts_process_change */
	__u32 parent_tgid;
	__s32 exit_code; /* END: the wait status */
	__u32 pad;
};

/* ---- panics of Go programs ------------------------------------------------ */
#define TS_GO_G_BYTES                                                                        \
	320 /* bytes of a g from its start; they contain number and creator of the goroutine \
	     */
#define TS_GO_TYPE_BYTES  64
#define TS_GO_NAME_BYTES  128
#define TS_GO_VALUE_BYTES 32
#define TS_GO_TEXT_BYTES  512
#define TS_GO_STACK_BYTES 16384

struct ts_go_target {        /* map go_targets: key __u32 tgid */
	__u64 types, etypes; /* moduledata's: type names are offsets from types */
};

/* Copies of an interface value's parts, each with a flag: could it be read? */
struct ts_go_value {
	__u64 type; /* address of its runtime._type; 0: nil */
	__u64 data;
	__u32 type_read, name_read, value_read;
	__u32 text_bytes; /* used bytes of text */
	__u32 text_cut;   /* 1: truncated */
	__u32 pad;
	__u8 type_bytes[TS_GO_TYPE_BYTES];   /* the runtime._type */
	__u8 name_bytes[TS_GO_NAME_BYTES];   /* runtime.name: a flag byte, the length as varint, the text */
	__u8 value_bytes[TS_GO_VALUE_BYTES]; /* what data points at */
	char text[TS_GO_TEXT_BYTES]; /* the text that its first two words point at, if they are a string */
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
	struct ts_go_value value; /* FATAL: as the program will print it */
	__u32 g_read;
	__u32 end; /* enum ts_panic_end */
};

TS_SIZE(struct ts_event, 40);
TS_SIZE(struct ts_event_stack, 40 + 16 + 512);
TS_SIZE(struct ts_event_stack_raw, 40 + 16 + 512 + 8 * TS_NREGS + 4096);
TS_SIZE(struct ts_event_file, 40 + 24 + 16 + 1280 + 32 + 16 + 16 + 112);
TS_SIZE(struct ts_event_thread, 64);
TS_SIZE(struct ts_event_io, 112);
TS_SIZE(struct ts_event_futex, 80 + TS_LOCK_BEFORE + TS_LOCK_AFTER);
TS_SIZE(struct ts_event_process, 56);
TS_SIZE(struct ts_go_target, 16);
TS_SIZE(struct ts_go_value, 40 + 64 + 128 + 32 + 512);
TS_SIZE(struct ts_event_panic, 40 + 8 + 320 + 776 + 8 * TS_NREGS + 8 + 16384);
TS_SIZE(struct ts_event_panic_end, 40 + 8 + 320 + 776 + 8);

#endif
