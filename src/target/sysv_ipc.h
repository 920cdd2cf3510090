/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Semaphores and message queues of System V, as the kernel has them, in the IPC namespace of the process that
 * uses them. Nothing is changed.
 */
#ifndef TS_TARGET_SYSV_IPC_H
#define TS_TARGET_SYSV_IPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sem.h>
#include <sys/types.h>

#define SYSV_SEMAPHORES 64 /* at most, of one question */

struct sysv_set {
	uint32_t key;   /* 0: IPC_PRIVATE */
	int64_t used_s; /* when an operation on the set last succeeded, CLOCK_REALTIME; 0: none so far */
	int64_t last_s; /* the same, or when it was last set by semctl */
	uint64_t count; /* of its semaphores */
};

struct sysv_semaphore {
	unsigned number; /* in its set */
	int value;
	pid_t last; /* the process whose operation on it last succeeded, in threadscope's PID namespace; 0:
		     * none, or not visible there */
};

/* Fills the semaphores of the list, whose numbers are set, at most SYSV_SEMAPHORES. 0 or a negative errno:
 * -EACCES, -EINVAL (it does not exist), -EPERM (another namespace, which may not be entered), -ETIMEDOUT. */
int sysv_set__read(pid_t of, int id, struct sysv_set *ret, struct sysv_semaphore *list, size_t count);

struct sysv_queue {
	uint32_t key;
	uint64_t messages, bytes, room_bytes;
	pid_t receiver;     /* as above: the process that received last */
	int64_t received_s; /* when; 0: never */
};
int sysv_queue__read(pid_t of, int id, struct sysv_queue *ret);

/* The same in the namespace that this thread is in. */
int sysv_set__here(int id, struct sysv_set *ret, struct sysv_semaphore *list, size_t count);
int sysv_queue__here(int id, struct sysv_queue *ret);

/*
 * Which of the operations keeps the others from being done, as the kernel looks at them: one after the other.
 * list: the values of all semaphores that they name. SIZE_MAX: none, or it names another one. Pure.
 */
size_t sysv_operations__blocking(const struct sembuf *ops, size_t op_count, const struct sysv_semaphore *list,
				 size_t count);
/*
 * Whether that operation takes a lock: what it changes is undone at the end of its process (SEM_UNDO), which
 * nobody wants of a signal to another process. Pure.
 */
bool sysv_operations__lock(const struct sembuf *ops, size_t op_count, size_t blocking);

#endif
