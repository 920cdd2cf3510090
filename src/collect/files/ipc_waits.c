// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/ipc_waits.h"

#include <inttypes.h>
#include <string.h>
#include <sys/syscall.h>

#include "util/append.h"

#define OPERATIONS SYSV_SEMAPHORES /* of a call: of more, which one blocks is not looked for */

static bool on_semaphores(long syscall)
{
	return syscall == SYS_semop || syscall == SYS_semtimedop;
}

static bool on_queue(long syscall)
{
	return syscall == SYS_msgsnd || syscall == SYS_msgrcv;
}

bool ipc_wait__is(long syscall)
{
	return on_semaphores(syscall) || on_queue(syscall);
}

static void put_key(char *dst, size_t size, size_t *used, uint32_t key)
{
	if (key)
		append(dst, size, used, ", key 0x%" PRIx32, key);
}

/* The semaphores that the operations name, each once. */
static size_t list_of(const struct sembuf *ops, size_t op_count, struct sysv_semaphore *list)
{
	size_t count = 0;

	for (size_t i = 0; i < op_count; i++) {
		bool listed = false;

		for (size_t k = 0; k < count && !listed; k++)
			listed = list[k].number == ops[i].sem_num;
		if (!listed)
			list[count++] = (struct sysv_semaphore){.number = ops[i].sem_num};
	}
	return count;
}

static bool read_semaphores(const struct process *p, const uint64_t *args, struct ipc_wait *ret)
{
	struct sembuf ops[OPERATIONS];
	struct sysv_semaphore list[OPERATIONS];
	size_t op_count = args[2] < OPERATIONS ? args[2] : OPERATIONS, count, at = SIZE_MAX, used = 0;
	int id = (int)args[0];
	bool have;

	if (!op_count ||
	    process__read(p, args[1], ops, op_count * sizeof(*ops)) != (ssize_t)(op_count * sizeof(*ops)))
		return false;
	count = list_of(ops, op_count, list);
	have = !sysv_set__read(process__pid(p), id, &ret->set, list, count);
	if (have)
		at = sysv_operations__blocking(ops, op_count, list, count);
	ret->known = at != SIZE_MAX;
	if (ret->known) {
		ret->lock = sysv_operations__lock(ops, op_count, at);
		for (size_t i = 0; i < count; i++)
			if (list[i].number == ops[at].sem_num)
				ret->semaphore = list[i];
	} else if (args[2] == 1) {
		at = 0;
	}
	if (at == SIZE_MAX)
		append(ret->object, sizeof(ret->object), &used, "semaphore set %d", id);
	else
		append(ret->object, sizeof(ret->object), &used, "semaphore %u of set %d",
		       (unsigned)ops[at].sem_num, id);
	if (have)
		put_key(ret->object, sizeof(ret->object), &used, ret->set.key);
	return true;
}

/* A message of that size does not fit, or there are as many of 0 bytes (ipc/msg.c: msg_fits_inqueue). */
static bool is_full(const struct sysv_queue *q, uint64_t bytes)
{
	return bytes > q->room_bytes || q->bytes > q->room_bytes - bytes || q->messages >= q->room_bytes;
}

static bool read_queue(const struct process *p, long syscall, const uint64_t *args, struct ipc_wait *ret)
{
	size_t used = 0;
	bool have = !sysv_queue__read(process__pid(p), (int)args[0], &ret->queue);

	ret->known = have && (syscall != SYS_msgsnd || is_full(&ret->queue, args[2]));
	append(ret->object, sizeof(ret->object), &used, "message queue %d", (int)args[0]);
	if (have)
		put_key(ret->object, sizeof(ret->object), &used, ret->queue.key);
	return true;
}

bool ipc_wait__read(const struct process *p, long syscall, const uint64_t *args, struct ipc_wait *ret)
{
	*ret = (struct ipc_wait){0};
	if (on_semaphores(syscall))
		return read_semaphores(p, args, ret);
	return on_queue(syscall) && read_queue(p, syscall, args, ret);
}

void ipc_waits__name(struct targets *targets, struct sample *s)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		bool wanted = t->blocked && !t->path && ipc_wait__is(t->syscall);
		const struct target *target = wanted ? targets__get(targets, t->pid) : NULL;
		struct ipc_wait w;

		if (target && ipc_wait__read(target->process, t->syscall, t->args, &w))
			t->path = arena__string(&s->arena, w.object);
	}
}
