/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record per process, by PID: memory of one size, initially zeroed. */
#ifndef TS_UTIL_PID_TABLE_H
#define TS_UTIL_PID_TABLE_H

#include <stddef.h>
#include <sys/types.h>

struct pid_table;

/* end: frees what a piece owns, not the piece; NULL: it owns nothing. */
struct pid_table *pid_table__new(size_t size, void (*end)(void *piece));
/* The process's record, created if missing; it stays at its address until it is removed. */
void *pid_table__at(struct pid_table *t, pid_t pid);
void pid_table__forget(struct pid_table *t, pid_t pid);
void pid_table__free(struct pid_table *t);

#endif
