/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Appends lines of --size bytes (120) to --path and does nothing else, for --ms or --count writes. */
#include "workload.h"

#define START_OVER 500000 /* writes: the file does not grow for ever */

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "path size ms count");
	const char *path = option(argc, argv, "path", "/dev/shm/write_loop.log");
	size_t size = (size_t)option_number(argc, argv, "size", 120);
	uint64_t most = (uint64_t)option_number(argc, argv, "count", 0);
	uint64_t limit_ns = (uint64_t)option_number(argc, argv, "ms", most ? 0 : 1000) * 1000000;
	uint64_t began, n = 0;
	char *line = malloc(size + 1);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path);
	memset(line, 'x', size + 1);
	if (size)
		line[size - 1] = '\n';
	wait_for_go(&w);
	began = now_ns();
	while (!most || n < most) {
		if (write(fd, line, size) != (ssize_t)size)
			die(path);
		n++;
		if (n % 256 == 0 && limit_ns && now_ns() - began >= limit_ns)
			break;
		if (n % START_OVER == 0 && ftruncate(fd, 0))
			die(path);
	}
	double seconds = (double)(now_ns() - began) / 1e9;

	announcef(
		&w,
		"{\"pid\":%d,\"count\":%llu,\"bytes\":%llu,\"seconds\":%.6f,\"per_s\":%.1f,\"path\":\"%s\"}",
		(int)getpid(), (unsigned long long)n, (unsigned long long)n * size, seconds,
		(double)n / seconds, path);
	wait_for_file(w.stop);
	return 0;
}
