/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_rotated FILE: one thread of one process writes FILE, a sync after each line; after 20 lines it renames
 * it to FILE.1 to FILE.5 in turn, and begins a new one.
 *
 * Perfect: one log, all by one thread; no word of several processes.
 */
#include "case.h"

#define LINES       20
#define GENERATIONS 5

static const char LINE[] = "a line of the log\n";

static void write_generation(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path);
	for (int i = 0; i < LINES; i++) {
		if (write(fd, LINE, sizeof(LINE) - 1) < 0 || fsync(fd))
			die("write");
		sleep_ns(3000000);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	char old[4096];

	if (argc != 2)
		return 2;
	tell("ready");
	for (int n = 0;; n++) {
		write_generation(argv[1]);
		snprintf(old, sizeof(old), "%s.%d", argv[1], n % GENERATIONS + 1);
		if (rename(argv[1], old))
			die(old);
	}
}
