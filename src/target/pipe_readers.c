// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/pipe_readers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/process_private.h"
#include "util/heap.h"

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

/* The ends of a pipe that one process has. */
struct ends {
	char fd[16]; /* to read from; "": none */
	bool writes; /* the write end, too */
};

/* O_RDONLY, O_WRONLY, O_RDWR; -1: not known. */
static int access_mode(int process_dir, const char *fd)
{
	char name[280], info[1024];
	uint64_t flags;

	snprintf(name, sizeof(name), "fdinfo/%.200s", fd);
	if (read_short(process_dir, name, info, sizeof(info)) <= 0 ||
	    !status__number(info, "flags", 8, &flags))
		return -1;
	return (int)(flags & O_ACCMODE);
}

static void look_at(const struct pipe_reader *list, size_t count, struct ends *ends, int process_dir,
		    const char *fd)
{
	char name[280], link[512];
	ssize_t n;

	snprintf(name, sizeof(name), "fd/%.200s", fd);
	n = readlinkat(process_dir, name, link, sizeof(link) - 1);
	if (n <= 0)
		return;
	link[n] = '\0';
	for (size_t i = 0; i < count; i++) {
		int mode = strcmp(list[i].path, link) ? -1 : access_mode(process_dir, fd);

		if ((mode == O_RDONLY || mode == O_RDWR) && !*ends[i].fd)
			snprintf(ends[i].fd, sizeof(ends[i].fd), "%.15s", fd);
		ends[i].writes = ends[i].writes || mode == O_WRONLY || mode == O_RDWR;
	}
}

static void take(struct pipe_reader *r, const struct ends *e, int process_dir, pid_t pid)
{
	char comm[32];
	ssize_t n = read_short(process_dir, "comm", comm, sizeof(comm));

	r->pid = pid;
	r->writes_too = e->writes;
	r->others = 0;
	memcpy(r->fd, e->fd, sizeof(r->fd));
	comm[n > 0 ? strcspn(comm, "\n") : 0] = '\0';
	snprintf(r->comm, sizeof(r->comm), "%.31s", comm);
}

static void settle(struct pipe_reader *r, const struct ends *e, int process_dir, pid_t pid)
{
	if (!*e->fd || pid == r->writer)
		return;
	if (!r->pid || (r->writes_too && !e->writes))
		take(r, e, process_dir, pid);
	else if (r->writes_too == e->writes)
		r->others++;
}

static void look_at_process(struct pipe_reader *list, size_t count, struct ends *ends, DIR *proc,
			    const char *pid)
{
	int dir = openat(dirfd(proc), pid, O_PATH | O_DIRECTORY | O_CLOEXEC), fds;
	const struct dirent *e;
	DIR *d;

	if (dir < 0)
		return;
	memset(ends, 0, count * sizeof(*ends));
	fds = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fds >= 0 ? fdopendir(fds) : NULL;
	if (!d && fds >= 0)
		close(fds);
	while (d && (e = readdir(d)))
		if (is_number(e->d_name))
			look_at(list, count, ends, dir, e->d_name);
	for (size_t i = 0; d && i < count; i++)
		settle(&list[i], &ends[i], dir, (pid_t)strtol(pid, NULL, 10));
	if (d)
		closedir(d);
	close(dir);
}

void pipe_readers__find(struct pipe_reader *list, size_t count)
{
	struct ends *ends = HEAP_NEW(struct ends, count + 1);
	DIR *proc = opendir("/proc");
	const struct dirent *e;

	while (proc && (e = readdir(proc)))
		if (is_number(e->d_name))
			look_at_process(list, count, ends, proc, e->d_name);
	if (proc)
		closedir(proc);
	free(ends);
}

bool pipe_reader__still(const struct pipe_reader *r)
{
	char name[64], link[512];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/%d/fd/%s", (int)r->pid, r->fd);
	n = readlink(name, link, sizeof(link) - 1);
	if (n <= 0)
		return false;
	link[n] = '\0';
	return !strcmp(link, r->path);
}
