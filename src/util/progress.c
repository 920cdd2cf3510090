// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/progress.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

static struct shared {
	atomic_int pid, command;
	atomic_bool idle;
} * shared;

bool progress__share(void)
{
	void *at = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	shared = at == MAP_FAILED ? NULL : at;
	return shared;
}

void progress__on(pid_t pid)
{
	if (shared)
		atomic_store_explicit(&shared->pid, pid, memory_order_relaxed);
}

pid_t progress__pid(void)
{
	return shared ? atomic_load_explicit(&shared->pid, memory_order_relaxed) : 0;
}

void progress__command(pid_t pid)
{
	if (shared)
		atomic_store_explicit(&shared->command, pid, memory_order_relaxed);
}

pid_t progress__of_command(void)
{
	return shared ? atomic_load_explicit(&shared->command, memory_order_relaxed) : 0;
}

void progress__idle(bool idle)
{
	if (shared)
		atomic_store_explicit(&shared->idle, idle, memory_order_relaxed);
	progress__on(0);
}

bool progress__is_idle(void)
{
	return shared && atomic_load_explicit(&shared->idle, memory_order_relaxed);
}
