/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that system calls are on, by their arguments: a path in the target's memory, a descriptor. */
#ifndef TS_COLLECT_FILES_CALL_FILES_H
#define TS_COLLECT_FILES_CALL_FILES_H

#include "collect/targets/targets.h"
#include "facts/sample.h"

/* A call that finds or uses a file and waits for nothing but its file system, or the other end of a FIFO.
 */
bool call_file__is(long syscall);
/* The text at an address of the target, up to its NUL; to be freed. NULL: unreadable, or longer than a path
 * may be. Whatever its bytes are: views escape them. */
char *call_file__text(const struct process *p, uint64_t address);
/*
 * The file of a thread's call as its process sees it, to be freed: a relative path behind that of its folder,
 * which /proc has; nothing is looked up. NULL: not known.
 */
char *call_file__path(const struct process *p, const struct sample_thread *t);
/* Whether the call, which is blocked, opens a FIFO; path of t is set. The kernel has that cached while it
 * does. */
enum fifo_open call_file__opens_fifo(const struct process *p, const struct sample_thread *t);
/*
 * Fills path of threads that are blocked in such a call and have none, and whether the call opens a FIFO.
 */
void call_files__name(struct targets *targets, struct sample *s);

#endif
