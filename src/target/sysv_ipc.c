// SPDX-License-Identifier: GPL-2.0-or-later
/* What is reported of them is in the kernel's ipc/sem.c and ipc/msg.c. */
#include "target/sysv_ipc.h"

#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "target/namespaces.h"

#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13 /* Linux 4.17: without the right to read the queue */
#endif
#define INDEX_MASK 0x7fff /* of an identifier, the place in the kernel's list: IPCMNI */

/* What semctl takes as its fourth argument. */
union semctl_argument {
	int value;
	struct semid_ds *set;
	unsigned short *values;
};

int sysv_set__here(int id, struct sysv_set *ret, struct sysv_semaphore *list, size_t count)
{
	struct semid_ds ds = {0};

	if (semctl(id, 0, IPC_STAT, (union semctl_argument){.set = &ds}) < 0)
		return -errno;
	*ret = (struct sysv_set){.key = (uint32_t)ds.sem_perm.__key,
				 .used_s = ds.sem_otime,
				 .last_s = ds.sem_otime > ds.sem_ctime ? ds.sem_otime : ds.sem_ctime,
				 .count = ds.sem_nsems};
	for (size_t i = 0; i < count; i++) {
		struct sysv_semaphore *s = &list[i];

		s->value = semctl(id, (int)s->number, GETVAL);
		if (s->value < 0)
			return -errno;
		s->last = semctl(id, (int)s->number, GETPID);
		if (s->last < 0)
			return -errno;
	}
	return 0;
}

int sysv_queue__here(int id, struct sysv_queue *ret)
{
	struct msqid_ds ds = {0};

	/* By its place in the list, which may be another queue's by now. */
	if (msgctl(id, IPC_STAT, &ds) < 0 &&
	    (errno != EACCES || msgctl(id & INDEX_MASK, MSG_STAT_ANY, &ds) != id))
		return errno ? -errno : -EINVAL;
	*ret = (struct sysv_queue){.key = (uint32_t)ds.msg_perm.__key,
				   .messages = ds.msg_qnum,
				   .bytes = ds.__msg_cbytes,
				   .room_bytes = ds.msg_qbytes,
				   .receiver = ds.msg_lrpid,
				   .received_s = ds.msg_rtime};
	return 0;
}

int sysv_set__read(pid_t of, int id, struct sysv_set *ret, struct sysv_semaphore *list, size_t count)
{
	struct namespace_question q = {.subject = NAMESPACE_SET, .id = id, .count = (uint32_t)count};
	int err;

	if (count > SYSV_SEMAPHORES)
		return -EINVAL;
	memcpy(q.list, list, count * sizeof(*list));
	err = namespace__ask(of, &q);
	if (err)
		return err;
	*ret = q.set;
	memcpy(list, q.list, count * sizeof(*list));
	return 0;
}

int sysv_queue__read(pid_t of, int id, struct sysv_queue *ret)
{
	struct namespace_question q = {.subject = NAMESPACE_QUEUE, .id = id};
	int err = namespace__ask(of, &q);

	if (!err)
		*ret = q.queue;
	return err;
}

/* ---- operations ------------------------------------------------------------------- */

static size_t index_of(const struct sysv_semaphore *list, size_t count, unsigned number)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].number == number)
			return i;
	return SIZE_MAX;
}

size_t sysv_operations__blocking(const struct sembuf *ops, size_t op_count, const struct sysv_semaphore *list,
				 size_t count)
{
	for (size_t i = 0; i < op_count; i++) {
		size_t at = index_of(list, count, ops[i].sem_num);
		int64_t value;

		if (at == SIZE_MAX)
			return SIZE_MAX;
		value = list[at].value;
		for (size_t k = 0; k < i; k++)
			value += ops[k].sem_num == ops[i].sem_num ? ops[k].sem_op : 0;
		if (ops[i].sem_op ? value + ops[i].sem_op < 0 : value != 0)
			return i;
	}
	return SIZE_MAX;
}

bool sysv_operations__lock(const struct sembuf *ops, size_t op_count, size_t blocking)
{
	const struct sembuf *b = &ops[blocking];

	if (b->sem_op < 0)
		return b->sem_flg & SEM_UNDO;
	/* It waits for 0 and then counts up: the other way to make a lock. */
	for (size_t i = blocking + 1; i < op_count; i++)
		if (ops[i].sem_num == b->sem_num)
			return ops[i].sem_op > 0 && (ops[i].sem_flg & SEM_UNDO);
	return false;
}
