/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * call_connect: four threads connect by TCP to an address that answers nothing, in a network of the program's
 * own: a filter on the listener drops what comes. A fifth has a socket that does not block, and polls it, as
 * clients with a timeout do. A sixth polls a listener: that is no trouble.
 *
 * Perfect: 4 threads have been in connect(127.0.0.66:5432) for T: nothing has answered its SYN; the same of
 * the fifth in poll.
 */
#define _GNU_SOURCE
#include "case.h"
#include "own_network.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>

static struct sockaddr_in address;
static int listener;

static void connect_to_it(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("connect");
}

static void poll_it(void)
{
	struct pollfd p = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
			   .events = POLLOUT};

	if (!connect(p.fd, (struct sockaddr *)&address, sizeof(address)) || errno != EINPROGRESS)
		die("connect");
	poll(&p, 1, 600000);
}

static void serve(void)
{
	struct pollfd p = {.fd = listener, .events = POLLIN};

	poll(&p, 1, -1);
}

int main(void)
{
	struct sock_filter drop = {.code = BPF_RET | BPF_K};
	struct sock_fprog filter = {.len = 1, .filter = &drop};

	own_network();
	address = local_address("127.0.0.66", 5432);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1))
		die("listen");
	for (int i = 0; i < 4; i++)
		start_blocked("client", connect_to_it);
	start_blocked("poller", poll_it);
	start_blocked("server", serve);
	sleep_ns(1100000000);
	tell("ready");
	sleep_on();
}
