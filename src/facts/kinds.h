/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of things, with the names that JSON promises. */
#ifndef TS_FACTS_KINDS_H
#define TS_FACTS_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/threadscope.h"

#define NO_INDEX SIZE_MAX /* no entry of the list that an index is of */

enum wait_kind {
	WAIT_MUTEX,
	WAIT_RWLOCK_READ,
	WAIT_RWLOCK_WRITE,
	WAIT_CONDVAR,
	WAIT_SEMAPHORE,
	WAIT_BARRIER,
	WAIT_JOIN,
	WAIT_FUTEX,
	WAIT_WRITE,
	WAIT_FSYNC,
	WAIT_READ,
	WAIT_POLL,
	WAIT_SLEEP,
	WAIT_ACCEPT,
	WAIT_CONNECT,
	WAIT_CHILD,
	WAIT_SIGNAL,
	WAIT_PAGE_FAULT,
	WAIT_STOPPED,
	WAIT_OTHER,
	WAIT_FILE_LOCK,
	WAIT_SYSV_SEMAPHORE,
	WAIT_MESSAGE_SEND, /* to a full queue */
	WAIT_KINDS,
};
const char *wait_kind__name(enum wait_kind kind); /* "mutex" */

/* What a call does to the lock that it is given. */
enum holding_call {
	HOLDING_CALL_OTHER,
	HOLDING_CALL_LOCKS,   /* by its name; of the lock that it is given */
	HOLDING_CALL_UNLOCKS, /* or of a guard that it is given */
	HOLDING_CALL_ENDS,    /* it does not return */
};

/* What the likely holder of a lock that keeps no owner is known by. */
enum lock_likely {
	LOCK_LIKELY_NOT,     /* nobody is known to be */
	LOCK_LIKELY_FRAMES,  /* a function on its stack will unlock it */
	LOCK_LIKELY_HANDLER, /* the same, and a signal handler has interrupted it */
	LOCK_LIKELY_READS,   /* Java: its own count of how often it holds a ReentrantReadWriteLock to read */
	LOCK_LIKELY_POOL, /* Java: only the threads of its pool run the task, and all of them wait for such */
	LOCK_LIKELY_TAKEN, /* a function on its stack has taken it, and not given it back */
	LOCK_LIKELY_KINDS,
};
const char *lock_likely__name(enum lock_likely likely); /* "frames"; NULL: LOCK_LIKELY_NOT */

/* Who writes the lines of a process, as far as the kernel can see. */
enum line_writers {
	WRITERS_UNKNOWN, /* it was not looked at */
	WRITERS_THREADS,
	WRITERS_GOROUTINES,
	WRITERS_MOVE, /* tasks that its runtime moves between threads */
};

/* A call that opens a FIFO waits for a process that opens its other end. */
enum fifo_open {
	FIFO_NOT, /* it opens none, or that is not known */
	FIFO_FOR_READING,
	FIFO_FOR_WRITING,
	FIFO_OPENS,
};
const char *fifo_open__name(enum fifo_open open); /* "read"; NULL: FIFO_NOT */

/* How much a wait matters, most first. */
enum wait_class {
	WAIT_CLASS_BLOCKED, /* held up: waits for another thread or process, or for a device */
	WAIT_CLASS_UNKNOWN, /* it is not known for what */
	WAIT_CLASS_POOL,    /* probably a worker without work: by its shallow stack or a function's name */
	WAIT_CLASS_IDLE, /* nothing to do: its stack has a known work loop, or its call is accept or pause */
	WAIT_CLASSES,
};
const char *wait_class__name(enum wait_class class); /* "blocked" */
/* Nothing is held up by it. */
static inline bool wait_class__at_rest(enum wait_class class)
{
	return class >= WAIT_CLASS_POOL;
}

/* What a class is known by. */
enum wait_reason {
	WAIT_REASON_CALL,     /* the kind of wait */
	WAIT_REASON_FUNCTION, /* a known function on its stack (waits/patterns.def) */
	WAIT_REASON_NAME,     /* a function's name */
	WAIT_REASON_BEHIND,   /* others wait for a lock that it holds */
	WAIT_REASON_REQUEST,  /* a write or sync that it submitted by io_uring is under way */
	WAIT_REASON_SHALLOW,  /* the thread's outermost function waits */
	WAIT_REASON_NOTHING,  /* nothing on its stack is known */
	WAIT_REASON_NO_STACK, /* it was not read */
	WAIT_REASONS,
};
const char *wait_reason__name(enum wait_reason reason); /* "function" */

/* Why a thread does not run although nothing that it does keeps it. */
enum halt_reason {
	HALT_NONE,
	HALT_RUN_QUEUE,    /* runnable: others have the CPU */
	HALT_LOW_PRIORITY, /* the same, and it yields to them: SCHED_IDLE, or a nice value above 0 */
	HALT_THROTTLED,    /* runnable: its cgroup has used up its CPU quota */
	HALT_STOPPED,      /* by a signal */
	HALT_TRACED,       /* by a debugger or tracer */
	HALT_FROZEN,       /* by its cgroup */
	HALT_MEMORY,       /* its cgroup uses all the memory that it may */
	HALT_REASONS,
};
const char *halt_reason__name(enum halt_reason reason); /* "throttled"; HALT_NONE: NULL */

enum lock_kind {
	LOCK_FUTEX, /* not known: so far only a futex word was seen */
	LOCK_MUTEX,
	LOCK_RWLOCK,
	LOCK_CONDVAR,
	LOCK_SEMAPHORE,
	LOCK_BARRIER,
	LOCK_JOIN,
	LOCK_MONITOR, /* of a Java object */
	LOCK_TASK,    /* of Java, a Future: its end is waited for */
	LOCK_KINDS,
};
const char *lock_kind__name(enum lock_kind kind); /* "mutex" */

/* What has stopped a process, the one that must let it go on last. */
enum stop_cause {
	STOP_NONE,
	STOP_SIGNAL, /* SIGSTOP, or a job that its terminal has stopped */
	STOP_TRACER, /* a debugger, or another tracer */
	STOP_CGROUP, /* the freezer of its cgroup */
	STOP_CAUSES,
};
const char *stop_cause__name(enum stop_cause cause); /* "signal"; "" if the thread is not stopped */

/* What a write or sync does with its time. */
enum stall_part {
	STALL_CPU,      /* ran */
	STALL_RUNNABLE, /* waited for a CPU */
	STALL_LOCK,     /* for the lock of the inode or of the open file: other writers of it */
	STALL_DISK,
	STALL_THROTTLE, /* too many dirty pages */
	STALL_JOURNAL,  /* for the file system's journal */
	STALL_PIPE,     /* the pipe was full */
	STALL_SOCKET,   /* the socket was full */
	STALL_TERMINAL,
	STALL_SERVER, /* of a network file system, or a FUSE daemon */
	STALL_MEMORY, /* for memory to be reclaimed */
	STALL_OTHER,
	STALL_UNKNOWN,
	STALL_FROZEN, /* until the file system is thawed; saved by number, so it stands last */
	STALL_PARTS,
};
static inline bool stall_part__known(enum stall_part part)
{
	return part != STALL_UNKNOWN && (unsigned)part < STALL_PARTS;
}
const char *stall_part__name(enum stall_part part);  /* "journal" */
const char *stall_part__words(enum stall_part part); /* "journal commit" */

/* "EBADF"; NULL: 0. Of any errno. */
const char *errno__name(uint32_t number);
/* Of a write: "not open for writing"; NULL: the name says it. */
const char *errno__meaning(uint32_t number);
const char *io_error__name(enum ts_io_error error); /* "EAGAIN", ..., "other" */
/* Of a write to such a file: "disk full"; NULL: its name says it. */
const char *io_error__meaning(enum ts_io_error error, enum ts_file_kind kind);
const char *file_kind__name(enum ts_file_kind kind);    /* "file", "pipe", "socket", "tty" */
const char *call_place__name(enum ts_call_place place); /* "path", "relative", "file", "address" ... */
/* One of those that are called "file". */
static inline bool file_kind__is_file(enum ts_file_kind kind)
{
	return kind != TS_FILE_PIPE && kind != TS_FILE_SOCKET && kind != TS_FILE_TTY;
}

#endif
