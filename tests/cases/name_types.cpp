// SPDX-License-Identifier: GPL-2.0-or-later
// name_types: background threads of classes that are called by the words of locks: two commit logs wait for something
// to write, the leases of two locks of a cluster are renewed every 30 s, and two threads wait for the end, at a latch.
//
// Perfect: nothing is said of a lock, and no thread is held up.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <unistd.h>

class CommitLog {
	std::mutex own;
	std::condition_variable changed;
	bool dirty = false;

public:
	__attribute__((noinline)) bool flush()
	{
		std::unique_lock<std::mutex> guard(own);

		while (!dirty)
			changed.wait(guard);
		return dirty;
	}
};

class ClusterLock {
	int renewed = 0;

public:
	__attribute__((noinline)) int keep()
	{
		sleep(30);
		return ++renewed;
	}
};

class ShutdownLatch {
	std::mutex own;
	std::condition_variable ended;
	bool open = false;

	/* With the mutex locked. */
	__attribute__((noinline)) void sleepLocked(std::unique_lock<std::mutex> &guard)
	{
		while (!open)
			ended.wait(guard);
	}

public:
	__attribute__((noinline)) bool wait()
	{
		std::unique_lock<std::mutex> guard(own);

		sleepLocked(guard);
		return open;
	}
};

int main()
{
	static ShutdownLatch latch;
	static CommitLog log[2];
	static ClusterLock lock[2];

	for (int i = 0; i < 2; i++) {
		std::thread([i] { printf("%d\n", log[i].flush()); }).detach();
		std::thread([] { printf("%d\n", latch.wait()); }).detach();
		std::thread([i] {
			while (lock[i].keep())
				;
		}).detach();
	}
	sleep(1);
	puts("ready");
	fflush(stdout);
	pause();
}
