/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_samefile_threads FILE: two threads of a program opened the log each for itself, without O_APPEND: each
 * writes over the other's lines.
 *
 * Perfect: a thread has overwritten the other's data; critical.
 */
#include "case.h"

static const char *path;

static void write_lines(void)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	for (;;) {
		if (write(fd, "a line of the log of one of two\n", 32) < 0)
			die(path);
		sleep_ns(2000000);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	path = argv[1];
	start_named("first", write_lines);
	start_named("second", write_lines);
	tell("ready");
	sleep_on();
}
