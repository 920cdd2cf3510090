/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls getppid and does nothing else, for --ms or --count calls. */
#include "workload.h"

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "ms count");
	uint64_t most = (uint64_t)option_number(argc, argv, "count", 0);
	uint64_t limit_ns = (uint64_t)option_number(argc, argv, "ms", most ? 0 : 1000) * 1000000;
	uint64_t began, n = 0;

	wait_for_go(&w);
	began = now_ns();
	while (!most || n < most) {
		syscall(SYS_getppid);
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
