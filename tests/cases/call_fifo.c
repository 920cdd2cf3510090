/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * call_fifo FIFO: two threads open a FIFO to write to it, and nobody opens it for reading. Another one waits,
 * as a server does for its clients, for a writer of another FIFO: that is no trouble.
 *
 * Perfect: 2 threads have been in openat(FIFO) for T: no process has opened the FIFO for reading.
 */
#include "case.h"
#include <fcntl.h>
#include <sys/stat.h>

static const char *fifo;
static char commands[4096];

static void log_to_it(void)
{
	if (open(fifo, O_WRONLY) < 0)
		die(fifo);
}

static void take_commands(void)
{
	if (open(commands, O_RDONLY) < 0)
		die(commands);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	fifo = argv[1];
	snprintf(commands, sizeof(commands), "%s.commands", fifo);
	if (mkfifo(fifo, 0600) || mkfifo(commands, 0600))
		die(fifo);
	for (int i = 0; i < 2; i++)
		start_blocked("logger", log_to_it);
	start_blocked("commands", take_commands);
	sleep_ns(1100000000);
	tell("ready");
	sleep_on();
}
