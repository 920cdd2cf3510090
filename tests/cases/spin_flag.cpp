// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Three threads want a spin lock of their own, made of std::atomic_flag, and spin for it, or yield the CPU
 * between two tries ("yield"); its holder, "holder", pauses for ever.
 *
 * Perfect: 3 threads spin for table, likely held by holder, which has been in pause for T.
 */
#include <atomic>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <mutex>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

static bool yields;

class spin_mutex
{
	std::atomic_flag flag = ATOMIC_FLAG_INIT;

      public:
	__attribute__((noinline)) void lock()
	{
		if (yields) {
			while (flag.test_and_set())
				sched_yield();
			return;
		}
		while (flag.test_and_set())
			__builtin_ia32_pause();
	}
	void unlock()
	{
		flag.clear();
	}
};

spin_mutex table;
static std::atomic<long> held;

static void hold()
{
	std::lock_guard<spin_mutex> guard(table);

	prctl(PR_SET_NAME, "holder");
	held = syscall(SYS_gettid);
	pause();
}

static void work()
{
	prctl(PR_SET_NAME, "worker");
	std::lock_guard<spin_mutex> guard(table);
}

int main(int argc, char **argv)
{
	yields = argc > 1 && !strcmp(argv[1], "yield");
	std::thread(hold).detach();
	while (!held)
		usleep(1000);
	for (int i = 0; i < 3; i++)
		std::thread(work).detach();
	while (std::clock() < CLOCKS_PER_SEC / 20) /* CPU time: they spin by then */
		usleep(10000);
	printf("ready holder=%ld\n", held.load());
	fflush(stdout);
	for (;;)
		pause();
}
