/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread, parent, in vfork: its child neither ends nor starts another program. */
#include "workload.h"
#include <signal.h>

static pid_t tid;

static void *run_parent(void *arg)
{
	set_name("parent");
	tid = my_tid();
	if (!vfork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;)
			pause();
	}
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "");
	unsigned long switches;

	start_thread(run_parent, NULL, 65536);
	while (!tid || thread_state(tid, &switches) != 'D')
		sleep_ns(1000000);
	announcef(&w, "{\"pid\":%d,\"tid\":%d}", (int)getpid(), (int)tid);
	stay(&w);
	return 0;
}
