/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_deleted FILE: the log is removed while it is being written, and its writer keeps it open.
 *
 * Perfect: N lines went to a deleted file.
 */
#include "case.h"

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		return 2;
	fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		die(argv[1]);
	if (!fork()) {
		unlink(argv[1]);
		_exit(0);
	}
	wait(NULL);
	tell("ready");
	for (;;) {
		if (write(fd, "a line of the log\n", 18) < 0)
			die("write");
		sleep_ns(2000000);
	}
}
