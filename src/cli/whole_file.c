// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What already has the path. */
enum place { PLACE_FILE, PLACE_STREAM };

/* enum place, or a negative errno. */
static int look(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? PLACE_FILE : -errno;
	if (S_ISREG(st.st_mode))
		return PLACE_FILE;
	if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode))
		return PLACE_STREAM;
	return S_ISLNK(st.st_mode) ? -ELOOP : S_ISDIR(st.st_mode) ? -EISDIR : -EPERM;
}

/* The folder of a path, with its last slash; "./" if the path names none. */
static int folder_of(char dst[PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');
	int length = slash ? snprintf(dst, PATH_MAX, "%.*s", (int)(slash - path) + 1, path)
			   : snprintf(dst, PATH_MAX, "./");

	return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int whole_file__check(const char *path)
{
	char folder[PATH_MAX];
	int place = look(path), err;

	if (place < 0 || place == PLACE_STREAM)
		return place < 0 ? place : 0;
	err = folder_of(folder, path);
	if (!err && faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS))
		err = -errno;
	return err;
}

bool whole_file__same(const char *a, const char *b)
{
	char folder_a[PATH_MAX], folder_b[PATH_MAX];
	const char *name_a = strrchr(a, '/'), *name_b = strrchr(b, '/');
	struct stat x, y;

	if (look(a) == PLACE_STREAM || look(b) == PLACE_STREAM)
		return false;
	if (!stat(a, &x) && !stat(b, &y))
		return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	if (folder_of(folder_a, a) || folder_of(folder_b, b) || stat(folder_a, &x) || stat(folder_b, &y))
		return !strcmp(a, b);
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino &&
	       !strcmp(name_a ? name_a + 1 : a, name_b ? name_b + 1 : b);
}

/* The umask decides, as for any new file. */
static int usual_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0666 & ~mask) ? -errno : 0;
}

/* Fills fd, which is closed in any case. */
static int fill(int fd, int (*write)(FILE *out, const void *arg), const void *arg)
{
	FILE *out = fdopen(fd, "w");
	int err;

	if (!out) {
		close(fd);
		return -ENOMEM;
	}
	err = write(out, arg);
	errno = 0;
	if (fclose(out) && !err)
		err = errno ? -errno : -EIO;
	return err;
}

#define NEW_PATH (PATH_MAX + 32)

/* A new file in the folder of path. */
static int create_beside(const char *path, char new_path[NEW_PATH], int *ret_fd)
{
	char folder[PATH_MAX];
	int err = folder_of(folder, path), fd;

	if (err)
		return err;
	snprintf(new_path, NEW_PATH, "%s.threadscope.XXXXXX", folder);
	fd = mkostemp(new_path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = usual_mode(fd);
	if (err) {
		close(fd);
		unlink(new_path);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

static int replace(const char *path, int (*write)(FILE *out, const void *arg), const void *arg)
{
	char new_path[NEW_PATH];
	int fd = -1, err = create_beside(path, new_path, &fd);

	if (err)
		return err;
	err = fill(fd, write, arg);
	if (!err && rename(new_path, path))
		err = -errno;
	if (err)
		unlink(new_path);
	return err;
}

/* A pipe without a reader is an error, not a long wait. */
static int open_stream(const char *path, int *ret_fd)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETFL, 0)) {
		err = -errno;
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

static int into_stream(const char *path, int (*write)(FILE *out, const void *arg), const void *arg)
{
	int fd = -1, err = open_stream(path, &fd);

	return err ? err : fill(fd, write, arg);
}

int whole_file__begin(const char *path, int *ret_fd)
{
	int place = look(path), fd = -1, err;
	char new_path[NEW_PATH];

	if (place < 0)
		return place;
	if (place == PLACE_STREAM)
		return open_stream(path, ret_fd);
	err = create_beside(path, new_path, &fd);
	if (!err && rename(new_path, path)) {
		err = -errno;
		unlink(new_path);
		close(fd);
	}
	if (!err)
		*ret_fd = fd;
	return err;
}

int whole_file__write(const char *path, int (*write)(FILE *out, const void *arg), const void *arg)
{
	sigset_t ends, before;
	int err = look(path);

	if (err < 0)
		return err;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGQUIT);
	sigprocmask(SIG_BLOCK, &ends, &before);
	err = err == PLACE_STREAM ? into_stream(path, write, arg) : replace(path, write, arg);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
