// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/file_place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_LINKS 40 /* as the kernel's MAXSYMLINKS */

/* ---- the folder ------------------------------------------------------------------------- */

static bool own(uid_t uid, uid_t folder_owner)
{
	return !uid || uid == geteuid() || uid == folder_owner;
}

/* Takes the first component off a path. Empty: none is left. */
static int next_component(char *rest, char component[NAME_MAX + 1])
{
	size_t skip = strspn(rest, "/"), length = strcspn(rest + skip, "/");

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(component, rest + skip, length);
	component[length] = '\0';
	memmove(rest, rest + skip + length, strlen(rest + skip + length) + 1);
	return 0;
}

/* Those of /proc/PID lead where their text does not say. */
static bool is_magic(int link)
{
	struct statfs fs;

	return !fstatfs(link, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

/* Puts where a link leads before the rest of the path. */
static int follow(int folder, int link, char rest[PATH_MAX])
{
	char target[PATH_MAX], whole[2 * PATH_MAX];
	struct stat st, of_folder;
	ssize_t length;

	if (fstat(link, &st) || fstat(folder, &of_folder))
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return -ENOTDIR;
	if (!own(st.st_uid, of_folder.st_uid))
		return -ELOOP;
	length = readlinkat(link, "", target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	if (snprintf(whole, sizeof(whole), "%s/%s", target, rest) >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(rest, whole, strlen(whole) + 1);
	return 0;
}

static int open_start(const char *path)
{
	int fd = open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* One step down from folder; a link changes the rest of the path instead. The folder that is current then. */
static int step(int folder, const char *component, char rest[PATH_MAX], int *links)
{
	int next = openat(folder, component, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), link, err;

	if (next >= 0)
		return next;
	if (errno != ENOTDIR && errno != ELOOP)
		return -errno;
	link = openat(folder, component, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (link < 0)
		return -errno;
	if (is_magic(link) && strcmp(component, "self") && strcmp(component, "thread-self")) {
		next = openat(folder, component, O_PATH | O_DIRECTORY | O_CLOEXEC);
		err = next < 0 ? -errno : 0;
	} else {
		err = ++*links > MAX_LINKS ? -ELOOP : follow(folder, link, rest);
		if (!err)
			next = *rest == '/' ? open_start(rest) : fcntl(folder, F_DUPFD_CLOEXEC, 3);
	}
	close(link);
	return err ? err : next < 0 ? -errno : next;
}

/* rest: the path of a folder, used up. The folder, or a negative errno. */
static int walk(char rest[PATH_MAX])
{
	char component[NAME_MAX + 1];
	int folder = open_start(rest), links = 0, next, err;

	while (folder >= 0) {
		err = next_component(rest, component);
		if (!err && !*component)
			return folder;
		next = err ? err : step(folder, component, rest, &links);
		close(folder);
		folder = next;
	}
	return folder;
}

int file_place__open(const char *path, struct file_place *ret)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct file_place p;
	char folder[PATH_MAX];
	struct stat st;

	if (!*path)
		return -ENOENT;
	if (strlen(path) >= sizeof(folder) || strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EISDIR;
	memcpy(p.name, name, strlen(name) + 1);
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 0, path);
	p.folder = walk(folder);
	if (p.folder < 0)
		return p.folder;
	if (fstat(p.folder, &st)) {
		close(p.folder);
		return -EIO;
	}
	p.owner = st.st_uid;
	/* An access control list shows as the group's bits. */
	p.shared = st.st_mode & (S_IWGRP | S_IWOTH);
	*ret = p;
	return 0;
}

void file_place__close(struct file_place *p)
{
	if (p && p->folder >= 0)
		close(p->folder);
}

/* ---- what is there ---------------------------------------------------------------------- */

int file_place__look(const struct file_place *p, struct stat *ret)
{
	return fstatat(p->folder, p->name, ret, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

bool file_place__trusts(const struct file_place *p, const struct stat *st)
{
	return !p->shared || own(st->st_uid, p->owner);
}

/* ---- a new file ------------------------------------------------------------------------- */

mode_t file_place__usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

int file_place__create(const struct file_place *p, mode_t mode, char temporary[NAME_MAX + 1], int *ret_fd)
{
	uint64_t number;
	int fd = -1, err;

	/* A name that is taken is bad luck, or somebody's guess. */
	for (int tries = 0; fd < 0 && tries < 100; tries++) {
		if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
			number = (uint64_t)getpid() << 32 | (unsigned)tries;
		snprintf(temporary, NAME_MAX + 1, ".threadscope.%016llx", (unsigned long long)number);
		fd = openat(p->folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0)
		return -errno;
	if (fchmod(fd, mode)) {
		err = -errno;
		close(fd);
		file_place__drop(p, temporary);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

int file_place__take(const struct file_place *p, const char *temporary)
{
	int err = renameat(p->folder, temporary, p->folder, p->name) ? -errno : 0;

	if (err)
		file_place__drop(p, temporary);
	return err;
}

void file_place__drop(const struct file_place *p, const char *temporary)
{
	unlinkat(p->folder, temporary, 0);
}
