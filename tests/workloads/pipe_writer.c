/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes --writes blocks of --size bytes (64 KiB) into a pipe that another
 * process drains every --drain-ms (20), and times every write itself.
 */
#include "workload.h"
#include <signal.h>

static void drain(int fd, size_t size, uint64_t every_ns)
{
	char *block = malloc(size);
	size_t left;
	ssize_t n;

	for (;;) {
		sleep_ns(every_ns);
		for (left = size; left; left -= (size_t)n) {
			n = read(fd, block, left);
			if (n <= 0)
				_exit(n < 0);
		}
	}
}

FRAME ssize_t write_block(int fd, const char *block, size_t size)
{
	ssize_t n = write(fd, block, size);

	KEEP_FRAME();
	return n;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "writes size drain-ms");
	size_t writes = (size_t)option_number(argc, argv, "writes", 100);
	size_t size = (size_t)option_number(argc, argv, "size", 65536);
	uint64_t every_ns = (uint64_t)option_number(argc, argv, "drain-ms", 20) * 1000000;
	struct calls calls = calls_new(writes);
	uint64_t bytes = 0;
	char *block = calloc(1, size);
	int ends[2];

	if (pipe(ends))
		die("pipe");
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		close(ends[1]);
		wait_for_file(w.go);
		drain(ends[0], size, every_ns);
	}
	close(ends[0]);
	wait_for_go(&w);
	for (size_t i = 0; i < writes; i++) {
		ssize_t n;

		call_begins(&calls);
		n = write_block(ends[1], block, size);
		call_ended(&calls);
		if (n < 0)
			die("write");
		bytes += (uint64_t)n;
	}
	announcef(&w, "{\"pid\":%d,\"fd\":%d,\"count\":%zu,\"bytes\":%llu,%s}", (int)getpid(), ends[1],
		  writes, (unsigned long long)bytes, calls_json(&calls));
	wait_for_file(w.stop);
	return 0;
}
