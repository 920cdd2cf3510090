/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of this process that answers requests and ends with it. */
#ifndef TS_TARGET_HELPER_PROCESS_H
#define TS_TARGET_HELPER_PROCESS_H

#include <sys/types.h>

#define HELPER_SOCKET 3 /* its end of the socket: a descriptor of its own, the only one it has */

/*
 * The copy runs serve(), which reads messages from HELPER_SOCKET and must not return. Its standard input,
 * output and error lead nowhere. SIGKILL ends it when this process ends. Returns its PID, and in ret_fd the
 * other end of the socket (SOCK_SEQPACKET, closed on exec), which the caller closes; or -errno.
 */
pid_t helper_process__start(void (*serve)(void), int *ret_fd);

#endif
