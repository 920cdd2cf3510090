/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of the contract in threadscope.h, which includes it: calls timed by call and place (top --calls). */
#ifndef THREADSCOPE_TIMED_CALLS_H
#define THREADSCOPE_TIMED_CALLS_H

#define TS_CALL_NUMBERS 512  /* system calls that can be timed; a power of two above the last number */
#define TS_CALL_TEXT    192  /* bytes of a place's text */
#define TS_CALL_NAME    32   /* bytes of it that name a file of the anonymous inode */
#define TS_CALL_ROWS    4096 /* rows of map timed_calls */
#define TS_CALL_THREADS 8192 /* and of timed_now: threads that have made such a call */
#define TS_CALL_RESTS   1024 /* and of timed_rest: what did not fit, by process and call */

/* Where a call has its place, by its number; in the low bits of a form. */
enum ts_call_form {
	TS_CALL_NOT_TIMED = 0,
	TS_CALL_PATH = 1,    /* argument 0 is a path */
	TS_CALL_PATH_AT = 2, /* 0 an open directory, 1 a path from there; without one, 0 is the file */
	TS_CALL_FD = 3,      /* 0 is a descriptor */
	TS_CALL_ADDRESS = 4, /* 1 is an address, 2 its length */
	TS_CALL_SEND = 5,    /* 4 is an address, 5 its length; without one, 0 is the socket */
	TS_CALL_MESSAGE = 6, /* 1 is a message that has an address, or none */
};
#define TS_CALL_FORM_MASK 0x7fu
#define TS_CALL_BYTES     0x80u /* or-ed: its result is a number of bytes */

enum ts_call_place {
	TS_PLACE_UNKNOWN = 0, /* its text could not be read */
	TS_PLACE_PATH = 1,
	TS_PLACE_PATH_AT = 2, /* a path from an open directory */
	TS_PLACE_FILE = 3,    /* an open file */
	TS_PLACE_ADDRESS = 4,
	TS_PLACE_REST = 5, /* calls of places that found no room */
	TS_PLACES = 6,
};

struct ts_call_key {
	__u32 tgid;
	__u32 syscall;
	__u32 place;             /* enum ts_call_place */
	__u32 cut;               /* 1: text is the end of a longer path */
	__u32 family;            /* of an address: AF_* */
	__u32 bytes;             /* of an address: those of text that are used */
	struct ts_file_key file; /* of an open file */
	/* a path; an address as in its sockaddr after the family; of a file of the anonymous inode what it is
	 * ("[eventfd]"); then zeros */
	char text[TS_CALL_TEXT];
};

struct ts_call_slowest {
	__u64 done;     /* as begun, if it was read whole: it is written last */
	__u64 ns;       /* 0: none */
	__u64 end_ns;   /* when it ended */
	__u64 stack_id; /* user stack; 0: unknown */
	__s64 result;
	char comm[TS_COMM_LEN];
	__u32 tid;
	__u32 pad;
	__u64 begun;
};

struct ts_call {
	__u64 ns;        /* in calls that have ended */
	__u64 bytes;     /* of those whose result is a number of bytes */
	__u64 errors;    /* calls that failed */
	__u64 last_ns;   /* when the last one ended */
	__u32 errnos[2]; /* the last one, and the last different one before; 0: none */
	__s32 fd;        /* of an open file: the descriptor last used */
	__u32 announced; /* of an open file, 1: announced to user space, with its path */
	struct ts_call_slowest slowest;
	struct ts_latency calls;
};

/* The call that a thread is in: map timed_now, key its TID as the kernel has it. */
struct ts_call_now {
	__u64 start_ns; /* 0: none */
	struct ts_call_key key;
	__u64 args[6];
	__u64 file;        /* kernel address of the open file; 0: none */
	__u64 at_ns;       /* when a signal interrupted it, after which it may go on; 0: it has not */
	__u32 tid;         /* as the viewer sees it */
	__s32 fd;          /* -1: none */
	__u64 start_again; /* as start_ns, if it was read whole */
};

TS_SIZE(struct ts_call_key, 24 + 24 + TS_CALL_TEXT);
TS_SIZE(struct ts_call_slowest, 72);
TS_SIZE(struct ts_call, 48 + 72 + 24 + 4 * TS_HIST_BUCKETS);
TS_SIZE(struct ts_call_now, 8 + 48 + TS_CALL_TEXT + 48 + 32);

#endif
