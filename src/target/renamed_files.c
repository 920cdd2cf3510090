// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds a file that the target may have closed: a rotated log has another name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/process_private.h"
#include "util/heap.h"

#define ENTRIES_MAX 4096 /* per directory, which a target may make arbitrarily large */

/* Only what the kernel has cached (since Linux 5.12): no look-up waits for a disk. */
static int open_cached(const struct process *p, const char *path)
{
	int fd = process__path_in_root(p, path, O_NOFOLLOW, RESOLVE_CACHED);

	return fd == -EINVAL ? process__path_in_root(p, path, O_NOFOLLOW, 0) : fd;
}

/* Its birth time, CLOCK_REALTIME; 0: not supported by the file system. */
static uint64_t born_ns(const struct statx *st)
{
	if (!(st->stx_mask & STATX_BTIME) || st->stx_btime.tv_sec < 0)
		return 0;
	return (uint64_t)st->stx_btime.tv_sec * 1000000000 + st->stx_btime.tv_nsec;
}

/* The inode of the regular file of that name in dir, or of dir itself (""), if it existed at that time;
 * otherwise 0. */
static int inode_of(int dir, const char *name, uint64_t since_ns, uint64_t *ret)
{
	struct statx st;

	if (statx(dir, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
		  STATX_INO | STATX_TYPE | STATX_BTIME, &st))
		return -errno;
	*ret = S_ISREG(st.stx_mode) && born_ns(&st) <= since_ns ? st.stx_ino : 0;
	return 0;
}

bool process__descriptor_newer(const struct process *p, int fd, uint64_t since_ns)
{
	char name[32];
	struct statx st;

	snprintf(name, sizeof(name), "fd/%d", fd);
	return !statx(p->live_dir, name, AT_STATX_DONT_SYNC, STATX_BTIME, &st) && born_ns(&st) > since_ns;
}

bool process__descriptor_linked(const struct process *p, int fd)
{
	char name[32];
	struct statx st;

	snprintf(name, sizeof(name), "fd/%d", fd);
	return !statx(p->live_dir, name, AT_STATX_DONT_SYNC, STATX_NLINK, &st) && st.stx_nlink > 0;
}

/* The name of the file in dir; closes dir. -ENOENT: none. */
static int search(int dir, const struct known_file *f, char *name, size_t size)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOATIME), err = -ENOENT;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	uint64_t found = 0;
	size_t seen = 0;

	if (!d) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (err == -ENOENT && (e = readdir(d))) {
		if (++seen > ENTRIES_MAX)
			err = -E2BIG;
		else if (e->d_ino == f->inode && !inode_of(dirfd(d), e->d_name, f->since_ns, &found) &&
			 found == f->inode && (size_t)snprintf(name, size, "%s", e->d_name) < size)
			err = 0;
	}
	closedir(d);
	return err;
}

static int search_beside(const struct process *p, const char *path, const struct known_file *f, char **ret)
{
	size_t len = (size_t)(strrchr(path, '/') - path);
	char *folder = heap__format("%.*s", (int)(len ? len : 1), path);
	char name[256];
	int dir, err;

	dir = open_cached(p, folder);
	err = dir < 0 ? dir : search(dir, f, name, sizeof(name));
	if (!err)
		*ret = heap__format("%.*s/%s", (int)len, path, name);
	if (dir >= 0)
		close(dir);
	free(folder);
	return err;
}

int process__find_moved(const struct process *p, const char *path, const struct known_file *f, char **ret)
{
	uint64_t there = 0;
	char *moved = NULL;
	int fd, err, gone;

	*ret = NULL;
	if (path[0] != '/')
		return -EINVAL;
	fd = open_cached(p, path);
	err = fd < 0 ? fd : inode_of(fd, "", f->since_ns, &there);
	if (fd >= 0)
		close(fd);
	if (err && err != -ENOENT &&
	    err != -EAGAIN) /* -EAGAIN: the name is not cached, and most likely does not exist */
		return err;
	if (!err && there == f->inode)
		return 0;
	gone = err == -ENOENT ? -ENOENT : -ESTALE;
	err = search_beside(p, path, f, &moved);
	if (err)
		return err == -ENOENT ? gone : err;
	if (strcmp(moved, path) != 0)
		*ret = moved;
	else
		free(moved);
	return 0;
}
