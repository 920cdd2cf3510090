/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes whose memory or lists gave no answer in time. The first look at a process and the one that
 * follows open it anew: what the first has learned, at the cost of its time, the second knows.
 */
#ifndef TS_TARGET_SILENCE_H
#define TS_TARGET_SILENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SILENT_NS 30000000000ull /* then a process without an answer is asked again */

struct process;

struct silence {
	pid_t pid;
	uint32_t program;     /* that it runs: a hash of its path */
	uint64_t start_ticks; /* which process of that PID */
	uint64_t unanswered;  /* readings without an answer in time */
	uint64_t until_ns;    /* see process__silent */
	bool doubtful;        /* one was of its memory: from then on only pages that are present are read */
};

/* NULL: it has always answered, or others have taken its place. */
const struct silence *silence__find(const struct process *p);
/* Counts a reading without an answer. Valid until the next call. */
struct silence *silence__add(const struct process *p);
/* The process that has this PID now is from now on as one that never answers: nothing of its memory and its
 * lists is read. Counts as a reading without an answer. pid 0: nothing. */
void silence__leave_alone(pid_t pid);

#endif
