/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command started under observation: forked, held at a gate until all is attached, then let go. */
#ifndef TS_CLI_CHILD_H
#define TS_CLI_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Forks; the child waits. 0 or a negative errno. */
int child__prepare(char **argv, pid_t *ret_pid, int *ret_gate);
/* Lets it execute the command. A negative errno if that cannot be executed; the child is gone then. */
int child__release(int *gate, pid_t pid);
/* Ends a child that never was let go. */
void child__abandon(int *gate, pid_t pid, bool ended);
/* As a shell reports it: its status, or 128 + signal. */
int child__exit_status(int wait_status);

#endif
