// SPDX-License-Identifier: GPL-2.0-or-later
/* Who changed a semaphore of System V last, and who receives from a full message queue. */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "collect/files/ipc_waits.h"
#include "collect/links/links_private.h"
#include "util/clock.h"

/* The kernel keeps the number of a process that has ended, which may be another one's by now: one that began
 * after that operation. Where the clock has been set since, it may seem so. */
static bool began_after(pid_t pid, int64_t then_s)
{
	struct process *p = NULL;
	uint64_t ticks, now_ns = clock_ns(CLOCK_BOOTTIME), began_ns;
	bool after;

	if (process__open(pid, &p))
		return false;
	ticks = process__start_ticks(p);
	process__close(p);
	began_ns = ticks * (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
	after = began_ns < now_ns &&
		(int64_t)((clock_ns(CLOCK_REALTIME) - (now_ns - began_ns)) / NS_PER_S) > then_s + 1;
	return after;
}

/* False: it is not known whether it is the same process. */
static bool set_process(struct step *ret, pid_t pid, int64_t then_s)
{
	ret->pid = pid;
	if (process_has_task(pid, pid))
		return !began_after(pid, then_s);
	ret->state = LINK_GONE;
	return true;
}

static bool find_semaphore(const struct ipc_wait *wait, const struct waiter *w, struct step *ret)
{
	bool others = wait->semaphore.last != w->pid;

	/* A consumer takes, and waits for the next one: that it was the last one does not make it the holder.
	 */
	*ret = (struct step){.role = wait->lock && others ? LINK_HOLDS_SEMAPHORE : LINK_CHANGED_SEMAPHORE,
			     .value = (uint64_t)wait->semaphore.value};
	if (!others) {
		ret->pid = w->pid;
		ret->state = LINK_ITSELF;
		return true;
	}
	if (!wait->semaphore.last) {
		ret->role = LINK_CHANGED_SEMAPHORE;
		ret->state = LINK_NOBODY;
		return !wait->set.used_s;
	}
	if (!set_process(ret, wait->semaphore.last, wait->set.last_s))
		return false;
	if (ret->state == LINK_GONE)
		ret->role = LINK_CHANGED_SEMAPHORE;
	return true;
}

static bool find_receiver(const struct ipc_wait *wait, struct step *ret)
{
	*ret = (struct step){.role = LINK_RECEIVES,
			     .messages = wait->queue.messages,
			     .bytes = wait->queue.bytes,
			     .room_bytes = wait->queue.room_bytes};
	if (!wait->queue.receiver) {
		ret->state = LINK_NOBODY;
		return !wait->queue.received_s;
	}
	snprintf(ret->object, sizeof(ret->object), "%s", wait->object);
	return set_process(ret, wait->queue.receiver, wait->queue.received_s);
}

bool link_step__ipc(const struct waiter *w, struct step *ret)
{
	struct process *p = NULL;
	struct ipc_wait wait = {0};

	if (!process__open(w->pid, &p))
		ipc_wait__read(p, w->syscall, w->args, &wait);
	process__close(p);
	if (!wait.known)
		return false;
	return w->syscall == SYS_msgsnd ? find_receiver(&wait, ret) : find_semaphore(&wait, w, ret);
}
