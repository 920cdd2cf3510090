/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a blocked thread waits for, derived from the system call, its arguments and the frames. Pure.
 */
#ifndef TS_WAITS_WAIT_H
#define TS_WAITS_WAIT_H

#include "waits/futex_wait.h"
#include "facts/kinds.h"
#include "facts/stack.h"

struct wait_evidence {
	char state;                 /* the kernel's letter */
	bool frozen;                /* by its cgroup */
	long syscall;               /* -1: not in a system call */
	const uint64_t *args;       /* six; valid if syscall >= 0 */
	const struct frame *frames; /* user stack, innermost first; may be NULL */
	size_t frame_count;
	const struct call_stack *kernel; /* NULL: not collected */
};

enum wait_kind wait__classify(const struct wait_evidence *e);
/* The call has a time-out. */
bool wait__timed(const struct wait_evidence *e);
/* The descriptor that the call is on, -1 if none. */
int wait__descriptor(const struct wait_evidence *e);
/* The library that laid out the lock of a futex wait. */
enum lock_form wait__lock_form(const struct wait_evidence *e);
/* Of the lock behind such a wait; LOCK_FUTEX if it is not known. */
enum lock_kind wait__lock_kind(enum wait_kind kind);
/* By its state letter: the thread has ended, and exists only because its process continues or was not reaped.
 */
bool wait__ended(char state);
/* The call waits for a lock of a file, which the kernel keeps with its holders: flock, or fcntl. args: six.
 */
bool wait__locks_file(long syscall, const uint64_t *args);
/* The call only sleeps for a time. */
bool wait__sleeps(long syscall);
/* A kind of wait that is usually idle: in poll, accept, sleep, or for a signal or child. */
bool wait__idle(enum wait_kind kind);
/* Where workers wait for work, not what threads compete for. go: as above. */
bool wait__lock_for_work(enum lock_kind kind, bool go);
/* A non-idle wait: a lock, a write, a sync, a connection, a page. */
bool wait__holds_up(enum wait_kind kind);
/* A wait for the next event, signal, message, job or request, as of an event loop, of a datagram service or
 * at a semaphore that counts jobs. syscall, file: their names, NULL if not known. */
bool wait__for_input(enum wait_kind kind, const char *syscall, const char *file);
/* A wait that ends without the lock or the permit may begin again at once, as part of the same attempt. */
bool wait__tries_again(enum wait_kind kind);
/* Such a lock has one owner while others wait: a mutex or an rwlock. */
bool wait__exclusive(enum lock_kind kind);

/* Of a kernel stack, who went to sleep: the innermost function that is not the scheduler's. NULL: not known.
 */
const char *wait__sleeper(const struct call_stack *kernel);

/* What a loop within Node.js waits for in execSync() and the like. */
#define CHILD_END "the end of a child process"

/* The names of those locks, which their waiters are known by. */
#define PYTHON_GIL "Python's GIL"
#define RUBY_GVL   "Ruby's VM lock"

#endif
