// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/readers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/process_private.h"

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

/* O_RDONLY or O_RDWR. */
static bool reads(int process_dir, const char *fd)
{
	char name[280], info[1024];
	uint64_t flags;

	snprintf(name, sizeof(name), "fdinfo/%.200s", fd);
	return read_short(process_dir, name, info, sizeof(info)) > 0 &&
	       status__number(info, "flags", 8, &flags) && (flags & O_ACCMODE) != O_WRONLY;
}

static void look_at(struct pipe_reader *list, size_t count, int process_dir, pid_t pid, const char *fd)
{
	char name[280], link[512], comm[32];
	ssize_t n;

	snprintf(name, sizeof(name), "fd/%.200s", fd);
	n = readlinkat(process_dir, name, link, sizeof(link) - 1);
	if (n <= 0)
		return;
	link[n] = '\0';
	for (size_t i = 0; i < count; i++) {
		struct pipe_reader *r = &list[i];

		if (strcmp(r->path, link) || pid == r->writer || !reads(process_dir, fd))
			continue;
		r->others += r->pid && r->pid != pid;
		if (r->pid)
			continue;
		r->pid = pid;
		snprintf(r->fd, sizeof(r->fd), "%.15s", fd);
		n = read_short(process_dir, "comm", comm, sizeof(comm));
		comm[n > 0 ? strcspn(comm, "\n") : 0] = '\0';
		snprintf(r->comm, sizeof(r->comm), "%.31s", comm);
	}
}

static void look_at_process(struct pipe_reader *list, size_t count, DIR *proc, const char *pid)
{
	int dir = openat(dirfd(proc), pid, O_PATH | O_DIRECTORY | O_CLOEXEC), fds;
	const struct dirent *e;
	DIR *d;

	if (dir < 0)
		return;
	fds = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fds >= 0 ? fdopendir(fds) : NULL;
	if (!d && fds >= 0)
		close(fds);
	while (d && (e = readdir(d)))
		if (is_number(e->d_name))
			look_at(list, count, dir, (pid_t)strtol(pid, NULL, 10), e->d_name);
	if (d)
		closedir(d);
	close(dir);
}

void pipe_readers__find(struct pipe_reader *list, size_t count)
{
	DIR *proc = opendir("/proc");
	const struct dirent *e;

	while (proc && (e = readdir(proc)))
		if (is_number(e->d_name))
			look_at_process(list, count, proc, e->d_name);
	if (proc)
		closedir(proc);
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
