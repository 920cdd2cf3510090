/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three processes serve two listeners: a mutex in shared memory gives each its turn at poll. The target waits
 * for it.
 *
 * Perfect: worth a line, and no warning: nobody is held up.
 */
#include "case.h"
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

static pthread_mutex_t *turn;
static struct pollfd listeners[2] = {{.events = POLLIN}, {.events = POLLIN}};

static void serve(void)
{
	while (true) {
		pthread_mutex_lock(turn);
		if (poll(listeners, 2, -1) < 0)
			die("poll");
		pthread_mutex_unlock(turn);
	}
}

int main(void)
{
	pthread_mutexattr_t shared;
	pid_t last = 0;

	turn = mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(turn, &shared);
	for (int i = 0; i < 2; i++) {
		listeners[i].fd = socket(AF_INET, SOCK_STREAM, 0);
		if (listen(listeners[i].fd, 8))
			die("listen");
	}
	for (int i = 0; i < 3; i++) {
		last = start_child("server", serve);
		wait_until_blocked(last);
	}
	sleep_ns(1300000000);
	tell("ready pid=%d", (int)last);
	sleep_on();
}
