// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "target/bounded_open.h"
#include "target/process_private.h"

#define CGROUP_MAX ((size_t)256 << 10)

/* ---- command ----------------------------------------------------------------------- */

/* A title is one text in place of all arguments, padded with zeros or blanks. */
static size_t without_padding(const char *text, size_t length)
{
	while (length && (!text[length - 1] || text[length - 1] == ' '))
		length--;
	return length;
}

bool command__join(const char *text, size_t length, char ret[COMMAND_BYTES], bool *ret_titled)
{
	size_t used = without_padding(text, length), cut = COMMAND_BYTES - 1;

	if (!used)
		return false;
	*ret_titled = !memchr(text, 0, used) && memchr(text, ' ', used);
	if (used > cut) {
		cut -= 3;
		while (cut && ((unsigned char)text[cut] & 0xc0) == 0x80) /* not inside a character */
			cut--;
	}
	for (size_t i = 0; i < used && i < cut; i++)
		ret[i] = text[i] ? text[i] : ' ';
	ret[used < cut ? used : cut] = '\0';
	if (used > cut)
		memcpy(ret + cut, "...", sizeof("..."));
	return true;
}

int process__command(const struct process *p, char ret[COMMAND_BYTES], bool *ret_titled)
{
	char text[2 * COMMAND_BYTES];
	ssize_t length = bounded__head(p, "cmdline", text, sizeof(text));

	if (length < 0)
		return (int)length;
	return command__join(text, (size_t)length, ret, ret_titled) ? 0 : -ENODATA;
}

static int open_folder(pid_t pid)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d", (int)pid);
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int pid__command(pid_t pid, char ret[COMMAND_BYTES], bool *ret_titled)
{
	struct process p = {.live_dir = open_folder(pid)};
	int err = p.live_dir < 0 ? p.live_dir : process__command(&p, ret, ret_titled);

	if (p.live_dir >= 0)
		close(p.live_dir);
	return err;
}

/* ---- unit -------------------------------------------------------------------------- */

int proc__cgroup(int dir, char **ret)
{
	size_t length;

	return read_whole(dir, "cgroup", CGROUP_MAX, ret, &length);
}

static void read_unit(int dir, char ret[UNIT_NAME])
{
	char *cgroup = NULL;

	if (proc__cgroup(dir, &cgroup) || !unit_name__find(cgroup, ret))
		*ret = '\0';
	free(cgroup);
}

const char *process__unit(struct process *p)
{
	if (!p->unit_read)
		read_unit(p->live_dir, p->unit);
	p->unit_read = true;
	return *p->unit ? p->unit : NULL;
}

void pid__unit(pid_t pid, char ret[UNIT_NAME])
{
	int dir = open_folder(pid);

	*ret = '\0';
	if (dir < 0)
		return;
	read_unit(dir, ret);
	close(dir);
}

/* ---- age --------------------------------------------------------------------------- */

uint64_t process__uptime_ns(const struct process *p)
{
	uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK), started = p->start_ticks * (1000000000 / hz), now;
	struct timespec t;

	if (!p->start_ticks || clock_gettime(CLOCK_BOOTTIME, &t))
		return 0;
	now = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return now > started ? now - started : 0;
}
