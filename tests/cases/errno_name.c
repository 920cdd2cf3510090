// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * errno_name KIND DIR: a program whose log lines all fail, and that does not look at the result:
 *   reading   its descriptor is open for reading only (EBADF)
 *   sealed    a memfd that may not be written (EPERM)
 *
 * Perfect: the number of failed writes, with the name of the error and what it means.
 */
#include "case.h"

#include <sys/mman.h>

static int log_for_reading(const char *dir)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), "%s/app.log", dir);
	fd = open(path, O_WRONLY | O_CREAT, 0644);
	close(fd);
	return open(path, O_RDONLY);
}

static int log_that_is_sealed(void)
{
	int fd = memfd_create("app.log", MFD_ALLOW_SEALING);

	if (fd < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE))
		die("memfd");
	return fd;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 3)
		return 2;
	fd = !strcmp(argv[1], "sealed") ? log_that_is_sealed() : log_for_reading(argv[2]);
	if (fd < 0)
		die("log");
	tell("ready");
	for (;;) {
		(void)!write(fd, "a line\n", 7);
		sleep_ns(20000000);
	}
}
