/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way to open files for symbols that a target can name: only regular files of an ordinary file
 * system, no larger than asked for, and in bounded time. Opening, reading and closing a file of an
 * unresponsive file server block until SIGKILL, so a helper process does that, which is given up if it takes
 * too long.
 */
#ifndef TS_TARGET_BOUNDED_OPEN_H
#define TS_TARGET_BOUNDED_OPEN_H

#include "target/mappings.h"
#include "target/process_private.h"

/*
 * Finds the file: an O_PATH descriptor, which has no effect on it, or a negative errno. Called in the
 * helper. p has only live_dir (-1: there is no process), m is a copy.
 */
typedef int finder(const struct process *p, const struct mapping *m);

/*
 * Opens what find finds; p may be NULL. 0 or a negative errno. -EINVAL: not a regular file. -EACCES: its file
 * system is not among those of file_systems.h. -EFBIG: larger than bytes_max. -ETIMEDOUT: no response in
 * time, or too many other files without one.
 */
int bounded__open(finder *find, const struct process *p, const struct mapping *m, uint64_t bytes_max,
		  struct found_file *ret);
/* The same and bounded__contents. A descriptor or a negative errno. */
int bounded__open_whole(finder *find, const struct process *p, const struct mapping *m, uint64_t bytes_max);
/*
 * A descriptor to read the file with, which never blocks for long: its own, or a copy in memory if it is
 * served, of the first bytes alone if head_bytes is not 0. Takes f->fd. A descriptor or a negative errno.
 */
int bounded__contents(struct found_file *f, uint64_t head_bytes);
/*
 * As read_whole, of a file of /proc of p that waits for the lock of its memory (maps, cmdline), which is held
 * for as long as a server or a handler of page faults does not answer. -ETIMEDOUT: it did not in time.
 */
int bounded__text(const struct process *p, const char *name, size_t max, char **ret, size_t *ret_len);
/* Only its first bytes. Their number or a negative errno. */
ssize_t bounded__head(const struct process *p, const char *name, char *dst, size_t size);
/* Whether a file server has failed to answer: from then on memory that is not present must not be read,
 * because that may ask the same server. */
bool files_unanswered(void);

#endif
