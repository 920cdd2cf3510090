// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two threads wait for what C++20 has, by the program's argument:
 *   semaphore  a std::binary_semaphore that "holder" has, as a lock
 *   latch      a std::latch that nobody counts down
 *   barrier    a std::barrier of three
 *   future     a std::future whose promise nobody fulfils
 *   jthread    the end of a std::jthread, which reads a pipe
 *   shared     a std::condition_variable_any with a std::shared_mutex
 *
 * Perfect: 2 threads wait for a std::barrier, and so on, by its name; who has not arrived is not known.
 */
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <string>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

std::binary_semaphore table_lock{1};
std::latch started{1};
std::barrier phase{3};
std::promise<int> answer;
std::shared_future<int> result = answer.get_future().share();
std::shared_mutex table;
std::condition_variable_any changed;
static int ends[2];

__attribute__((noinline)) void read_pipe()
{
	char byte;

	if (read(ends[0], &byte, 1) < 0)
		perror("read");
}

__attribute__((noinline)) void serve(const std::string &what)
{
	if (what == "semaphore") {
		table_lock.acquire();
		table_lock.release();
	} else if (what == "latch") {
		started.wait();
	} else if (what == "barrier") {
		phase.arrive_and_wait();
	} else if (what == "future") {
		printf("%d\n", result.get());
	} else if (what == "jthread") {
#ifdef __cpp_lib_jthread
		std::jthread reader(read_pipe);
#endif
	} else {
		std::shared_lock guard(table);
		changed.wait(guard);
	}
}

int main(int argc, char **argv)
{
	const std::string what = argc > 1 ? argv[1] : "barrier";

	if (pipe(ends))
		return 1;
	if (what == "semaphore") {
		std::thread([] {
			prctl(PR_SET_NAME, "holder");
			table_lock.acquire();
			read_pipe();
			table_lock.release();
		}).detach();
		while (table_lock.try_acquire())
			table_lock.release();
	}
	for (int i = 0; i < 2; i++)
		std::thread([what] {
			prctl(PR_SET_NAME, "waiter");
			serve(what);
		}).detach();
	usleep(200000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
