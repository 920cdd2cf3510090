/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Healthy: "indexer" computes for some seconds with a std::mutex held, and three workers wait for the result.
 *
 * Perfect: who waits for whom, since when, and that the owner runs; as information, for it makes progress.
 */
#include <cstdio>
#include <mutex>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

std::mutex index_mutex;
static volatile unsigned long sum;

__attribute__((noinline)) static void build_index()
{
	for (;;)
		for (unsigned long i = 0; i < 1000000; i++)
			sum = sum + i * i;
}

static void index_all()
{
	prctl(PR_SET_NAME, "indexer");
	std::lock_guard<std::mutex> guard(index_mutex);
	build_index();
}

static void work()
{
	prctl(PR_SET_NAME, "worker");
	std::lock_guard<std::mutex> guard(index_mutex);
}

int main()
{
	std::thread indexer(index_all);
	usleep(100000);
	std::thread workers[] = {std::thread(work), std::thread(work), std::thread(work)};
	usleep(1200000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
