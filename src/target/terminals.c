// SPDX-License-Identifier: GPL-2.0-or-later
/* "tty-index" is shown for masters alone: drivers/tty/pty.c of the kernel. */
#include "target/terminals.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "target/process_private.h"
#include "util/text.h"

#define SLAVES "/dev/pts/"
/* Of slaves: UNIX98_PTY_SLAVE_MAJOR of the kernel, and the next seven. */
#define FIRST_MAJOR 136
#define LAST_MAJOR  143

bool terminal__of_slave(const char *link, uint64_t *ret)
{
	const char *number = starts_with(link, SLAVES) ? link + strlen(SLAVES) : "";
	size_t digits = strspn(number, "0123456789");

	if (!digits || digits > 9 || number[digits])
		return false;
	*ret = strtoull(number, NULL, 10);
	return true;
}

bool terminal__of_master(struct open_end e, uint64_t *ret)
{
	char path[64], info[1024];

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)e.pid, e.fd);
	return read_short(-1, path, info, sizeof(info)) > 0 && status__number(info, "tty-index", 10, ret);
}

/* Of a file that no file server has. */
static bool look(const char *path, struct statx *ret)
{
	return !statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, ret);
}

static bool look_at_end(struct open_end e, struct statx *ret)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)e.pid, e.fd);
	return look(path, ret);
}

static bool same_device(const struct statx *x, const struct statx *y)
{
	return x->stx_dev_major == y->stx_dev_major && x->stx_dev_minor == y->stx_dev_minor;
}

bool terminals__same_instance(struct open_end master, struct open_end slave)
{
	struct statx m, s, folder;
	char path[64];

	if (!look_at_end(slave, &s) || !S_ISCHR(s.stx_mode) || s.stx_rdev_major < FIRST_MAJOR ||
	    s.stx_rdev_major > LAST_MAJOR || !look_at_end(master, &m))
		return false;
	/* It is the ptmx in that devpts, or one beside it. */
	snprintf(path, sizeof(path), "/proc/%d/root/dev/pts", (int)master.pid);
	return same_device(&m, &s) || (look(path, &folder) && same_device(&folder, &s));
}
