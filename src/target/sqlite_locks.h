/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who holds the lock of an SQLite database for which a thread naps: SQLite tries again and again, so the
 * kernel has no waiter. The locks are records of bytes that no data is read from; which bytes mean what is
 * part of SQLite's file format (os_unix.c: PENDING_BYTE, RESERVED_BYTE, SHARED_FIRST; wal.c: WAL_WRITE_LOCK
 * and those after it, at offset 120 of the file whose name ends with "-shm").
 */
#ifndef TS_TARGET_SQLITE_LOCKS_H
#define TS_TARGET_SQLITE_LOCKS_H

#include "target/open_files.h"

struct sqlite_holder {
	pid_t pid; /* in threadscope's PID namespace; the waiter's own: which of its connections is not known
		    */
	size_t more;          /* other processes that hold a lock of it which makes the waiter wait */
	char path[OPEN_LINK]; /* of the database, as the waiter sees it */
};

/* False: not known, also if more than one database that the waiter has open is locked. */
bool sqlite_lock__holder(pid_t waiter, struct sqlite_holder *ret);

/* ---- for tests -------------------------------------------------------------------- */

#define SQLITE_FILES 64
/* A file that the waiter has open. */
struct sqlite_file {
	uint64_t inode;
	bool index; /* the shared memory of a write-ahead log */
};
/* By the text of /proc/locks, which it changes. Returns the number of the file that is locked; count: none,
 * or more than one. */
size_t sqlite_lock__holder_in(char *text, pid_t waiter, const struct sqlite_file *files, size_t count,
			      struct sqlite_holder *ret);

#endif
