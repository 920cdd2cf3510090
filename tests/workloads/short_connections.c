/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --count connections, each of a single write and then closed, twice, with --gap seconds between the two
 * times.
 */
#include "workload.h"
#include <sys/socket.h>

#define LINE "a line\n"

static void connections(long count)
{
	for (long i = 0; i < count; i++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
			die("socketpair");
		if (write(ends[0], LINE, strlen(LINE)) != (ssize_t)strlen(LINE))
			die("write");
		close(ends[0]);
		close(ends[1]);
	}
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "count gap");
	long count = option_number(argc, argv, "count", 2500), gap = option_number(argc, argv, "gap", 8);

	wait_for_go(&w);
	connections(count);
	sleep_ns(gap * 1000000000L);
	connections(count);
	announcef(&w, "{\"pid\":%d,\"writes\":%ld,\"bytes\":%ld}", (int)getpid(), 2 * count,
		  2 * count * (long)strlen(LINE));
	wait_for_file(w.stop);
	return 0;
}
