/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A non-blocking pipe to a slower reader. Argument: poll, whose writer writes the rest when there is room, as
 * event loops do; or stdout, whose writer drops what does not fit standard output.
 *
 * Perfect of poll: no warning, as nothing is lost; what EAGAIN means. Of stdout: a warning.
 */
#include "case.h"

#include <poll.h>

static int ends[2];

static void read_slowly(void)
{
	static char buf[16384];

	close(ends[1]);
	while (read(ends[0], buf, sizeof(buf)) > 0)
		sleep_ns(20000000);
}

int main(int argc, char **argv)
{
	static char lines[40000];
	bool waits = argc == 2 && !strcmp(argv[1], "poll");
	struct pollfd p = {.events = POLLOUT};
	size_t done = 0;
	int out = dup(STDOUT_FILENO);

	memset(lines, 'x', sizeof(lines));
	lines[sizeof(lines) - 1] = '\n';
	if (pipe(ends))
		die("pipe");
	start_child("reader", read_slowly);
	close(ends[0]);
	p.fd = waits ? ends[1] : dup2(ends[1], STDOUT_FILENO);
	fcntl(p.fd, F_SETFL, O_NONBLOCK);
	dprintf(out, "ready\n");
	for (;;) {
		ssize_t n = write(p.fd, lines + done, sizeof(lines) - done);

		if (n > 0)
			done = waits ? (done + (size_t)n) % sizeof(lines) : 0;
		if (n < 0 && waits)
			poll(&p, 1, -1);
		else if (n < 0)
			sleep_ns(5000000);
	}
}
