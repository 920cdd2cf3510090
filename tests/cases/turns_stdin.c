/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Four threads of a filter read lines of standard input, a pipe: the lock of the stream gives each its turn.
 * The program that writes there has nothing to say just now.
 *
 * Perfect: no warning: nobody is held up.
 */
#include "case.h"

static int ends[2];

static void write_later(void)
{
	sleep_on();
}

FRAME static ssize_t next_line(char **line, size_t *size)
{
	ssize_t n = getline(line, size, stdin);

	KEEP_FRAME();
	return n;
}

static void filter(void)
{
	char *line = NULL;
	size_t size = 0;

	while (next_line(&line, &size) >= 0)
		puts(line);
}

int main(void)
{
	if (pipe(ends))
		die("pipe");
	start_child("generator", write_later);
	if (dup2(ends[0], STDIN_FILENO) || close(ends[0]) || close(ends[1]))
		die("dup2");
	for (int i = 0; i < 4; i++)
		start_blocked("filter", filter);
	sleep_ns(1200000000);
	tell("ready");
	sleep_on();
}
