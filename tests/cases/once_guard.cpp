/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "first" is in the constructor of a static variable of a function; four threads "later" wait until it is
 * made.
 *
 * Perfect: 4 threads wait, up to T, for the guard of the variable, which first has, which has been in
 * clock_nanosleep for T.
 */
#include <cstdio>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>
#include <vector>

struct settings {
	int value = 1;

	settings()
	{
		sleep(1000);
	}
};

__attribute__((noinline)) static int get()
{
	static settings all;

	return all.value;
}

static void use(const char *name)
{
	prctl(PR_SET_NAME, name);
	get();
}

int main()
{
	std::vector<std::thread> threads;

	threads.emplace_back(use, "first");
	usleep(200000);
	for (int i = 0; i < 4; i++)
		threads.emplace_back(use, "later");
	sleep(2);
	std::puts("ready");
	std::fflush(stdout);
	for (;;)
		pause();
}
