/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of a process from the time of opening, and the list of all processes. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/bounded_open.h"
#include "target/process_private.h"
#include "util/clock.h"
#include "util/heap.h"

#define CMDLINE_MAX (4u << 20)
#define ARGS_MAX    65536

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

uint64_t process__ticks_now(void)
{
	return clock_ns(CLOCK_BOOTTIME) / (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
}

bool process__is_32bit(const struct process *p)
{
	return p->is_32bit;
}

const char *process__comm(const struct process *p)
{
	return p->comm;
}

#define CHILDREN_MAX (1u << 20)

size_t process__workers(const struct process *p)
{
	char name[48], comm[64], *text, *save = NULL;
	size_t count = 0, length = strlen(p->comm), len;

	snprintf(name, sizeof(name), "task/%d/children", (int)p->pid);
	if (read_whole(p->live_dir, name, CHILDREN_MAX, &text, &len))
		return 0;
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		snprintf(name, sizeof(name), "/proc/%.20s/comm", word);
		/* a line */
		count += read_short(-1, name, comm, sizeof(comm)) == (ssize_t)length + 1 &&
			 !memcmp(comm, p->comm, length);
	}
	free(text);
	return count;
}

const char *process__exe(const struct process *p)
{
	return p->exe;
}

bool process__exe_deleted(const struct process *p)
{
	return p->exe_deleted;
}

/* Read when it is asked for: that may wait for the process, see bounded__text. */
static void read_cmdline(struct process *p)
{
	size_t len = 0, count = 0, i = 0;

	if (bounded__text(p, "cmdline", CMDLINE_MAX, &p->cmdline_text, &len))
		len = 0;
	for (size_t at = 0; at < len && count < ARGS_MAX; at += strlen(p->cmdline_text + at) + 1)
		count++;
	p->cmdline = HEAP_NEW(char *, count + 1);
	for (size_t at = 0; at < len && i < count; at += strlen(p->cmdline_text + at) + 1)
		p->cmdline[i++] = p->cmdline_text + at;
}

char *const *process__cmdline(const struct process *p)
{
	if (!p->cmdline)
		read_cmdline((struct process *)p);
	return p->cmdline;
}

int process__thread_cpu(const struct process *p, pid_t tid)
{
	char name[64], text[1024];
	const char *field;

	snprintf(name, sizeof(name), "task/%d/stat", (int)tid);
	if (read_short(p->dir, name, text, sizeof(text)) <= 0)
		return -ESRCH;
	field = strrchr(text, ')'); /* a name may contain any byte */
	if (!field || strncmp(field, ") R ", 4))
		return -EAGAIN;
	/* fs/proc/array.c, do_task_stat: from the state, field 3, to the processor, field 39 */
	for (int i = 2; field && i < 39; i++)
		field = strchr(field + 1, ' ');
	return field ? atoi(field) : -EINVAL;
}

const char *task__name(pid_t tid, char name[TASK_NAME])
{
	char path[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)tid);
	n = read_short(-1, path, name, TASK_NAME);
	name[n > 0 ? n - 1 : 0] = '\0'; /* without its trailing newline */
	return name;
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
		/* Ended meanwhile: not an error. */
		if (read_short(dirfd(d), name, comm, sizeof(comm)) <= 0)
			continue;
		comm[strcspn(comm, "\n")] = '\0';
		stop = fn(pid, comm, arg);
	}
	closedir(d);
	return stop;
}
