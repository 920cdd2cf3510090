/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The namespaces of a process, which what it names is in. */
#ifndef TS_TARGET_NAMESPACES_H
#define TS_TARGET_NAMESPACES_H

#include <stdint.h>
#include <sys/types.h>

/* The kernel's number of one ("net", "ipc"); 0: not known. */
uint64_t namespace__of(pid_t pid, const char *name);
/*
 * Calls fn in that namespace of the process: where it is not threadscope's own, in a thread that has entered
 * it (CLONE_NEWNET or CLONE_NEWIPC) and ends afterwards. 0; -EPERM: it may not be entered; another negative
 * errno.
 */
int namespace__run(pid_t of, const char *name, int type, void (*fn)(void *arg), void *arg);

#endif
