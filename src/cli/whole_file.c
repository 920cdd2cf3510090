// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file_place.h"

/* What already has the path. */
enum kind { KIND_FILE, KIND_STREAM };

/* enum kind, or a negative errno. What others may have put there is replaced if it is a file, else refused.
 */
static int look(const struct file_place *p)
{
	struct stat st;
	int err = file_place__look(p, &st);

	if (err)
		return err == -ENOENT ? KIND_FILE : err;
	if (S_ISREG(st.st_mode))
		return KIND_FILE;
	if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode))
		return file_place__trusts(p, &st) ? KIND_STREAM : -EPERM;
	return S_ISLNK(st.st_mode) ? -ELOOP : S_ISDIR(st.st_mode) ? -EISDIR : -EPERM;
}

int whole_file__check(const char *path)
{
	struct file_place p;
	int err = file_place__open(path, &p), kind;

	if (err)
		return err;
	kind = look(&p);
	if (kind < 0)
		err = kind;
	else if (kind == KIND_FILE && faccessat(p.folder, ".", W_OK | X_OK, AT_EACCESS))
		err = -errno;
	file_place__close(&p);
	return err;
}

static bool is_stream(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode));
}

static bool same_file(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino;
}

static bool same_place(const struct file_place *a, const struct file_place *b)
{
	struct stat x, y;

	return !fstat(a->folder, &x) && !fstat(b->folder, &y) && same_file(&x, &y) &&
	       !strcmp(a->name, b->name);
}

bool whole_file__same(const char *a, const char *b)
{
	struct file_place place_a, place_b;
	struct stat x, y;
	bool same;

	if (is_stream(a) || is_stream(b))
		return false;
	if (!stat(a, &x) && !stat(b, &y))
		return same_file(&x, &y);
	if (file_place__open(a, &place_a))
		return !strcmp(a, b);
	same = !strcmp(a, b);
	if (!file_place__open(b, &place_b)) {
		same = same_place(&place_a, &place_b);
		file_place__close(&place_b);
	}
	file_place__close(&place_a);
	return same;
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

static int replace(const struct file_place *p, int (*write)(FILE *out, const void *arg), const void *arg)
{
	char temporary[NAME_MAX + 1];
	int fd = -1, err = file_place__create(p, file_place__usual_mode(), temporary, &fd);

	if (err)
		return err;
	err = fill(fd, write, arg);
	if (!err)
		return file_place__take(p, temporary);
	file_place__drop(p, temporary);
	return err;
}

/* A pipe without a reader is an error, not a long wait. It may be another one than that which was looked at.
 */
static int open_stream(const struct file_place *p, int *ret_fd)
{
	int fd = openat(p->folder, p->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC),
	    err = 0;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || fcntl(fd, F_SETFL, 0))
		err = -errno;
	else if ((!S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode)) || !file_place__trusts(p, &st))
		err = -EPERM;
	if (err)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

static int into_stream(const struct file_place *p, int (*write)(FILE *out, const void *arg), const void *arg)
{
	int fd = -1, err = open_stream(p, &fd);

	return err ? err : fill(fd, write, arg);
}

static int begin_anew(const struct file_place *p, int *ret_fd)
{
	char temporary[NAME_MAX + 1];
	int fd = -1, err = file_place__create(p, file_place__usual_mode(), temporary, &fd);

	if (err)
		return err;
	err = file_place__take(p, temporary);
	if (err)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

int whole_file__begin(const char *path, int *ret_fd)
{
	struct file_place p;
	int err = file_place__open(path, &p), kind;

	if (err)
		return err;
	kind = look(&p);
	err = kind < 0 ? kind : kind == KIND_STREAM ? open_stream(&p, ret_fd) : begin_anew(&p, ret_fd);
	file_place__close(&p);
	return err;
}

int whole_file__write(const char *path, int (*write)(FILE *out, const void *arg), const void *arg)
{
	sigset_t ends, before;
	struct file_place p;
	int err = file_place__open(path, &p), kind;

	if (err)
		return err;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGQUIT);
	sigprocmask(SIG_BLOCK, &ends, &before);
	kind = look(&p);
	err = kind < 0 ? kind : kind == KIND_STREAM ? into_stream(&p, write, arg) : replace(&p, write, arg);
	sigprocmask(SIG_SETMASK, &before, NULL);
	file_place__close(&p);
	return err;
}
