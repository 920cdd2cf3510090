/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes --threads threads (3); then a thread that is not the main one executes
 * the program anew, which makes as many again (in second_life) and stays.
 */
#include "workload.h"

static char **arguments;

static void *run_staying(void *arg)
{
	(void)arg;
	return sleep_for_ever();
}

static void *run_exec(void *arg)
{
	static char generation[] = "--generation", two[] = "2";
	char *args[32];
	int n = 0;

	while (arguments[n] && n < 28) {
		args[n] = arguments[n];
		n++;
	}
	args[n++] = generation;
	args[n++] = two;
	args[n] = NULL;
	execv("/proc/self/exe", args);
	die("execv");
	return arg;
}

FRAME void second_life(long n)
{
	for (long i = 0; i < n; i++)
		start_thread(run_staying, NULL, 65536);
	KEEP_FRAME();
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "threads generation");
	long n = option_number(argc, argv, "threads", 3);

	arguments = argv;
	if (option_number(argc, argv, "generation", 1) == 1) {
		wait_for_go(&w);
		for (long i = 0; i < n; i++)
			start_thread(run_staying, NULL, 65536);
		start_thread(run_exec, NULL, 65536);
		sleep_for_ever();
	}
	set_name("second-life");
	second_life(n);
	announcef(&w, "{\"pid\":%d,\"created\":%ld,\"alive\":%ld}", (int)getpid(), 2 * n + 1, n);
	stay(&w);
	return 0;
}
