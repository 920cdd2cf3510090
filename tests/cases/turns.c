/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Healthy: workers take turns at waiting for clients. One waits, with the mutex turn held, the others for the
 * mutex. Argument: accept, or epoll (as uWSGI's threads do).
 *
 * Perfect: no warning, as nobody is held up.
 */
#include "case.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define WORKERS 6

pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int listener, events = -1;

FRAME static void serve(void)
{
	struct epoll_event e;

	for (;;) {
		pthread_mutex_lock(&turn);
		if (events >= 0)
			epoll_wait(events, &e, 1, -1);
		close(accept(listener, NULL, NULL));
		pthread_mutex_unlock(&turn);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event e = {.events = EPOLLIN};

	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 8))
		die("listen");
	if (argc == 2 && !strcmp(argv[1], "epoll")) {
		events = epoll_create1(0);
		epoll_ctl(events, EPOLL_CTL_ADD, listener, &e);
	}
	for (int i = 0; i < WORKERS; i++)
		start_blocked("worker", serve);
	sleep_ns(1200000000);
	tell("ready");
	sleep_for_ever();
}
