/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of files (flock, fcntl, leases): who holds the one that a thread waits for. */
#ifndef TS_TARGET_FILE_LOCKS_H
#define TS_TARGET_FILE_LOCKS_H

#include "target/open_files.h"

enum file_lock_kind {
	FILE_LOCK_FLOCK,
	FILE_LOCK_RECORD,      /* of a process, by fcntl and lockf */
	FILE_LOCK_DESCRIPTION, /* of an open file, by fcntl */
};

/* A line of /proc/locks. */
struct file_lock_line {
	unsigned long long id, inode;
	bool waits;
	char type[16];
	bool writes;
	long pid;                      /* -1: of an open file; 0: of a process that threadscope cannot see */
	unsigned long long start, end; /* bytes; ULLONG_MAX: the end of the file */
};
bool file_lock__parse(const char *text, struct file_lock_line *ret);
/* The list; free it. NULL: not readable. ret_cut: it is longer than its bound. */
char *file_locks__read(bool *ret_cut);

struct file_lock_wait {
	pid_t pid; /* of the waiter, in threadscope's PID namespace */
	int fd;
	enum file_lock_kind kind;
};

struct file_lock_holder {
	pid_t pid;  /* 0: none is known by its PID: an open file holds it, or a process of elsewhere */
	bool found; /* a lock that makes this thread wait is in the list, and no second one may be it */
};

/*
 * From /proc/locks: who holds what this thread waits for. A list that is longer than can be read in its bound
 * of bytes and time has no answer. A lock of an open file (flock, OFD) has the PID of the process that took
 * it, which may have ended since: its descriptor may be another's, too.
 */
struct file_lock_holder file_lock__holder(const struct file_lock_wait *w);
/* The same from its text; inode: of the file, 0 if it is not known. Changes text. */
struct file_lock_holder file_lock__holder_in(char *text, const struct file_lock_wait *w, uint64_t inode);
/*
 * Who has the lease of a file that a process is to wait for, as one of its threads opens or truncates that
 * file. inode: as above. Of several leases the first one is named.
 */
struct file_lock_holder file_lease__holder(pid_t waiter, uint64_t inode);
struct file_lock_holder file_lease__holder_in(char *text, pid_t waiter, uint64_t inode);
/* Whether this descriptor holds a lock of that kind, or one that excludes it, on its file. */
bool open_end__holds_lock(struct open_end e, enum file_lock_kind kind);
/* 0: not known. Without a question to a file server. */
uint64_t open_end__inode(struct open_end e);

#endif
