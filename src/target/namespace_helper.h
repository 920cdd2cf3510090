/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process ("ts-namespaces") that may enter network and IPC namespaces (CAP_SYS_ADMIN, CAP_IPC_OWNER), so
 * that the one which reads targets does not have to. It gets an open namespace and a question of a fixed form
 * (namespaces.h), and reads nothing of a process.
 */
#ifndef TS_TARGET_NAMESPACE_HELPER_H
#define TS_TARGET_NAMESPACE_HELPER_H

#include <stdbool.h>
#include <stdint.h>

#include "target/namespaces.h"

/* While this process has CAP_SYS_ADMIN; without it, or at a limit on processes, nothing is started. It ends
 * with this process. */
void namespace_helper__start(void);
/* Of this process. */
bool namespace_helper__runs(void);
/* As namespace__ask. One that does not answer, or has ended, is given up. */
int namespace_helper__ask(int fd, struct namespace_question *q);
/* Its CPU time; of one that was given up, until then. */
uint64_t namespace_helper__cpu_ns(void);

#endif
