/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the target: mapped files, files below its root, descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "target/bounded_open.h"
#include "target/process_private.h"
#include "util/heap.h"

/*
 * Turns an O_PATH descriptor into one for reading if it is a regular file.
 * Two steps, because opening a device or a FIFO that a target planted can
 * block or have effects. Always closes path_fd.
 */
static int open_regular(int path_fd)
{
	char name[64];
	struct stat st;
	int fd, err = 0;

	if (path_fd < 0)
		return path_fd;
	if (fstat(path_fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	if (err) {
		close(path_fd);
		return err;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	err = fd < 0 ? -errno : 0;
	close(path_fd);
	return err ? err : fd;
}

static bool has_dotdot(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")); at += 2)
		if ((at == path || at[-1] == '/') && (at[2] == '/' || !at[2]))
			return true;
	return false;
}

int process__path_in_root(const struct process *p, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve};
	int root, fd, err;

	if (path[0] != '/')
		return -EINVAL;
	root = openat(p->live_dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) /* an ended process has no descriptors: this says nothing about the file */
		return errno == ENOENT ? -ESRCH : -errno;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	err = fd < 0 ? -errno : 0;
	if ((err == -ENOSYS || err == -EPERM) && !has_dotdot(path)) {
		path += strspn(path, "/");
		fd = openat(root, path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
		err = fd < 0 ? -errno : 0;
	}
	close(root);
	return err ? err : fd;
}

static int open_by_path(const struct process *p, const struct mapping *m)
{
	return open_regular(process__path_in_root(p, m->path, 0, 0));
}

int process__open_path(const struct process *p, const char *path)
{
	return open_patiently(open_by_path, p, &(struct mapping){.path = path});
}

static bool same_file(int fd, const struct mapping *m, bool compare_dev)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_ino != m->inode)
		return false;
	return !compare_dev || st.st_dev == makedev(m->dev_major, m->dev_minor);
}

/* Keeps path_fd if it is the mapped file. */
static int keep_if_same(int path_fd, const struct mapping *m, bool compare_dev)
{
	if (path_fd < 0 || same_file(path_fd, m, compare_dev))
		return path_fd;
	close(path_fd);
	return -ENOENT;
}

static int open_map_files(const struct process *p, const struct mapping *m)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "map_files/%" PRIx64 "-%" PRIx64, m->start, m->end);
	fd = openat(p->live_dir, name, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_mapped(const struct process *p, const struct mapping *m)
{
	int fd = -ENOENT, second;

	if (m->path[0] == '/' && !m->deleted)
		fd = keep_if_same(process__path_in_root(p, m->path, 0, 0), m, true);
	if (fd >= 0)
		return open_regular(fd);
	second = open_map_files(p, m);
	if (second >= 0)
		return open_regular(second);
	/* btrfs and overlayfs show different devices here and in stat: only the inode is compared. */
	if (m->path[0] == '/' && !m->deleted)
		fd = keep_if_same(process__path_in_root(p, m->path, 0, 0), m, false);
	return fd >= 0 ? open_regular(fd) : second == -EPERM ? second : fd;
}

int process__open_mapping(const struct process *p, const struct mapping *m)
{
	return m->inode && m->path[0] ? open_patiently(open_mapped, p, m) : -ENOENT;
}

/* The kernel executed it, so it is a regular file: opening it has no side effects. */
static int open_exe(const struct process *p, const struct mapping *m)
{
	int fd = openat(p->live_dir, "exe", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	(void)m;
	return fd < 0 ? -errno : fd;
}

int process__open_exe(const struct process *p)
{
	return open_patiently(open_exe, p, &(struct mapping){.path = ""});
}

static void parse_fdinfo(const char *text, struct descriptor *d)
{
	uint64_t n;

	/* flags are octal: include/linux/fs.h, seq_show in fs/proc/fd.c */
	if (status__number(text, "flags", 8, &n))
		d->flags = (uint32_t)n;
	if (status__number(text, "pos", 10, &n))
		d->position = (int64_t)n;
	if (status__number(text, "ino", 10, &n)) /* since Linux 5.14 */
		d->inode = n;
}

/*
 * The kernel appends " (deleted)" to the path of a deleted file, but a name may also end like that: then the
 * file exists under the full path. Reads only what the kernel has cached; other files count as deleted.
 */
static bool cut_if_deleted(const struct process *p, char *link, uint64_t inode)
{
	char name[32], info[2048];
	struct descriptor there = {0};
	size_t len = strlen(link);
	int fd;

	if (!strip_deleted(link))
		return false;
	if (!inode)
		return true;
	link[strlen(link)] = ' ';
	fd = process__path_in_root(p, process__strip_root(p, link), O_NOFOLLOW, RESOLVE_CACHED);
	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
	if (fd >= 0 && read_short(AT_FDCWD, name, info, sizeof(info)) > 0)
		parse_fdinfo(info, &there);
	if (fd >= 0)
		close(fd);
	if (there.inode != inode)
		strip_deleted(link);
	return strlen(link) != len;
}

int process__read_link(const struct process *p, int fd, char link[LINK_BYTES])
{
	char name[32];
	ssize_t n;

	if (fd < 0)
		return -EBADF;
	snprintf(name, sizeof(name), "fd/%d", fd);
	n = readlinkat(p->live_dir, name, link, LINK_BYTES - 1);
	if (n < 0)
		return errno == ENOENT ? -EBADF : -errno;
	link[n] = '\0';
	return 0;
}

static void read_fdinfo(const struct process *p, int fd, struct descriptor *d)
{
	char name[32], info[2048];

	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	if (read_short(p->live_dir, name, info, sizeof(info)) > 0)
		parse_fdinfo(info, d);
}

int process__descriptor_path(const struct process *p, int fd, char **ret)
{
	struct descriptor d = {0};
	char link[LINK_BYTES];
	int err = process__read_link(p, fd, link);

	if (err)
		return err;
	if (link[0] == '/' && strstr(link, " (deleted)")) {
		read_fdinfo(p, fd, &d);
		cut_if_deleted(p, link, d.inode);
	}
	*ret = heap__string(process__strip_root(p, link));
	return 0;
}

int process__folder(const struct process *p, char **ret)
{
	char link[LINK_BYTES];
	ssize_t n = readlinkat(p->live_dir, "cwd", link, sizeof(link) - 1);

	if (n < 0)
		return -errno;
	link[n] = '\0';
	*ret = heap__string(process__strip_root(p, link));
	return 0;
}

int process__descriptor(const struct process *p, int fd, struct descriptor *ret)
{
	struct descriptor d = {0};
	char link[LINK_BYTES];
	int err = process__read_link(p, fd, link);

	if (err)
		return err;
	read_fdinfo(p, fd, &d);
	if (link[0] == '/')
		d.deleted = cut_if_deleted(p, link, d.inode);
	char *bracket = strchr(link, '[');
	if (link[0] != '/' && !d.inode && bracket)
		d.inode = strtoull(bracket + 1, NULL, 10);
	d.path = heap__string(process__strip_root(p, link));
	*ret = d;
	return 0;
}
