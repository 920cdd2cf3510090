/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the target: mapped files, files below its root, descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

#define MAPPED_BYTES_MAX (8ULL << 30) /* the largest programs with debug information have 4 GiB */

static int path_in(int root, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve};
	int fd;

	if (path[0] != '/')
		return -EINVAL;
	/* Linux 5.6. Where a sandbox refuses it, nothing else keeps a link from leading out of the root. */
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

int process__path_in_root(const struct process *p, const char *path, int flags, uint64_t resolve)
{
	int root, fd;

	if (path[0] != '/')
		return -EINVAL;
	root = openat(p->live_dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) /* an ended process has no descriptors: this says nothing about the file */
		return errno == ENOENT ? -ESRCH : -errno;
	fd = path_in(root, path, flags, resolve);
	close(root);
	return fd;
}

static int find_by_path(const struct process *p, const struct mapping *m)
{
	return process__path_in_root(p, m->path, 0, 0);
}

int process__open_path(const struct process *p, const char *path, uint64_t bytes_max)
{
	return bounded__open_whole(find_by_path, p, &(struct mapping){.path = path}, bytes_max);
}

static int find_own(const struct process *p, const struct mapping *m)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	(void)p;
	if (root < 0)
		return -errno;
	fd = path_in(root, m->path, 0, 0);
	close(root);
	return fd;
}

int host_file__open(const char *path, uint64_t bytes_max)
{
	/* Most are missing, and the host's own folders need no other thread. */
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
		return -errno;
	return bounded__open_whole(find_own, NULL, &(struct mapping){.path = path}, bytes_max);
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

static int find_mapped(const struct process *p, const struct mapping *m)
{
	int fd = -ENOENT, second;

	if (m->path[0] == '/' && !m->deleted)
		fd = keep_if_same(process__path_in_root(p, m->path, 0, 0), m, true);
	if (fd >= 0)
		return fd;
	second = open_map_files(p, m);
	if (second >= 0)
		return second;
	/* btrfs and overlayfs show different devices here and in stat: only the inode is compared. */
	if (m->path[0] == '/' && !m->deleted)
		fd = keep_if_same(process__path_in_root(p, m->path, 0, 0), m, false);
	return fd >= 0 ? fd : second == -EPERM ? second : fd;
}

int process__find_mapping(const struct process *p, const struct mapping *m, struct found_file *ret)
{
	if (!m->inode || !m->path[0])
		return -ENOENT;
	return bounded__open(find_mapped, p, m, MAPPED_BYTES_MAX, ret);
}

int found_file__contents(struct found_file *f)
{
	return bounded__contents(f, 0);
}

void found_file__drop(struct found_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

int process__open_mapping(const struct process *p, const struct mapping *m)
{
	struct found_file f;
	int err = process__find_mapping(p, m, &f);

	return err ? err : found_file__contents(&f);
}

static int find_exe(const struct process *p, const struct mapping *m)
{
	int fd = openat(p->live_dir, "exe", O_PATH | O_CLOEXEC);

	(void)m;
	return fd < 0 ? -errno : fd;
}

ssize_t process__exe_head(const struct process *p, void *buf, size_t size)
{
	struct found_file f;
	int err = bounded__open(find_exe, p, NULL, MAPPED_BYTES_MAX, &f), fd;
	ssize_t n;

	if (err)
		return err;
	fd = bounded__contents(&f, size);
	if (fd < 0)
		return fd;
	n = pread(fd, buf, size, 0);
	close(fd);
	return n;
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

/* By a look-up that the kernel can do without a file server: 0 or a negative errno. */
static int look_in_cache(const struct process *p, const char *path, unsigned mask, struct statx *ret)
{
	char folder[PATH_MAX] = "", full[2 * PATH_MAX];
	int fd, err;

	if (*path != '/' && readlinkat(p->live_dir, "cwd", folder, sizeof(folder) - 1) <= 0)
		return -ENOENT;
	snprintf(full, sizeof(full), "%s%s%s", *folder ? process__strip_root(p, folder) : "",
		 *folder ? "/" : "", path);
	fd = process__path_in_root(p, full, 0, RESOLVE_CACHED);
	if (fd < 0)
		return fd;
	err = statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, mask, ret) ? -errno : 0;
	close(fd);
	return err;
}

uint64_t process__cached_inode(const struct process *p, const char *path)
{
	struct statx st;

	return look_in_cache(p, path, STATX_INO, &st) ? 0 : st.stx_ino;
}

unsigned process__cached_mode(const struct process *p, const char *path)
{
	struct statx st;

	return look_in_cache(p, path, STATX_TYPE, &st) ? 0 : st.stx_mode;
}

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000
#endif

int process__cached_place(const struct process *p, const char *path, struct cached_place *ret)
{
	struct statx st;
	int err = look_in_cache(p, path, STATX_INO | STATX_MNT_ID, &st);

	if (err)
		return err;
	*ret = (struct cached_place){
		.inode = st.stx_ino, .dev_major = st.stx_dev_major, .dev_minor = st.stx_dev_minor};
	ret->mount = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0;
	return 0;
}
