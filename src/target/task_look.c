// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/task_look.h"

#include <dirent.h>
#include <errno.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target/process_private.h"
#include "util/text.h"

#define STATUS_BYTES 8192
#define INNER_FRAMES 4

static ssize_t read_of(pid_t tid, const char *file, char *buf, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)tid, file);
	return read_short(-1, path, buf, size);
}

static uint64_t number_of(const char *status, const char *key)
{
	uint64_t value;

	return status__number(status, key, 10, &value) ? value : 0;
}

/* "State:	S (sleeping)"; the name, which may hold anything, stands before it in one escaped line. */
static char state_in(const char *status)
{
	const char *at = strstr(status, "\nState:");

	at = at ? at + strlen("\nState:") : "";
	at += strspn(at, " \t");
	return *at > ' ' && *at < 127 ? *at : '?';
}

/* "202 0x7f.. 0x80 ... SP PC"; "running"; "-1 SP PC" outside a call. A program of 32 bits has other numbers,
 * and its stack below 4 GiB. */
static void read_call(pid_t tid, struct task_look *l)
{
	unsigned long long a[8];
	char text[512];
	long nr;

	l->syscall = -1;
	if (read_of(tid, "syscall", text, sizeof(text)) <= 0 ||
	    sscanf(text, "%ld %llx %llx %llx %llx %llx %llx %llx %llx", &nr, &a[0], &a[1], &a[2], &a[3],
		   &a[4], &a[5], &a[6], &a[7]) != 9 ||
	    nr < 0 || a[6] <= UINT32_MAX)
		return;
	l->syscall = nr;
	for (int i = 0; i < 6; i++)
		l->args[i] = a[i];
}

/* By cgroup v2: the file that says it is in the group's own folder. */
static bool is_frozen_by_v2(pid_t tid)
{
	char text[4096], path[4400], *group, *end;

	if (read_of(tid, "cgroup", text, sizeof(text)) <= 0)
		return false;
	group = !strncmp(text, "0::/", 4) ? text + 3 : strstr(text, "\n0::/");
	if (!group)
		return false;
	group += *group == '\n' ? 4 : 0;
	end = strchr(group, '\n');
	if (!end || strstr(group, ".."))
		return false;
	*end = '\0';
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.events", group);
	return read_short(-1, path, text, sizeof(text)) > 0 && strstr(text, "frozen 1");
}

char task__state(pid_t tid)
{
	char text[256];
	const char *end; /* of the name, which may hold anything */

	if (read_of(tid, "stat", text, sizeof(text)) <= 0)
		return '\0';
	end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : '\0';
}

int task__look(pid_t tid, struct task_look *ret)
{
	char status[STATUS_BYTES];
	struct task_look l = {.tid = tid, .syscall = -1};

	if (tid <= 0 || read_of(tid, "status", status, sizeof(status)) <= 0)
		return -ESRCH;
	l.state = state_in(status);
	l.pid = (pid_t)number_of(status, "Tgid");
	l.parent = (pid_t)number_of(status, "PPid");
	l.tracer = (pid_t)number_of(status, "TracerPid");
	l.threads = number_of(status, "Threads");
	l.switches = number_of(status, "voluntary_ctxt_switches") +
		     number_of(status, "nonvoluntary_ctxt_switches");
	task__name(tid, l.name);
	if (l.pid <= 0)
		return -ESRCH;
	if (l.state != 'R' && l.state != 'Z' && l.state != 'X') {
		read_call(tid, &l);
		/* Version 1 has the kernel's refrigerator, in which the state is D. */
		l.frozen = l.state == 'D' ? task__sleeps_in(tid, "__refrigerator") : is_frozen_by_v2(tid);
	}
	*ret = l;
	return 0;
}

size_t process_tasks(pid_t pid, pid_t *ret, size_t max)
{
	const struct dirent *e;
	size_t count = 0;
	char path[48];
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	while (d && count < max && (e = readdir(d)))
		if (atoi(e->d_name) > 0)
			ret[count++] = atoi(e->d_name);
	if (d)
		closedir(d);
	return count;
}

bool process_has_task(pid_t pid, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d", (int)pid, (int)tid);
	return !access(path, F_OK);
}

size_t process_children(pid_t pid, pid_t *ret, size_t max)
{
	pid_t tasks[64];
	size_t count = 0, threads = process_tasks(pid, tasks, sizeof(tasks) / sizeof(*tasks));
	char file[48], text[8192], *save, *word;

	for (size_t i = 0; i < threads; i++) {
		snprintf(file, sizeof(file), "task/%d/children", (int)tasks[i]);
		if (read_of(pid, file, text, sizeof(text)) <= 0)
			continue;
		save = NULL;
		for (word = strtok_r(text, " ", &save); word && count < max;
		     word = strtok_r(NULL, " ", &save))
			if (atoi(word) > 0)
				ret[count++] = atoi(word);
	}
	return count;
}

/* "[<0>] __break_lease+0x58e/0x6e0" */
static bool stack_has(char *stack, const char *function)
{
	char *save = NULL, *line = strtok_r(stack, "\n", &save);

	for (int i = 0; i < INNER_FRAMES && line; i++, line = strtok_r(NULL, "\n", &save)) {
		const char *name = strstr(line, "] ");

		if (name && starts_with(name + 2, function))
			return true;
	}
	return false;
}

bool task__sleeps_in(pid_t tid, const char *function)
{
	char text[2048];

	if (read_of(tid, "wchan", text, sizeof(text)) > 0 && starts_with(text, function))
		return true;
	return read_of(tid, "stack", text, sizeof(text)) > 0 && stack_has(text, function);
}

bool same_pid_namespace(pid_t a, pid_t b)
{
	char path[48], x[64], y[64];
	ssize_t n, m;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)a);
	n = readlink(path, x, sizeof(x));
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)b);
	m = readlink(path, y, sizeof(y));
	return n > 0 && n == m && !memcmp(x, y, (size_t)n);
}

bool same_memory(pid_t a, pid_t b)
{
	return syscall(SYS_kcmp, a, b, KCMP_VM, 0ul, 0ul) == 0;
}
