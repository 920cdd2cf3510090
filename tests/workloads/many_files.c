/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens --count files in --dir and writes a line to each, then more lines, at intervals of 1 ms, to the last
 * one, which makes it the busiest: until the file --until exists, and --rounds then; all stay open.
 */
#include "workload.h"
#include <sys/resource.h>

#define LINE "a line\n"

static void allow(rlim_t files)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		die("getrlimit");
	if (limit.rlim_cur < files + 100)
		limit.rlim_cur = files + 100;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
}

static void put(int fd)
{
	if (write(fd, LINE, strlen(LINE)) != (ssize_t)strlen(LINE))
		die("write");
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "dir count rounds until");
	const char *dir = option(argc, argv, "dir", "/dev/shm"), *until = option(argc, argv, "until", "/");
	long count = option_number(argc, argv, "count", 50000),
	     rounds = option_number(argc, argv, "rounds", 2000);
	char path[PATH_MAX] = "";
	long writes = count;
	int last = -1;

	allow((rlim_t)count);
	wait_for_go(&w);
	for (long i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/file-%ld.log", dir, i);
		last = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (last < 0)
			die(path);
		put(last);
	}
	for (long left = rounds; left; left -= !access(until, F_OK)) {
		put(last);
		writes++;
		sleep_ns(1000000);
	}
	announcef(&w, "{\"pid\":%d,\"path\":\"%s\",\"fd\":%d,\"writes\":%ld,\"bytes\":%ld,\"rounds\":%ld}",
		  (int)getpid(), path, last, writes, writes * (long)strlen(LINE), rounds);
	wait_for_file(w.stop);
	return 0;
}
