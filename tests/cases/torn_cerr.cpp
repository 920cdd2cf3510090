// SPDX-License-Identifier: GPL-2.0-or-later
//
// torn_cerr FILE: two threads log to std::cerr, which writes each part of a line at once; standard error is
// FILE.
//
// Perfect: lines are torn, and a sentence that says so.
#include <cstdio>
#include <fcntl.h>
#include <iostream>
#include <thread>
#include <unistd.h>

static void work(const char *name)
{
	for (int i = 0;; i++) {
		std::cerr << name << ": request " << i;
		usleep(100); // it takes a while
		std::cerr << " took a while" << std::endl;
	}
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;

	if (fd < 0)
		return 2;
	dup2(fd, 2);
	puts("ready");
	fflush(stdout);
	std::thread first(work, "first"), second(work, "second");
	first.join();
	second.join();
}
