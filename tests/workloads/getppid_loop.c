/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls getppid, or stat of --path, and does nothing else, for --ms or --count calls. */
#include "workload.h"
#include <sys/stat.h>

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "ms count path");
	uint64_t most = (uint64_t)option_number(argc, argv, "count", 0);
	uint64_t limit_ns = (uint64_t)option_number(argc, argv, "ms", most ? 0 : 1000) * 1000000;
	const char *path = option(argc, argv, "path", NULL);
	uint64_t began, n = 0;
	struct stat st;

	wait_for_go(&w);
	began = now_ns();
	while (!most || n < most) {
		if (!path)
			syscall(SYS_getppid);
		else if (stat(path, &st))
			die(path);
		n++;
		if (n % 1024 == 0 && limit_ns && now_ns() - began >= limit_ns)
			break;
	}
	double seconds = (double)(now_ns() - began) / 1e9;

	announcef(&w, "{\"pid\":%d,\"count\":%llu,\"seconds\":%.6f,\"per_s\":%.1f}", (int)getpid(),
		  (unsigned long long)n, seconds, (double)n / seconds);
	wait_for_file(w.stop);
	return 0;
}
