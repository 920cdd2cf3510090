/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes --children child processes one after the other, each of which makes
 * --threads threads, writes --writes lines to --path, and ends with its threads.
 */
#include "workload.h"
#include <sys/wait.h>

static void *run_nothing(void *arg)
{
	return arg;
}

static void be_child(long threads, long writes, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	set_name("fork-child");
	for (long i = 0; i < threads; i++)
		pthread_join(start_thread(run_nothing, NULL, 65536), NULL);
	for (long i = 0; i < writes; i++)
		if (write(fd, "line\n", 5) != 5)
			_exit(1);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "children threads writes path");
	long children = option_number(argc, argv, "children", 100);
	long threads = option_number(argc, argv, "threads", 2);
	long writes = option_number(argc, argv, "writes", 2);
	const char *path = option(argc, argv, "path", "/dev/null");

	wait_for_go(&w);
	for (long i = 0; i < children; i++) {
		int status;
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (!child)
			be_child(threads, writes, path);
		if (waitpid(child, &status, 0) != child || status)
			die("child");
	}
	announcef(&w, "{\"pid\":%d,\"children\":%ld,\"threads\":%ld,\"writes\":%ld}", (int)getpid(), children,
		  children * threads, children * writes);
	wait_for_file(w.stop);
	return 0;
}
