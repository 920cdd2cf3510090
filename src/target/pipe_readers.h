/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process at the other end of a pipe. */
#ifndef TS_TARGET_PIPE_READERS_H
#define TS_TARGET_PIPE_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pipe_reader {
	const char *path; /* as /proc/PID/fd shows it: "pipe:[123]", or a FIFO's path */
	pid_t writer;     /* excluded */
	pid_t pid;        /* found: a process that has it open for reading; 0: none, or not readable */
	/* It also has the write end open, and no process has only the read end: servers that start a program
	 * for their log keep both ends, to restart it. */
	bool writes_too;
	char fd[16];   /* its descriptor */
	size_t others; /* further processes that are equally likely readers */
	char comm[32];
};

/* Reads the descriptors of every process once, for the whole list, which is zero except for path and writer.
 * Reads only /proc. */
void pipe_readers__find(struct pipe_reader *list, size_t count);
/* Whether the found process still has the pipe as that descriptor. */
bool pipe_reader__still(const struct pipe_reader *r);

#endif
