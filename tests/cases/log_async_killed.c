/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_async_killed FILE: a logger with a queue. Lines come every millisecond, its thread writes one every 10
 * ms, and after 2 s the process is killed with most of them in its own memory.
 *
 * Perfect: killed by SIGKILL; what reached write is in the page cache, lines not yet written are lost.
 * Nothing says that a kill loses nothing.
 */
#include "case.h"

static const char LINE[] = "a line of the log that is long enough to be one\n";
static _Atomic long queued;
static int fd;

static void drain(void)
{
	for (;;) {
		if (queued > 0 && write(fd, LINE, sizeof(LINE) - 1) > 0)
			queued--;
		sleep_ns(10000000);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		die(argv[1]);
	tell("ready");
	start_named("log-writer", drain);
	for (int i = 0; i < 2000; i++) {
		queued++;
		sleep_ns(1000000);
	}
	kill(getpid(), SIGKILL);
}
