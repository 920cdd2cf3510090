/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a process since it was opened, and the list of all processes. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/process_private.h"

pid_t process__pid(const struct process *p)
{
	return p->pid;
}

pid_t process__ns_pid(const struct process *p)
{
	return p->ns_pid;
}

uid_t process__uid(const struct process *p)
{
	return p->uid;
}

enum process_kind process__kind(const struct process *p)
{
	return p->kind;
}

int process__pidfd(const struct process *p)
{
	return p->pidfd;
}

uint64_t process__start_ticks(const struct process *p)
{
	return p->start_ticks;
}

bool process__is_32bit(const struct process *p)
{
	return p->is_32bit;
}

const char *process__comm(const struct process *p)
{
	return p->comm;
}

const char *process__exe(const struct process *p)
{
	return p->exe;
}

bool process__exe_deleted(const struct process *p)
{
	return p->exe_deleted;
}

char *const *process__cmdline(const struct process *p)
{
	return p->cmdline;
}

int processes__each(int (*fn)(pid_t pid, const char *comm, void *arg), void *arg)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int stop = 0;

	if (!d)
		return -errno;
	while (!stop && (e = readdir(d))) {
		char name[300], comm[64];
		pid_t pid = atoi(e->d_name);

		if (pid <= 0)
			continue;
		snprintf(name, sizeof(name), "%s/comm", e->d_name);
		/* Gone meanwhile: not an error. */
		if (read_short(dirfd(d), name, comm, sizeof(comm)) <= 0)
			continue;
		comm[strcspn(comm, "\n")] = '\0';
		stop = fn(pid, comm, arg);
	}
	closedir(d);
	return stop;
}
