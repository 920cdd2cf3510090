/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The goroutines of a running Go program, read out of its memory: nothing is
 * stopped, written or asked for. Go 1.17 to 1.27 (data/go/), amd64 and arm64,
 * static, PIE, cgo, stripped. Every number that is not known is said to be so.
 * Functions return 0 or a negative errno unless they say otherwise; one reader
 * serves one thread.
 */
#ifndef TS_GO_RUNTIME_GOROUTINES_H
#define TS_GO_RUNTIME_GOROUTINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/process.h"

struct goroutines; /* the reader */

/* Why there is no reader. */
struct goroutines_refusal {
	bool is_go;       /* false: it is not known to be a Go program */
	char version[64]; /* "" if not known */
	char reason[256]; /* one sentence */
};

/*
 * p is borrowed and must outlive the reader. -ENOEXEC: not a Go program (the
 * reason is ""). Any other error: its goroutines cannot be read, and ret_why,
 * filled whatever the outcome, says why. The reader keeps what it has found of
 * the program, so open once and read often; after an exec open anew.
 */
int goroutines__open(const struct process *p, struct goroutines **ret, struct goroutines_refusal *ret_why);
void goroutines__close(struct goroutines *r);                /* NULL is fine */
const char *goroutines__version(const struct goroutines *r); /* "go1.24.4"; owned by r */

/* ---- one goroutine -------------------------------------------------------------- */
enum goroutine_status { /* as in the runtime, without the collector's scan bit */
			GOROUTINE_IDLE = 0,
			GOROUTINE_RUNNABLE = 1,
			GOROUTINE_RUNNING = 2,
			GOROUTINE_SYSCALL = 3,
			GOROUTINE_WAITING = 4,
			GOROUTINE_DEAD = 6, /* never reported */
			GOROUTINE_COPYSTACK = 8,
			GOROUTINE_PREEMPTED = 9,
			GOROUTINE_LEAKED = 10, /* 1.26 on: found unreachable by the goroutineleak profile */
};

enum goroutine_stack_end {
	GOROUTINE_STACK_COMPLETE,   /* to the outermost frame */
	GOROUTINE_STACK_TRUNCATED,  /* deeper than is read, or a frame did not make sense */
	GOROUTINE_STACK_RUNNING,    /* on a thread just now: only that thread's registers know */
	GOROUTINE_STACK_MOVED,      /* changed each time it was read: nothing is shown rather than a mix */
	GOROUTINE_STACK_UNREADABLE, /* its memory could not be read */
};
const char *goroutine_stack_end__name(enum goroutine_stack_end end); /* "complete" ... */

struct goroutine_frame {
	const char *function; /* as Go prints it, type arguments as [...]; "" if no function covers pc */
	const char *file;     /* "" if not known */
	int line;             /* 0 if not known */
	bool inlined;         /* into the next frame; Go prints it without an offset */
	bool outermost;       /* by its table no function of Go has called it: runtime.mstart, goexit */
	bool hidden;          /* Go's own traceback leaves it out: the runtime's inside, wrappers */
	uint64_t pc;     /* as found: a return address, except in the innermost frame and above a signal */
	uint64_t offset; /* of pc from the start of the function that is not inlined */
};

/* A stack that is equal for many goroutines is one object: compare pointers. Owned by the
 * reader, lives until goroutines__forget or __close. */
struct goroutine_stack {
	const uint64_t *pcs; /* innermost first, without inlined calls */
	uint32_t count;
	enum goroutine_stack_end end;
};

enum goroutine_wait_kind {
	GOROUTINE_WAIT_NONE,   /* it does not wait, or on nothing that has an address */
	GOROUTINE_WAIT_CHAN,   /* address, len, cap, elem_bytes, closed */
	GOROUTINE_WAIT_SELECT, /* the same, of the first of cases channels, or of the first full one: to it it
				  would send */
	GOROUTINE_WAIT_SEMAPHORE, /* address of the runtime's semaphore: mutexes, wait groups */
	GOROUTINE_WAIT_SLEEP,     /* wake_ns */
	GOROUTINE_WAIT_FD,        /* fd, fd_write: the network poller's */
};

struct goroutine_wait {
	enum goroutine_wait_kind kind;
	uint64_t address; /* 0: not known */
	uint64_t len, cap;
	uint32_t elem_bytes;
	uint32_t cases; /* of a select */
	bool closed;
	bool fd_write;    /* it waits to write, else to read */
	int32_t fd;       /* -1: not known */
	uint64_t wake_ns; /* CLOCK_MONOTONIC; 0: not known */
};

struct goroutine_label {
	const char *key, *value; /* pprof labels; cut at 255 bytes */
};
#define GOROUTINE_LABELS_MAX 32

struct goroutine {
	uint64_t index;   /* of its g in the runtime's list; stays, as the address does */
	uint64_t address; /* of the runtime's g: the same one for all its life, used again afterwards */
	uint64_t goid;
	uint64_t parent_goid; /* 0: not known (before 1.21) */
	enum goroutine_status status;
	const char *state; /* the word that Go prints first: "chan receive", "running", ...; static or r's */
	bool scanning;     /* the collector looks at its stack: Go prints (scan) */
	bool system;       /* the runtime's own: Go prints it only with GOTRACEBACK=system */
	bool locked;       /* to its thread (LockOSThread, cgo callbacks) */
	bool moved; /* it ran while it was read: what is here is of its last reading, without a stack */
	uint8_t tracking_seq; /* moves each time it leaves running: (goid, tracking_seq) is one stay */
	/*
	 * How long it waits, by the runtime's own stamp: at least that where
	 * wait_known. The stamp is set by the garbage collector, not at the start,
	 * so the truth is up to a collection older or younger: "about".
	 * wait_exact is true only where the time has been measured (sleep's start
	 * is not kept): never by this reader alone.
	 */
	uint64_t wait_ns;
	bool wait_known, wait_exact;
	uint64_t wait_since;  /* that stamp, CLOCK_MONOTONIC; 0: none. Cleared whenever it runs */
	uint64_t stack_bytes; /* the size of its stack, used or not */
	int64_t m;            /* ID of the runtime's M it is on; -1: on none */
	int32_t tid;          /* that M's thread, in the target's own PID namespace; 0: none */
	uint64_t gopc, startpc;
	const struct goroutine_stack *stack; /* never NULL; count 0 where end says why */
	struct goroutine_wait wait;
	const struct goroutine_label *labels; /* valid during the call */
	uint32_t label_count;
	uint64_t bubble; /* id of its testing/synctest bubble, 0: none */
};

/* What is read beside states, stacks and waits. */
enum goroutines_want {
	GOROUTINES_LABELS = 1,
	GOROUTINES_FDS = 2, /* of those in IO wait */
	GOROUTINES_NO_STACKS = 4,
	/* Of those that have certainly not run since the last reading with this the stack is not read again:
	 * it is as it was. What they wait on is not told then, unless they send to a channel. */
	GOROUTINES_KNOWN = 8,
};

struct goroutines_lost {
	uint64_t moved;      /* goroutines that ran each time they were read */
	uint64_t unreadable; /* g's that made no sense or could not be read: left out */
	uint64_t stacks;     /* left out as the reader holds its maximum of different ones */
	uint64_t more;       /* goroutines beyond GOROUTINES_MAX */
};
#define GOROUTINES_MAX (16u << 20)

/*
 * Calls fn with each goroutine that is not dead, in the order of their making
 * (as Go prints them, after the current one); a non-zero answer of fn ends it
 * and is returned. g is valid during the call only; its strings and its stack
 * live with the reader. Memory is bounded whatever their number. ret_lost may
 * be NULL.
 */
typedef int (*goroutine_fn)(const struct goroutine *g, void *arg);
int goroutines__read(struct goroutines *r, unsigned want, goroutine_fn fn, void *arg,
		     struct goroutines_lost *ret_lost);
/* Drops the stacks and names held, so that a long run stays small: all goroutine_stack pointers end. */
void goroutines__forget(struct goroutines *r);

/*
 * The frames of a stack with inlined calls, innermost first, into list (at most
 * max). Returns how many there are, which may be more than max. Strings live
 * until goroutines__forget.
 */
size_t goroutines__frames(struct goroutines *r, const struct goroutine_stack *s, struct goroutine_frame *list,
			  size_t max);
/* A single code address. is_return: it is a return address (gopc of "created by" is one). The
 * function that is not inlined there. False: no Go function covers it; ret is zero, its strings "". */
bool goroutines__code(struct goroutines *r, uint64_t pc, bool is_return, struct goroutine_frame *ret);
/* The same with the calls inlined there, innermost first, as goroutines__frames gives them; 0: none. */
size_t goroutines__code_frames(struct goroutines *r, uint64_t pc, bool is_return,
			       struct goroutine_frame *list, size_t max);

/* Whether it is on the same stay still: it has not run since it was reported with these. */
bool goroutines__stays(struct goroutines *r, uint64_t address, uint64_t goid, uint8_t tracking_seq);

/* ---- the scheduler, and counting --------------------------------------------------- */
struct goroutines_scheduler {
	uint64_t goroutines; /* runtime.NumGoroutine() */
	uint64_t system;     /* the runtime's own beside these */
	uint64_t procs;      /* GOMAXPROCS */
	uint64_t idle_procs;
	uint64_t threads; /* Ms that exist */
	uint64_t idle_threads;
	uint64_t queued_global, queued_local; /* runnable goroutines in the run queues */
	bool gc_running;                      /* a collection is marking, or the world is stopped for one */
	bool gc_known;
};
/* -ENODATA: the scheduler's variables were not found (a stripped program that hides them). */
int goroutines__scheduler(struct goroutines *r, struct goroutines_scheduler *ret);
/*
 * What to poll, in three system calls whatever the number of goroutines. count
 * + system of now and made give how many were made and ended since before.
 * Numbers that a P has drawn in advance and not used yet are not in made.
 * -ENODATA: as above.
 */
struct goroutines_count {
	uint64_t count;  /* runtime.NumGoroutine() */
	uint64_t system; /* the runtime's own beside these */
	uint64_t made;   /* of both, since the program began */
	bool exact;      /* no P drew numbers while they were read: else made is off by up to 16 a P */
};
int goroutines__count(struct goroutines *r, struct goroutines_count *ret);

#endif
