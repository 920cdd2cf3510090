/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command started under observation: forked, held at a gate until all probes are attached, then released.
 */
#ifndef TS_CLI_CHILD_H
#define TS_CLI_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Forks; the child waits at the gate. outputs: for its standard output and error, which stay the caller's;
 * -1: as ours. 0 or a negative errno. */
int child__prepare(char **argv, const int outputs[2], pid_t *ret_pid, int *ret_gate);
/* Lets the child execute the command. A negative errno if exec fails; the child has then ended. */
int child__release(int *gate, pid_t pid);
/* Ends a child that was not released. */
void child__abandon(int *gate, pid_t pid, bool ended);
/* As a shell reports it: the status, or 128 + signal. */
int child__exit_status(int wait_status);

#endif
