/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings deadlock, lock-convoy and stuck-thread: threads that do not go on, and who makes them wait. They
 * are found in the threads and locks of one instant, which a snapshot and the end of an interval both have:
 * the same facts have the same findings in both.
 */
#ifndef TS_MODEL_FINDINGS_HANGS_H
#define TS_MODEL_FINDINGS_HANGS_H

#include "model/findings/findings.h"
#include "model/rows/deadlocks.h"

/* One thread may hold up another only within these. */
struct hang_facts {
	const struct naming *names; /* of all threads and locks; looked up by TID fast */
	const struct deadlocks *deadlocks;
	const bool *in_call; /* by thread: in or behind a write or sync that a finding covers */
	bool every_process;  /* of the machine: jobs that somebody has stopped are normal there */
};

void findings__hangs(struct findings *f, const struct hang_facts *facts);

/* ---- shared by the files of these findings ---- */

struct hangs {
	struct findings *f;
	const struct hang_facts *facts;
	const struct naming *n;
	bool *reported; /* by thread: a finding covers it */
};

/* A finding on threads of one process, and notes that it covers them. quiet: only information. */
void hangs__report(struct hangs *h, enum finding_kind kind, bool quiet, const char *summary,
		   const pid_t *tids, size_t count);
/* Whether a finding covers the thread already. */
bool hangs__reported(const struct hangs *h, pid_t tid);

/*
 * How long it waits counts; but one of a monitor's waiters wakes each second to look at it, and one that
 * waits for a lock of SQLite naps, and a first look knows no more of it. Then it counts for how long its
 * owner has not run.
 */
uint64_t hangs__held_up_ns(const struct hangs *h, const struct thread_row *t);

enum hang_weight {
	HANG_NORMAL, /* workers take turns at waiting for clients: nothing is the matter */
	HANG_QUIET,  /* worth a line, but perhaps normal */
	HANG_SERIOUS,
};
/* How much a wait of this duration matters, by what the last of the owners does. owner: 0 if unknown. */
enum hang_weight hangs__weight(const struct hangs *h, const struct thread_row *waiter, pid_t owner,
			       uint64_t ns);
/* Whether the thread that has the lock waits in the function that the waiter wants it for. */
enum turn {
	TURN_NOT,
	TURN_UNKNOWN,
	TURN_TAKEN,
};
enum turn hangs__turn(const struct thread_row *waiter, const struct thread_row *leader);
/* What it waits for may be work: what is read, a semaphore, a condition variable may bring that. */
bool hangs__may_be_turn(const struct thread_row *leader);
/* Whether a thread of its process waits so in that function: where a lock of an interpreter does not tell who
 * holds it. */
bool hangs__has_leader(const struct hangs *h, const struct thread_row *waiter);

/* The same of a wait for another process, by what the last one of the chain does. */
enum hang_weight hangs__chain_weight(const struct wait *w, uint64_t ns);
/* By whom its chain begins with, it is held up, whatever the call is. */
bool hangs__chain_holds_up(const struct wait *w);
/* A wait for a semaphore that is used as a lock is only worth a line: nobody is known to hold it alone, as
 * one that lets several in is often full; or its holder is no hang. */
bool hangs__semaphore_is_quiet(const struct hangs *h, const struct thread_row *waiter,
			       const struct lock_row *l, uint64_t ns);
/* A child that is waited for hangs itself: it is stopped, or it or one behind it waits for a lock. */
bool hangs__child_hangs(const struct wait *w);
/* The child waits to write to a pipe that no thread of the waiter's process reads just now. */
bool hangs__child_is_not_read(const struct thread_row *t);

/* The thread that the chain of owners ends with. NULL: unknown, or a circle. */
const struct thread_row *hangs__last_owner(const struct naming *n, pid_t owner);

void hangs__circles(struct hangs *h);
void hangs__convoys(struct hangs *h);
void hangs__spinning(struct hangs *h);
void hangs__lock_code(struct hangs *h);
void hangs__unresolved_names(struct hangs *h);
void hangs__stuck_threads(struct hangs *h);
void hangs__one_cause(struct hangs *h);

#endif
