/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads and parses texts of /proc. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/process_private.h"
#include "util/heap.h"

int read_whole(int dir, const char *name, size_t max, char **ret, size_t *ret_len)
{
	size_t room = 4096, len = 0;
	char *buf = NULL;
	int err = 0;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	while (true) {
		if (!buf || len + 1 >= room) {
			char *more;

			if (len >= max) {
				err = -E2BIG;
				break;
			}
			room = buf ? room * 2 : room;
			more = heap__try_resize(buf, room);
			if (!more) {
				err = -ENOMEM;
				break;
			}
			buf = more;
		}
		ssize_t n = read(fd, buf + len, room - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = -errno;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	close(fd);
	if (err) {
		free(buf);
		return err;
	}
	buf[len] = '\0';
	*ret = buf;
	*ret_len = len;
	return 0;
}

ssize_t read_short(int dir, const char *name, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n = 0;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	while (len + 1 < size) {
		n = read(fd, buf + len, size - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	n = n < 0 ? -errno : (ssize_t)len;
	close(fd);
	buf[len] = '\0';
	return n;
}

int proc_stat__parse(const char *text, struct proc_stat *ret)
{
	/* The name may contain blanks and parentheses: the last ')' ends it. */
	const char *open = strchr(text, '('), *end = strrchr(text, ')');
	unsigned long long flags, threads, start;
	struct proc_stat s = {0};

	if (!open || !end || end < open)
		return -EINVAL;
	size_t n = (size_t)(end - open - 1);
	if (n >= sizeof(s.comm))
		n = sizeof(s.comm) - 1;
	memcpy(s.comm, open + 1, n);
	/* state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime
	 * cstime priority nice num_threads itrealvalue starttime */
	if (sscanf(end + 1,
		   " %c %*d %*d %*d %*d %*d %llu %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %llu %*d %llu",
		   &s.state, &flags, &threads, &start) != 4)
		return -EINVAL;
	s.flags = flags;
	s.threads = threads;
	s.start_ticks = start;
	*ret = s;
	return 0;
}

bool status__number(const char *text, const char *key, int base, uint64_t *ret)
{
	size_t n = strlen(key);

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (strncmp(line, key, n) == 0 && line[n] == ':') {
			char *end;
			unsigned long long v = strtoull(line + n + 1, &end, base);

			if (end == line + n + 1)
				return false;
			*ret = v;
			return true;
		}
	}
	return false;
}

bool strip_deleted(char *path)
{
	static const char suffix[] = " (deleted)";
	size_t n = strlen(path), m = sizeof(suffix) - 1;

	if (n <= m || strcmp(path + n - m, suffix) != 0)
		return false;
	path[n - m] = '\0';
	return true;
}
