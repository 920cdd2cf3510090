/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slowfs DIR [OPTION=VALUE]... -- COMMAND...: runs COMMAND with a file system at DIR that only it and its
 * children see, served by a process named slowfs (user_disk.h):
 *   fsync-ms=N, write-ms=N   each sync or write takes so long, one after the other
 * Once a file named "silence" has been created there, nothing is answered any more.
 */
#include "user_disk.h"

static void set_option(struct disk_orders *orders, const char *option)
{
	unsigned long ms;

	if (sscanf(option, "fsync-ms=%lu", &ms) == 1)
		orders->fsync_ns = ms * 1000000;
	else if (sscanf(option, "write-ms=%lu", &ms) == 1)
		orders->write_ns = ms * 1000000;
	else {
		fprintf(stderr, "slowfs: no such option: %s\n", option);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct disk_orders *orders;
	int i = 2;

	if (argc < 4) {
		fprintf(stderr, "slowfs DIR [OPTION=VALUE]... -- COMMAND...\n");
		return 2;
	}
	orders = disk_mount(argv[1]);
	orders->may_fall_silent = true;
	for (; i < argc && strcmp(argv[i], "--"); i++)
		set_option(orders, argv[i]);
	if (i + 1 >= argc)
		return 2;
	execvp(argv[i + 1], argv + i + 1);
	die(argv[i + 1]);
	return 1;
}
