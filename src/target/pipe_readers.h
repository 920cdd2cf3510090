/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has the other end of a pipe. */
#ifndef TS_TARGET_PIPE_READERS_H
#define TS_TARGET_PIPE_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pipe_reader {
	const char *path; /* as /proc/PID/fd shows it: "pipe:[123]", or a FIFO's path */
	pid_t writer;     /* not asked for */
	pid_t pid; /* found: a process that has it open for reading; 0: none, or it may not be looked at */
	/* It has the pipe open for writing as well, and nobody has it for reading alone: servers that start a
	 * program for their log keep both ends, to start it again. */
	bool writes_too;
	char fd[16];   /* its descriptor */
	size_t others; /* more processes that are as likely to read it */
	char comm[32];
};

/* Goes through the descriptors of every process once, for all of the list, which is zero but for path and
 * writer. Reads /proc only. */
void pipe_readers__find(struct pipe_reader *list, size_t count);
/* Does the process that was found still have the pipe as that descriptor? */
bool pipe_reader__still(const struct pipe_reader *r);

#endif
