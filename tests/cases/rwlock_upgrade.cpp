/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two threads hold a std::shared_mutex for reading, and each wants to write: both wait for ever, for each
 * other.
 *
 * Perfect: a likely deadlock: each waits for cache_lock and likely holds it itself for reading; one is named, the other
 * waits behind.
 */
#include <atomic>
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

std::shared_mutex cache_lock;
static std::atomic<int> readers;

__attribute__((noinline)) static void upgrade()
{
	std::unique_lock<std::shared_mutex> writes(cache_lock);
}

static void read_then_write()
{
	prctl(PR_SET_NAME, "upgrader");
	std::shared_lock<std::shared_mutex> reads(cache_lock);
	readers++;
	while (readers < 2)
		usleep(1000);
	upgrade();
}

int main()
{
	std::thread first(read_then_write), second(read_then_write);
	sleep(2);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
