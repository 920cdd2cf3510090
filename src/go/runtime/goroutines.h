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

#include "facts/goroutines.h"
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

/* A stack that is equal for many goroutines is one object: compare pointers. Owned by the
 * reader, lives until goroutines__forget or __close. */
struct goroutine_stack {
	const uint64_t *pcs; /* innermost first, without inlined calls */
	uint32_t count;
	enum stack_end end;
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
	struct go_wait wait;
	const struct go_label *labels; /* valid during the call */
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
size_t goroutines__frames(struct goroutines *r, const struct goroutine_stack *s, struct frame *list,
			  size_t max);
/* A single code address. is_return: it is a return address (gopc of "created by" is one). The
 * function that is not inlined there. False: no Go function covers it; ret has nothing but its address. */
bool goroutines__code(struct goroutines *r, uint64_t pc, bool is_return, struct frame *ret);
/* The same with the calls inlined there, innermost first, as goroutines__frames gives them; 0: none. */
size_t goroutines__code_frames(struct goroutines *r, uint64_t pc, bool is_return, struct frame *list,
			       size_t max);

/* Whether it is on the same stay still: it has not run since it was reported with these. */
bool goroutines__stays(struct goroutines *r, uint64_t address, uint64_t goid, uint8_t tracking_seq);

/* ---- the scheduler, and counting --------------------------------------------------- */
/* -ENODATA: the scheduler's variables were not found (a stripped program that hides them). */
int goroutines__scheduler(struct goroutines *r, struct go_scheduler *ret);
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
