// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two threads, each with a std::timed_mutex, want that of the other; one gives up after an hour. "behind"
 * wants the first one's lock.
 *
 * Perfect: who waits for whom, but no deadlock, as a timeout will end it.
 */
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

std::timed_mutex accounts_mutex, orders_mutex;
static std::atomic<int> holding;

static void wait_for_both()
{
	holding++;
	while (holding < 2)
		usleep(1000);
}

static void give_up()
{
	prctl(PR_SET_NAME, "gives-up");
	std::lock_guard<std::timed_mutex> mine(accounts_mutex);
	wait_for_both();
	if (orders_mutex.try_lock_for(std::chrono::hours(1)))
		orders_mutex.unlock();
}

static void insist()
{
	prctl(PR_SET_NAME, "insists");
	std::lock_guard<std::timed_mutex> mine(orders_mutex);
	wait_for_both();
	std::lock_guard<std::timed_mutex> its(accounts_mutex);
}

static void be_behind()
{
	prctl(PR_SET_NAME, "behind");
	std::lock_guard<std::timed_mutex> guard(accounts_mutex);
}

int main()
{
	std::thread first(give_up), second(insist);
	while (holding < 2)
		usleep(1000);
	std::thread third(be_behind);
	usleep(1200000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
