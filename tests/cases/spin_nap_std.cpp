// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Six threads want a spin lock of their own, made of std::atomic_flag, and nap for 200 us between two tries;
 * its holder, "holder", sleeps in read of a pipe.
 *
 * Perfect: 6 threads nap and try again for table, likely held by holder, which has been in read for T; the holder
 * is not shown as idle.
 */
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

class spin_mutex
{
	std::atomic_flag flag = ATOMIC_FLAG_INIT;

      public:
	__attribute__((noinline)) void lock()
	{
		while (flag.test_and_set())
			std::this_thread::sleep_for(std::chrono::microseconds(200));
	}
	void unlock()
	{
		flag.clear();
	}
};

static spin_mutex table;
static std::atomic<bool> held;
static int ends[2];

static void hold()
{
	char byte;
	std::lock_guard<spin_mutex> guard(table);

	prctl(PR_SET_NAME, "holder");
	held = true;
	if (read(ends[0], &byte, 1) < 0)
		perror("read");
}

static void work()
{
	prctl(PR_SET_NAME, "worker");
	std::lock_guard<spin_mutex> guard(table);
}

int main()
{
	if (pipe(ends))
		return 1;
	std::thread(hold).detach();
	while (!held)
		usleep(1000);
	for (int i = 0; i < 6; i++)
		std::thread(work).detach();
	usleep(300000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
