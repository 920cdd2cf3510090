// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A semaphore as a lock behind a class and a guard: "holder" has it and sleeps in read of a pipe, three threads
 * wait for it.
 *
 * Perfect: a warning that names the likely holder, and its read.
 */
#include <atomic>
#include <cstdio>
#include <mutex>
#include <semaphore.h>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

class permit
{
	sem_t value;

      public:
	permit()
	{
		sem_init(&value, 0, 1);
	}
	__attribute__((noinline)) void lock()
	{
		while (sem_wait(&value))
			;
	}
	void unlock()
	{
		sem_post(&value);
	}
};

static permit shared;
static std::atomic<bool> held;
static std::atomic<int> rows;
static int ends[2];

static void hold()
{
	char byte;
	std::lock_guard<permit> guard(shared);

	prctl(PR_SET_NAME, "holder");
	held = true;
	if (read(ends[0], &byte, 1) < 0)
		perror("read");
}

static void work()
{
	prctl(PR_SET_NAME, "worker");
	for (;;) {
		std::lock_guard<permit> guard(shared);

		rows++;
	}
}

int main()
{
	if (pipe(ends))
		return 1;
	std::thread(hold).detach();
	while (!held)
		usleep(1000);
	for (int i = 0; i < 3; i++)
		std::thread(work).detach();
	sleep(2);
	puts("ready");
	fflush(stdout);
	pause();
}
