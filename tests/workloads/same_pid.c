/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --rounds processes one after the other, each with the PID of the one before, write --lines lines to --path.
 */
#include "workload.h"
#include <linux/sched.h>
#include <signal.h>
#include <sys/wait.h>

static pid_t child_with(pid_t pid)
{
	struct clone_args args = {.exit_signal = SIGCHLD};

	if (pid) {
		args.set_tid = (uint64_t)(uintptr_t)&pid;
		args.set_tid_size = 1;
	}
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "path rounds lines");
	const char *path = option(argc, argv, "path", "the.log");
	long rounds = option_number(argc, argv, "rounds", 100),
	     lines = option_number(argc, argv, "lines", 10);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	pid_t pid = 0;

	if (fd < 0)
		die(path);
	wait_for_go(&w);
	for (long i = 0; i < rounds; i++) {
		pid = child_with(pid);
		if (pid < 0)
			die("clone3");
		if (!pid) {
			set_name("one-of-many");
			for (long k = 0; k < lines; k++)
				if (write(fd, "line\n", 5) != 5)
					die("write");
			_exit(0);
		}
		if (waitpid(pid, NULL, 0) != pid)
			die("waitpid");
	}
	announcef(&w, "{\"pid\":%d,\"path\":\"%s\",\"writes\":%ld}", (int)pid, path, rounds * lines);
	stay(&w);
	return 0;
}
