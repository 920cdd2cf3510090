// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/threads.h"
#include "waits/stall.h"

void thread__find_file_locker(struct sample_thread *s, const struct ts_thread *t)
{
	enum stall_lock lock;

	if (!s->blocked || !(t->inode_tid | t->position_tid))
		return;
	lock = stall__lock(&s->kernel_stack);
	s->of_position = lock == STALL_LOCK_POSITION;
	s->file_locker = (pid_t)(lock == STALL_LOCK_INODE      ? t->inode_tid
				 : lock == STALL_LOCK_POSITION ? t->position_tid
							       : 0);
}
