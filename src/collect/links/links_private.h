/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of src/collect/links only. */
#ifndef TS_COLLECT_LINKS_LINKS_PRIVATE_H
#define TS_COLLECT_LINKS_LINKS_PRIVATE_H

#include "collect/links/links.h"
#include "facts/links.h"
#include "postgres/runtime/server_locks.h"
#include "target/open_files.h"
#include "target/socket_ends.h"
#include "target/task_look.h"

/* A thread that waits, of a target or beyond. */
struct waiter {
	pid_t pid, tid;
	long syscall;
	const uint64_t *args;
	uint64_t word; /* futex word of the lock, 0: none */
	pid_t owner;   /* of a target's lock: its owner's TID, as the lock has it; 0: none, or not known */
	pid_t reused;  /* another thread that has this TID now; 0: none */
	bool target;   /* the word and the owner are known from its stack */
	pid_t file_locker; /* the thread that has the kernel's lock of the file; 0: not that, or not known */
	bool of_position;
	bool in_database;       /* for a lock of PostgreSQL, by its stack */
	bool in_sqlite;         /* for a lock of an SQLite database */
	pid_t server;           /* or by its record in this process's memory; 0: neither */
	struct backend backend; /* of that server */
};

/* Whom it waits for. */
struct step {
	enum link_role role;
	enum link_state state; /* LINK_STATE_UNKNOWN: to be looked at */
	pid_t pid;
	pid_t tid; /* the thread that matters; 0: not known which, or the process as a whole */
	size_t more;
	bool shared; /* of a pipe that is read: the reader's process and this one have both ends */
	uint64_t queued, backlog;             /* of a listener: connections that wait, and how many may */
	uint64_t value;                       /* of a semaphore */
	uint64_t messages, bytes, room_bytes; /* of a message queue */
	pid_t server;                         /* through which the backend was found; 0: not a backend */
	struct backend backend;
	bool titled; /* its title says more than its name */
	bool held;   /* object is the file that it has a lock of, and the waiter's call does not name it */
	int only_fd; /* + 1: the object is this descriptor of the process; 0: whatever has its link */
	char object[OPEN_LINK]; /* what is waited for, as links of descriptors say it; "": nothing such */
};

#define SOCKET_LISTS 8

/* What was read in this run, for all of its waiters. */
struct links {
	struct targets *targets;
	struct probes *probes;
	bool passes;             /* the probes can pass over the threads of any process, as a snapshot's */
	struct open_files *open; /* NULL: not needed so far */
	uint64_t open_ns, open_cost_ns;
	struct {
		uint64_t namespace; /* of the network */
		struct socket_ends *ends;
	} sockets[SOCKET_LISTS]; /* of this run */
	size_t socket_lists;
	uint64_t until_ns;             /* of this run: CPU time of this thread */
	struct server_program program; /* of the last database server */
	struct seen *seen;             /* by top: what was found blocked at earlier looks */
	size_t seen_count;
};

bool links__in_time(const struct links *l);
void links__forget_sockets(struct links *l);
/* Who has what open; read anew when it is old. */
const struct open_files *links__open(struct links *l);

/* Whether what w reads from it may be work that is given to it: it is w's own process or one that w's
 * descends from, or it shares a pipe with it, as make does with all jobs. A child or a server gives an
 * answer. */
bool link_gives(const struct waiter *w, const struct step *s);
/* False: nobody that is known. */
bool link_step__find(struct links *l, const struct waiter *w, struct step *ret);
/* The thread stands in a wait for a lock of PostgreSQL. */
bool links__in_database_lock(const struct sample_thread *t);
/* The thread naps in SQLite until it may lock a database. */
bool links__in_sqlite_lock(const struct sample_thread *t);
bool link_step__sqlite(const struct waiter *w, struct step *ret);
/* By what it waits for. */
bool link_step__owner(const struct waiter *w, struct step *ret);
bool link_step__file_lock(struct links *l, const struct waiter *w, struct step *ret);
bool link_step__file_locker(const struct waiter *w, struct step *ret);
bool link_step__child(const struct waiter *w, struct step *ret);
bool link_step__database(struct links *l, const struct waiter *w, struct step *ret);
bool link_step__pipe(struct links *l, const struct waiter *w, bool writes, struct step *ret);
bool link_step__terminal(struct links *l, const struct waiter *w, bool writes, struct step *ret);
/* A semaphore or message queue of System V. */
bool link_step__ipc(const struct waiter *w, struct step *ret);
/* A call that finds or uses a file. */
bool link_step__file(struct links *l, const struct waiter *w, struct step *ret);
bool link_step__socket(struct links *l, const struct waiter *w, struct step *ret);

/* What the process of a step does: the thread that it has in the call that matters, or its only one, or the
 * main one. Texts are in a. ret_look: of that thread. */
void link_look(struct arena *a, const struct step *s, struct sample_link *ret, struct task_look *ret_look);

#endif
