/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program forks while a thread holds a std::recursive_mutex. The thread has ended since: the child waits for
 * a lock whose owner exists nowhere.
 *
 * Perfect: it waits for cache_lock, whose owner does not exist any more: nobody will unlock it.
 */
#include <mutex>
#include <thread>
extern "C" {
#include <stdio.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>
}

static std::recursive_mutex cache_lock;
static volatile bool locked, forked;

static void hold()
{
	cache_lock.lock();
	locked = true;
	while (!forked)
		usleep(1000);
	cache_lock.unlock();
}

int main()
{
	std::thread holder(hold);
	pid_t child;

	while (!locked)
		usleep(1000);
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		cache_lock.lock();
		_exit(0);
	}
	forked = true;
	holder.join();
	usleep(1500000);
	printf("ready pid=%d\n", (int)child);
	fflush(stdout);
	for (;;)
		pause();
}
