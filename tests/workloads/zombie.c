/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Has a child that has ended and that it does not collect. */
#include "workload.h"
#include <sys/wait.h>

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "");
	siginfo_t info;
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (!child)
		_exit(0);
	if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT))
		die("waitid");
	announcef(&w, "{\"pid\":%d,\"zombie_pid\":%d}", (int)getpid(), (int)child);
	stay(&w);
	return 0;
}
