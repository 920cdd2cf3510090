/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pshared dead|live|robust: the child "waiter" waits for a mutex in shared memory that the child "owner"
 * holds; "dead": the owner was killed, and the mutex is not robust.
 *
 * Perfect: waiter waits for a process-shared mutex, held by owner (PID), or: its owner no longer exists, so
 * nobody will unlock it.
 */
#include "case.h"
#include <sys/mman.h>

static pthread_mutex_t *mutex;

static void lock_it(void)
{
	pthread_mutex_lock(mutex);
	sleep_on();
}

int main(int argc, char **argv)
{
	pthread_mutexattr_t attr;
	pid_t owner, waiter;

	if (argc != 2)
		return 2;
	mutex = mmap(NULL, sizeof(*mutex), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (!strcmp(argv[1], "robust"))
		pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(mutex, &attr);
	owner = start_child("owner", lock_it);
	while (!mutex->__data.__owner)
		sleep_ns(1000000);
	if (!strcmp(argv[1], "dead")) {
		kill(owner, SIGKILL);
		waitpid(owner, NULL, 0);
	}
	waiter = start_child("waiter", lock_it);
	sleep_ns(1100000000);
	tell("ready pid=%d owner=%d", (int)waiter, (int)owner);
	sleep_on();
}
