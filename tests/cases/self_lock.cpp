/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache that calls its listener with its std::mutex held, and the listener asks the cache: "evictor" waits
 * for itself. Three workers wait behind it.
 *
 * Perfect: a deadlock: evictor waits for cache_mutex, which it holds itself; 3 threads wait behind it.
 */
#include <atomic>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

std::mutex cache_mutex;
static std::atomic<bool> held;

__attribute__((noinline)) static int lookup(int key)
{
	std::lock_guard<std::mutex> guard(cache_mutex);
	return key;
}

__attribute__((noinline)) static void on_evict(int key)
{
	held = true;
	lookup(key);
}

static void evict()
{
	prctl(PR_SET_NAME, "evictor");
	std::lock_guard<std::mutex> guard(cache_mutex);
	on_evict(1);
}

static void work()
{
	prctl(PR_SET_NAME, "worker");
	lookup(2);
}

int main()
{
	std::thread evictor(evict);
	while (!held)
		usleep(1000);
	std::thread workers[] = {std::thread(work), std::thread(work), std::thread(work)};
	sleep(2);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
