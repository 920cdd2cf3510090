/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The goroutines of a running Go program, read from its memory, without stopping it, writing to it or
 * cooperating with it. Go 1.17 to 1.27 (data/go/), amd64 and arm64, static, PIE, cgo, stripped. Unknown
 * numbers are marked as unknown. Functions return 0 or a negative errno unless they say otherwise; one reader
 * serves one thread.
 */
#ifndef TS_GO_RUNTIME_GOROUTINES_H
#define TS_GO_RUNTIME_GOROUTINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts/goroutines.h"
#include "target/process.h"
#include "util/arena.h"

struct goroutines; /* the reader */

/* Why there is no reader. */
struct goroutines_refusal {
	bool is_go;       /* false: not known to be a Go program */
	char version[64]; /* "" if not known */
	char reason[256]; /* one sentence */
};

/*
 * p is borrowed and must outlive the reader. -ENOEXEC: not a Go program (the reason is ""). Any other error:
 * its goroutines cannot be read, and ret_why, which is always filled, has the reason. The reader caches facts
 * of the program: open once and read often; reopen after an exec.
 */
int goroutines__open(const struct process *p, struct goroutines **ret, struct goroutines_refusal *ret_why);
void goroutines__close(struct goroutines *r);                /* NULL is fine */
const char *goroutines__version(const struct goroutines *r); /* "go1.24.4"; owned by r */

/* Offset of goid in its runtime.g. */
uint32_t goroutines__goid_at(const struct goroutines *r);

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

/* Equal stacks are one object: compare pointers. Owned by the reader, valid until goroutines__forget or
 * __close. */
struct goroutine_stack {
	const uint64_t *pcs; /* innermost first, without inlined calls */
	uint32_t count;
	enum stack_end end;
};

#define GOROUTINE_LABELS_MAX 32

struct goroutine {
	uint64_t index;   /* position of its g in the runtime's list; constant, like the address */
	uint64_t address; /* of the runtime's g: constant for the goroutine's life, reused afterwards */
	uint64_t goid;
	uint64_t parent_goid; /* 0: not known (before 1.21) */
	enum goroutine_status status;
	const char *state; /* Go's text for the state: "chan receive", "running", ...; static or owned by r */
	bool scanning;     /* the collector scans its stack: Go prints (scan) */
	bool system;       /* the runtime's own: Go prints it only with GOTRACEBACK=system */
	bool locked;       /* to its thread (LockOSThread, cgo callbacks) */
	bool moved;        /* it ran while it was read: the data of its last reading, without a stack */
	uint8_t tracking_seq; /* changes each time it stops running: (goid, tracking_seq) identifies one wait
			       */
	/*
	 * The duration of its wait, from the runtime's own stamp, if wait_known. The garbage collector sets
	 * the stamp, not the start of the wait, so it is off by up to one collection: approximate.
	 * wait_exact: the time was measured; this reader alone never sets it.
	 */
	uint64_t wait_ns;
	bool wait_known, wait_exact;
	uint64_t wait_since;  /* that stamp, CLOCK_MONOTONIC; 0: none. Cleared whenever it runs */
	uint64_t stack_bytes; /* the size of its stack, used or not */
	int64_t m;            /* ID of its M; -1: none */
	int32_t tid;          /* that M's thread, in the target's own PID namespace; 0: none */
	uint64_t gopc, startpc;
	const struct goroutine_stack *stack; /* never NULL; if count is 0, end has the reason */
	struct go_wait wait;
	const struct go_label *labels; /* valid during the call */
	uint32_t label_count;
	uint64_t bubble; /* id of its testing/synctest bubble, 0: none */
};

/* Data that is read in addition to states, stacks and waits. */
enum goroutines_want {
	GOROUTINES_LABELS = 1,
	GOROUTINES_FDS = 2, /* of those in IO wait */
	GOROUTINES_NO_STACKS = 4,
	/* Does not reread the stacks of goroutines that have certainly not run since the last reading with
	   this flag. Their waits are then missing, unless they send to a channel or wait for a lock. */
	GOROUTINES_KNOWN = 8,
};

struct goroutines_lost {
	uint64_t moved;      /* goroutines that ran each time they were read */
	uint64_t unreadable; /* implausible or unreadable g's, which are omitted */
	uint64_t stacks;     /* stacks omitted because the reader holds its maximum of different ones */
	uint64_t more;       /* goroutines beyond GOROUTINES_MAX */
};
#define GOROUTINES_MAX (16u << 20)

/*
 * Calls fn for each live goroutine, in order of creation (as Go prints them, after the current one); a
 * non-zero result of fn ends the reading and is returned. g is valid only during the call; its strings and
 * its stack belong to the reader. Memory is bounded for any number of goroutines. ret_lost may be NULL.
 */
typedef int (*goroutine_fn)(const struct goroutine *g, void *arg);
int goroutines__read(struct goroutines *r, unsigned want, goroutine_fn fn, void *arg,
		     struct goroutines_lost *ret_lost);
/* Drops cached stacks and names, so that a long run stays small. Invalidates all goroutine_stack pointers. */
void goroutines__forget(struct goroutines *r);

/*
 * The frames of a stack with inlined calls, innermost first, in list (at most max). Returns their number,
 * which may exceed max. Strings are valid until goroutines__forget.
 */
size_t goroutines__frames(struct goroutines *r, const struct goroutine_stack *s, struct frame *list,
			  size_t max);
/* A single code address. is_return: it is a return address (gopc of "created by" is one). The
 * function that is not inlined there. False: no Go function covers it; ret has nothing but its address. */
bool goroutines__code(struct goroutines *r, uint64_t pc, bool is_return, struct frame *ret);
/* The same with inlined calls, innermost first, like goroutines__frames; 0: none. */
size_t goroutines__code_frames(struct goroutines *r, uint64_t pc, bool is_return, struct frame *list,
			       size_t max);

/* Whether it has not run since it was reported with these values. */
bool goroutines__stays(struct goroutines *r, uint64_t address, uint64_t goid, uint8_t tracking_seq);

/* ---- the scheduler, and counting --------------------------------------------------- */
/* -ENODATA: the scheduler's variables were not found (in some stripped programs). */
int goroutines__scheduler(struct goroutines *r, struct go_scheduler *ret);
/*
 * Counters for polling, in three system calls for any number of goroutines. Two readings of count + system
 * and of made give the goroutines created and ended in between. made excludes numbers that a P has drawn in
 * advance. -ENODATA: as above.
 */
struct goroutines_count {
	uint64_t count;  /* runtime.NumGoroutine() */
	uint64_t system; /* the runtime's own beside these */
	uint64_t made;   /* of both, since the program began */
	uint64_t procs;  /* GOMAXPROCS */
	uint64_t timers; /* that wait in the heaps of the Ps, if timers_known */
	bool timers_known;
	uint64_t threads, threads_max; /* Ms, and how many there may be (debug.SetMaxThreads); 0: not known */
	bool exact; /* no P drew numbers during the reading; otherwise made is off by up to 16 per P */
};
int goroutines__count(struct goroutines *r, struct goroutines_count *ret);

/* ---- timers -------------------------------------------------------------------------- */
#define GO_TIMERS_MAX (1u << 20)
/*
 * Counts the timers that wait in the heaps of the Ps, by the function that they call. A heap that changes
 * meanwhile may have a few more or less. Names and list go into a. -ENODATA: not known: allp was not found,
 * the layout is not that of the tables, or there are more than GO_TIMERS_MAX.
 */
int goroutines__timers(struct goroutines *r, struct arena *a, struct go_timers *ret);

#endif
