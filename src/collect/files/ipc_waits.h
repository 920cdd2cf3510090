/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semaphores and message queues of System V that threads wait at. */
#ifndef TS_COLLECT_FILES_IPC_WAITS_H
#define TS_COLLECT_FILES_IPC_WAITS_H

#include "collect/targets/targets.h"
#include "facts/sample.h"
#include "target/sysv_ipc.h"

/* What a call on one of them waits at. */
struct ipc_wait {
	char object[80]; /* "semaphore 0 of set 3, key 0x51ab", "message queue 5" */
	bool known;      /* the rest: it could be read, and the call waits as it says */
	struct sysv_set set;
	struct sysv_semaphore semaphore;
	bool lock; /* the operation is that of a lock */
	struct sysv_queue queue;
};

bool ipc_wait__is(long syscall);
/* args: of the system call. False: it is not such a call, or its operations could not be read. */
bool ipc_wait__read(const struct process *p, long syscall, const uint64_t *args, struct ipc_wait *ret);
/* Fills path of the threads that are blocked in such a call. */
void ipc_waits__name(struct targets *targets, struct sample *s);

#endif
