// SPDX-License-Identifier: GPL-2.0-or-later
// name_namespaces: three threads wait for the next number of a stage, in namespaces that are called "mutex",
// "spinlock_free" and "acquire". None of them waits for a lock.
//
// Perfect: nothing is said of a lock, and no thread is held up.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace mutex::spinlock_free::acquire {
class Stage {
	std::mutex mutex;
	std::condition_variable changed;
	long number = 0;

public:
	long follow()
	{
		std::unique_lock<std::mutex> own(mutex);

		while (!number)
			changed.wait(own);
		return number;
	}
};
}

int main()
{
	static mutex::spinlock_free::acquire::Stage stage;

	for (int i = 0; i < 3; i++)
		std::thread([] { printf("%ld\n", stage.follow()); }).detach();
	usleep(500000);
	puts("ready");
	fflush(stdout);
	pause();
}
