// SPDX-License-Identifier: GPL-2.0-or-later
/* TIDs as a process knows them in its own PID namespace. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/process_private.h"
#include "target/task_look.h"

#define CHILDREN_MAX 1024

/* The last number behind NSpid: that in the innermost namespace. 0: no such thread. */
static pid_t innermost(int tasks, pid_t tid)
{
	char name[64], text[4096], *line;
	pid_t id = 0;

	snprintf(name, sizeof(name), "%d/status", (int)tid);
	if (read_short(tasks, name, text, sizeof(text)) <= 0)
		return 0;
	line = strstr(text, "\nNSpid:");
	if (!line)
		return tid; /* a kernel without PID namespaces */
	line += strlen("\nNSpid:");
	line[strcspn(line, "\n")] = '\0';
	for (char *word = strtok_r(line, " \t", &line); word; word = strtok_r(NULL, " \t", &line))
		id = atoi(word);
	return id;
}

static pid_t search(int tasks, pid_t ns_tid)
{
	int copy = dup(tasks);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *e;
	pid_t found = 0;

	while (d && !found && (e = readdir(d))) {
		pid_t tid = atoi(e->d_name);

		if (tid > 0 && innermost(tasks, tid) == ns_tid)
			found = tid;
	}
	if (d)
		closedir(d);
	else if (copy >= 0)
		close(copy);
	return found;
}

pid_t process__own_thread(const struct process *p, pid_t ns_tid)
{
	int tasks = openat(p->dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t found = 0;

	if (tasks < 0)
		return 0;
	if (innermost(tasks, ns_tid) == ns_tid)
		found = ns_tid;
	else if (p->ns_pid != p->pid)
		found = search(tasks, ns_tid);
	close(tasks);
	return found;
}

pid_t child_by_number(pid_t parent, pid_t ns_pid)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t list[CHILDREN_MAX], found = 0;
	size_t count = proc < 0 ? 0 : process_children(parent, list, CHILDREN_MAX);

	for (size_t i = 0; i < count && !found; i++)
		if (innermost(proc, list[i]) == ns_pid)
			found = list[i];
	if (proc >= 0)
		close(proc);
	return found;
}
