/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of each process, by PID: a piece of memory of one size, zeroed at first. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct pid_table;

/* end: frees what a piece owns, not the piece. */
struct pid_table *pid_table__new(size_t size, void (*end)(void *piece));
/* The process's piece, made if there is none; it stays where it is until it is forgotten. */
void *pid_table__at(struct pid_table *t, pid_t pid);
void pid_table__forget(struct pid_table *t, pid_t pid);
void pid_table__free(struct pid_table *t);
