/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock's owner that the memory limit of its cgroup stops: "loader" fills memory with table_lock held, and 3
 * workers want the lock. The argument is the folder of a new memory cgroup: the process moves there, and
 * limits itself to 8 MiB, of version 1 without the killer (memory.oom_control), of version 2 by memory.high.
 *
 *   gcc -O2 -g -pthread memory_limit.c -o memory_limit && mkdir CGROUP && ./memory_limit CGROUP
 *
 * Perfect answer: 3 threads wait for table_lock, held by loader (TID), which has been in a page fault for T
 * (its cgroup CGROUP uses all the memory that it may, 8.0 MiB).
 */
#define _GNU_SOURCE
#include "cgroup.h"
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LIMIT "8388608"
#define MORE  (256u << 20)

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int held;

static void limit(const char *cgroup)
{
	static const struct cgroup_limit v1[] = {{"memory.limit_in_bytes", LIMIT},
						 {"memory.oom_control", "1"}};

	enter_cgroup(cgroup, (struct cgroup_limit){"memory.high", LIMIT}, v1);
}

__attribute__((noinline)) static void fill(char *memory)
{
	for (size_t at = 0; at < MORE; at += 4096)
		memory[at] = 1;
}

static void *load(void *arg)
{
	char *memory =
		mmap(NULL, MORE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	pthread_setname_np(pthread_self(), "loader");
	pthread_mutex_lock(&table_lock);
	held = 1;
	usleep(300000);
	fill(memory);
	pthread_mutex_unlock(&table_lock);
	return arg;
}

static void *work(void *arg)
{
	pthread_setname_np(pthread_self(), "worker");
	pthread_mutex_lock(&table_lock);
	pthread_mutex_unlock(&table_lock);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	pid_t child = fork();

	if (child) { /* outside of the cgroup, where it can still print */
		sleep(2);
		printf("ready pid=%d\n", (int)child);
		fflush(stdout);
		for (;;)
			pause();
	}
	if (argc > 1)
		limit(argv[1]);
	pthread_create(&thread, NULL, load, NULL);
	while (!held)
		usleep(1000);
	for (int i = 0; i < 3; i++)
		pthread_create(&thread, NULL, work, NULL);
	for (;;)
		pause();
}
