/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipe_closed_stays: a server whose log goes to a pipe. Its reader has ended, the server ignores SIGPIPE and
 * goes on: each line is lost.
 *
 * Perfect: a warning that names the process.
 */
#include "case.h"

int main(void)
{
	static const char LINE[] = "a line of the log\n";
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds))
		die("pipe");
	close(fds[0]);
	tell("ready");
	for (;;) {
		if (write(fds[1], LINE, sizeof(LINE) - 1) >= 0)
			return 1;
		sleep_ns(20000000);
	}
}
