/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who makes a thread wait, where that is not another thread of its own process: a chain of processes. */
#ifndef TS_FACTS_LINKS_H
#define TS_FACTS_LINKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/field.h"

/* What the process is to the one that waits for it. */
enum link_role {
	LINK_UNKNOWN_ROLE,
	LINK_OWNS,       /* a lock in memory */
	LINK_HOLDS_FILE, /* a lock of a file */
	LINK_CHILD,
	LINK_READS,             /* the other end of a full pipe */
	LINK_WRITES,            /* of an empty one */
	LINK_PEER,              /* of a socket */
	LINK_LISTENS,           /* on the address that is connected to */
	LINK_HOLDS_INODE,       /* the kernel's lock of the file that the call is on */
	LINK_HOLDS_POSITION,    /* of the open file's position */
	LINK_HOLDS_SEMAPHORE,   /* of System V; it is likely to be the one that took it as a lock */
	LINK_CHANGED_SEMAPHORE, /* its operation on it was the last one; whether others follow is not known */
	LINK_RECEIVES,          /* it received last from the full message queue of System V */
	LINK_LEASES,            /* it has a lease of the file, and is to give it up */
	LINK_PERMITS,           /* fanotify asks it whether the file may be opened, read or executed */
	LINK_HOLDS_DATABASE,    /* a lock of a database server, of a row or table, or an advisory one */
	LINK_AHEAD_IN_DATABASE, /* it waits itself, and comes before the waiter */
	LINK_ROLES,
};
const char *link_role__name(enum link_role role); /* "holds-file-lock" */
/* Whatever the call is: who waits for such a process is held up. */
bool link_role__holds_up(enum link_role role);

enum link_state {
	LINK_STATE_UNKNOWN,
	LINK_RUNS, /* or is runnable */
	LINK_BLOCKED,
	LINK_STOPPED, /* by a signal */
	LINK_TRACED,  /* by a debugger or tracer */
	LINK_FROZEN,  /* by its cgroup */
	LINK_ENDED,   /* and was not reaped: it does nothing any more */
	LINK_GONE,    /* no such thread exists */
	LINK_LEFT,    /* by fork: it is a thread of the parent, which its child does not have */
	LINK_NOBODY,  /* no process has the other end open */
	LINK_ITSELF,  /* it is the waiter's own process: which thread is not known */
	LINK_REUSED,  /* no such thread exists: another thread, made later, has its TID */
	LINK_STATES,
};
const char *link_state__name(enum link_state state); /* "stopped" */

/* Of a process, at most that many threads are looked at for one in a call on the pipe or socket. */
#define LINK_THREADS 64

/* clang-format off */
#define SAMPLE_LINK_FIELDS(F) \
	F(enum link_role, role, ENUM(LINK_ROLES), "", "what it is to the one that waits for it") \
	F(enum link_state, state, ENUM(LINK_STATES), "", "of the thread that is looked at") \
	F(pid_t, pid, ID, "", "process; 0: none, or not known") \
	F(pid_t, tid, ID, "", "the thread that is looked at; of a lock's owner that is gone: the TID in the lock") \
	F(const char *, name, TEXT, "", "of the process; NULL: not known") \
	F(uint64_t, threads, NUMBER, "threads", "that the process has") \
	F(bool, one_of, FLAG, "", "the thread is that which matters, not only the main one of several") \
	F(bool, serves, FLAG, "", "a thread is in a call on this very pipe, socket or file") \
	F(uint64_t, more, NUMBER, "processes", "that are this to the waiter, too") \
	F(long, syscall, OR_MINUS_1, "", "that the thread is in; -1: none, or not known") \
	F(const char *, path, TEXT, "", "of the call's descriptor; NULL: none, or not known") \
	F(const char *, held, TEXT, "", "the file of its lock, where the waiter's call does not name it; else NULL") \
	F(uint64_t, since_ns, NUMBER, "ns", "for how long it has been blocked; 0: not known") \
	F(bool, at_least, FLAG, "", "or longer") \
	F(uint64_t, next, NUMBER, "", "whom it waits for: number of its link, from 1; 0: the chain ends") \
	F(bool, again, FLAG, "", "it waits for an earlier one of the chain: they wait in a circle") \
	F(uint64_t, queued, NUMBER, "connections", "of a listener: that wait to be accepted") \
	F(uint64_t, backlog, NUMBER, "connections", "and how many may") \
	F(uint64_t, value, NUMBER, "", "of a semaphore of System V") \
	F(uint64_t, messages, NUMBER, "messages", "in a message queue of System V") \
	F(uint64_t, bytes, NUMBER, "bytes", "of these") \
	F(uint64_t, room_bytes, NUMBER, "bytes", "and how many may be in it") \
	F(bool, gives, FLAG, "", "of a pipe or socket that is read: it is the reader's own process, or one that the reader descends from")
struct sample_link {
	SAMPLE_LINK_FIELDS(FIELD_MEMBER)
};
/* clang-format on */

#endif
