/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_copytruncate FILE: logrotate's copytruncate meets a writer without O_APPEND. FILE is cut to nothing
 * each second by a child, and writing goes on at the old position, behind a hole of NULs.
 *
 * Perfect: nothing is written twice and nobody overwrites anybody, so no overwrites; at best the hole is
 * named.
 */
#include "case.h"

static const char LINE[] = "a line of the log that is long enough to be one\n";
static const char *path;

static void cut(void)
{
	for (;;) {
		sleep_ns(300000000);
		if (truncate(path, 0))
			die(path);
	}
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		return 2;
	path = argv[1];
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		die(path);
	start_child("logrotate", cut);
	tell("ready");
	for (;;) {
		if (write(fd, LINE, sizeof(LINE) - 1) < 0)
			die("write");
		sleep_ns(2000000);
	}
}
