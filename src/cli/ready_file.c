// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/ready_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file_place.h"

/* One that was there stays as it is; who waits at a pipe of ours is woken. */
static int accept_ready_file(const struct file_place *p)
{
	struct stat st;
	int err = file_place__look(p, &st), fd;

	if (err)
		return err;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!file_place__trusts(p, &st) || (S_ISREG(st.st_mode) && st.st_nlink != 1))
		return -EPERM;
	fd = openat(p->folder, p->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int ready_file__make(const char *path)
{
	struct file_place p;
	int err = file_place__open(path, &p), fd;

	if (err)
		return err;
	fd = openat(p.folder, p.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
	else
		err = errno == EEXIST ? accept_ready_file(&p) : -errno;
	file_place__close(&p);
	return err;
}
