/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of the contract in threadscope.h, which includes it: files, writes and syncs, requests of io_uring. */
#ifndef THREADSCOPE_FILES_H
#define THREADSCOPE_FILES_H

enum ts_io_kind {
	TS_IO_NONE = 0,
	TS_IO_WRITE = 1,
	TS_IO_SYNC = 2,
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

struct ts_file_key { /* identified by inode, not by descriptor: a reused descriptor is another row */
	__u32 tgid;
	__u32 dev; /* kernel's dev_t: major << 20 | minor */
	__u64 inode;
	__u32 generation;
	__u32 kind; /* enum ts_file_kind */
};

/* Errors with counters of their own, because each has another meaning for a log. */
enum ts_io_error {
	TS_IO_EAGAIN = 0,
	TS_IO_ENOSPC = 1,
	TS_IO_EIO = 2,
	TS_IO_EDQUOT = 3,
	TS_IO_EFBIG = 4,
	TS_IO_EPIPE = 5,
	TS_IO_ECONNRESET = 6,
	TS_IO_ECONNREFUSED = 7,
	TS_IO_OTHER = 8,
	TS_IO_ERRORS = 9,
};

/* How the last write to a file ended, and its writer. Only one byte of the contents is read. */
struct ts_tail {
	__u32 tid;     /* of the last writer; 0: none yet */
	__u32 partial; /* 1: the last byte was no newline */
	__u64 address; /* of a partial write's buffer, and its bytes */
	__u64 bytes;
	__u32 tgid;
	__u32 unsure;   /* 1: the writer is neither the thread nor a known goroutine */
	__u64 goid;     /* the goroutine that wrote; 0: not a Go program, or not known */
	__u64 file;     /* kernel address of the open file */
	__u64 ended_ns; /* when a partial write ended */
};

#define TS_FILES 4096 /* rows unless user space asks for more */
struct ts_file {
	__u64 bytes;
	__u64 short_writes;  /* fewer bytes than asked for, no error */
	__u64 missed_ends;   /* writes whose end was not observed: not in the histograms, outcome unknown */
	__u64 last_ns;       /* when the last write ended */
	__u64 last_sync_ns;  /* and the last sync */
	__u32 writers;       /* distinct threads that wrote since attach */
	__s32 fd;            /* the descriptor last used */
	__u32 flags;         /* f_flags of the open file last used */
	__u32 not_append;    /* 1: some writer had it open without O_APPEND */
	struct ts_tail tail; /* with a single target; otherwise in map file_tails */
	__u64 torn_lines;    /* writes after another writer's partial one */
	__u64 torn_proven;   /* and the other one went on writing: two writers, not one that moves */
	__u64 torn_unknown;  /* as torn_lines, but of writers that cannot be told apart */
	__u64 torn_shared;   /* writes that continued another thread's part from the same buffer */
	__u64 partial_writes;
	__u64 text_parts;  /* of these, those that end in a character of text */
	__u64 page_writes; /* of whole pages */
	__u64 overwrites;  /* writes onto data of another open file */
	__u64 rewrites;    /* of these, those from the place on where the other one began: it is replaced */
	__u64 cuts;        /* writes far behind the end of a file that was truncated: they leave a hole */
	__u64 cut_size, cut_at; /* of the last of these: the file's size, and where the write began */
	/* bytes and writes at the start of the last successful fsync or fdatasync */
	__u64 synced_ns; /* 0: none yet */
	__u64 synced_bytes;
	__u64 synced_writes; /* successful ones */
	/* bytes and writes that were on the disk when they ended; not in the two above */
	__u64 safe_bytes, safe_writes;
	__u64 synced_fs_ns;         /* when the last successful syncfs through this file began */
	__u64 sync_ns;              /* time in syncs that have ended */
	__u64 single_syncs;         /* successful syncs with exactly one write since the previous one */
	__u32 sync_tid;             /* the thread that synced last */
	__u32 syncers;              /* 2: more than one thread synced */
	__u32 errors[TS_IO_ERRORS]; /* of writes, by enum ts_io_error */
	__u32 sync_errors[TS_IO_ERRORS];
	__u32 other_errno[2]; /* the last one counted as TS_IO_OTHER, and the last different one before; 0:
				 none */
	__u32 other_sync_errno[2];
	__u32 announced; /* 1: announced to user space, with its path */
	__u32 pad;
	__u64 uring_writes; /* writes and syncs begun by io_uring */
	__u64 uring_syncs;
	struct ts_latency writes;
	struct ts_latency syncs;
};

/* ---- requests of io_uring ------------------------------------------------ */
#define TS_REQUESTS 8192 /* rows of map uring_requests: requests in flight */

/* By the kernel's address of the request; if its completion lacks that, by ring and user_data. */
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
	__u64 start_ns; /* 0: not in flight yet */
	__u64 sync_ns;  /* of a sync: when it could begin, and the data written by then */
	__u64 sync_bytes, sync_writes;
	__u64 bytes;      /* asked for; 0: not known */
	__u64 address;    /* of a write's buffer */
	__u64 request;    /* the kernel's address */
	__u32 row, epoch; /* as in a thread's record */
	__u32 tid;        /* who submitted it */
	__u32 io_kind;    /* enum ts_io_kind */
	__s32 fd;         /* -1: a registered file */
	__u32 last;       /* enum ts_last_byte; unknown also if the write is not part of a line */
	__u32 makes_safe; /* it is a sync of file data */
	__u32 twins;      /* other requests in flight with this key: their ends cannot be distinguished */
	__u32 ambiguous;  /* it had some */
	__u32 safe;       /* 1: a write that is on the disk when it ends */
	char comm[TS_COMM_LEN];
};

/* ---- slow calls: where their time went --------------------------------- */
#define TS_IO_FRAMES 32   /* of a kernel stack in map io_stacks */
#define TS_IO_WAITS  4    /* distinct places per call */
#define TS_IO_PARTS  8192 /* rows of map io_parts */

/* In addition to ids of io_stacks, from 0: parts that are not a wait at such a place. */
#define TS_IO_PART_CPU      (-1) /* running */
#define TS_IO_PART_RUNNABLE (-2) /* waiting for a CPU */
#define TS_IO_PART_UNKNOWN  (-3) /* a wait at an unknown place */
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
	__u32 lately; /* 0: since attach; 1, 2: of an interval, by the parity of its epoch, so that user space
			 reads the finished interval during the next one */
};
struct ts_io_slowest {
	__u64 ns;
	__u64 end_ns;
	__u64 epoch;
	__u64 stack_id; /* user stack; 0: unknown */
	__u64 bytes;    /* asked for */
	__s64 result;
	__u64 runnable_ns;
	__u32 tid;
	__u32 syscall;
	char comm[TS_COMM_LEN];
	struct ts_io_wait waits[TS_IO_WAITS];
};

/* An open socket, from the pass over a process's descriptors. Addresses in network byte order, ports not. */
struct ts_socket {
	__u64 inode;
	__u32 family; /* AF_* */
	__u32 state;  /* TCP_*, include/net/tcp_states.h; datagram sockets have it too */
	__u32 type;   /* SOCK_* */
	__u32 protocol;
	__u32 port, peer_port;
	__u8 address[16], peer_address[16];
	__u32 name_bytes, peer_name_bytes; /* of a Unix socket; the name may begin with NUL (abstract) */
	char name[TS_SOCKET_NAME_BYTES], peer_name[TS_SOCKET_NAME_BYTES];
};

TS_SIZE(struct ts_socket, 8 + 6 * 4 + 32 + 8 + 2 * TS_SOCKET_NAME_BYTES);
TS_SIZE(struct ts_file_key, 24);
TS_SIZE(struct ts_request_key, 16);
TS_SIZE(struct ts_request, 24 + 56 + 40 + 16);
TS_SIZE(struct ts_io_part_key, 32);
TS_SIZE(struct ts_io_part, 16);
TS_SIZE(struct ts_io_wait, 16);
TS_SIZE(struct ts_io_slowest_key, 32);
TS_SIZE(struct ts_io_slowest, 144);

#endif
