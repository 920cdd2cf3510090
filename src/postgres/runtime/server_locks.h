/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which backend of a PostgreSQL server holds the lock that another one waits for: a row, a table, an advisory
 * lock. The server keeps such locks in memory that all of its processes share, at one address, so that of a
 * single backend is enough to follow a whole chain. Nothing asks the server. Layouts: PostgreSQL 13 to 18,
 * src/include/storage/proc.h and lock.h.
 */
#ifndef TS_POSTGRES_RUNTIME_SERVER_LOCKS_H
#define TS_POSTGRES_RUNTIME_SERVER_LOCKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "target/process.h"

/* What was found in the last server's program, for all of its processes. Begins as {0}; owns nothing. */
struct server_program {
	uint64_t inode;
	uint32_t dev_major, dev_minor;
	uint64_t record; /* where MyProc is, from the beginning of the file; 0: it has none */
};

/* A backend, by its record (PGPROC) in the shared memory. */
struct backend {
	uint64_t record;
	unsigned layout; /* of the record, found by that of the first backend */
};

/* The backend that a process is. -ENOENT: its program is not PostgreSQL's; -ENODATA: it waits for no lock; or
 * -EAGAIN: the record changed meanwhile, or is of an unknown layout. */
int server_locks__backend(struct server_program *program, const struct process *p,
			  const struct mappings *maps, struct backend *ret);

/* Why a backend does not get its lock. */
struct lock_blocker {
	struct backend backend;
	bool holds;   /* false: it waits itself, ahead in the queue, for a mode that excludes the waiter's */
	pid_t ns_pid; /* in the server's PID namespace; 0: a prepared transaction, which is no process */
	uint64_t count; /* how many backends block it in the same way */
};

/* p: any process of the server. 0; -ENODATA: the backend waits for no lock; -EAGAIN: it changed meanwhile. */
int server_locks__blocker(const struct process *p, const struct backend *waiter, struct lock_blocker *ret);

#endif
