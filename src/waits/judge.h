/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a blocked thread is held up or has nothing to do: the one place that decides it. Idle needs
 * evidence; without any, a wait is unknown. Pure.
 */
#ifndef TS_WAITS_JUDGE_H
#define TS_WAITS_JUDGE_H

#include "facts/kinds.h"
#include "facts/stack.h"

/* What is known of a blocked thread. */
struct wait_case {
	enum wait_kind kind;
	char state;       /* the kernel's letter */
	const char *name; /* of the thread */
	long syscall;     /* -1: not in one */
	const uint64_t *args;
	const struct call_stack *user, *kernel; /* either may be empty */
	size_t behind;                          /* not 0: threads wait for a lock that it holds */
	const char *symbol;                     /* the variable that its lock is in; NULL: unknown, or none */
	bool as_lock;                           /* it waits for a semaphore that is used as a lock */
	size_t same_word; /* threads that wait on its futex word, itself included; 0: it waits on none */
	bool request;     /* a write or sync that it submitted by io_uring is under way */
	bool go;          /* in a Go program */
	bool resolves;    /* a name, and waits for a name server */
	bool unanswered;  /* it connects, and nothing answers */
	enum fifo_open fifo;
	bool collecting; /* a garbage collection has stopped the threads of its Java virtual machine */
};

struct wait_judgement {
	enum wait_class class;
	enum wait_reason reason;
	bool on_lock;  /* blocked, by a function of its stack: as behind a lock, others may wait likewise */
	bool for_work; /* at rest, but for those behind it */
	const char *what; /* static: "a metadata lock of MariaDB"; NULL: its kind says it, or it is unknown */
	const char
		*event_loop; /* static: that its wait keeps from going on: event_loop__held_up; NULL: none */
	size_t frame;        /* of the user stack, whose function decided; NO_INDEX: none did */
};

struct wait_judgement wait__judge(const struct wait_case *c);

#endif
