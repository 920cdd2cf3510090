// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/progress.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct shared {
	atomic_int of, pid, command;
	atomic_bool idle;
	char file[PROGRESS_FILE];
} * shared;

bool progress__share(void)
{
	void *at = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	shared = at == MAP_FAILED ? NULL : at;
	return shared;
}

void progress__begin(void)
{
	if (!shared)
		return;
	progress__idle(false);
	progress__command(0);
	progress__at(NULL);
	atomic_store_explicit(&shared->of, getpid(), memory_order_relaxed);
}

pid_t progress__of(void)
{
	return shared ? atomic_load_explicit(&shared->of, memory_order_relaxed) : 0;
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

void progress__at(const char *file)
{
	size_t n = file ? strlen(file) : 0;

	if (!shared)
		return;
	if (n >= sizeof(shared->file))
		n = 0;
	if (n)
		memcpy(shared->file, file, n);
	shared->file[n] = '\0';
}

void progress__file(char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", shared ? (int)sizeof(shared->file) : 0, shared ? shared->file : "");
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
