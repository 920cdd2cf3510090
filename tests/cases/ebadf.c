/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log is open for reading only: each write fails with EBADF, and the program does not look.
 *
 * Perfect: N of N writes failed, with the error's name.
 */
#include "case.h"

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		return 2;
	create_file(argv[1], "");
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	tell("ready");
	for (;;) {
		if (write(fd, "a line\n", 7) >= 0)
			die("it was written");
		sleep_ns(10000000);
	}
}
