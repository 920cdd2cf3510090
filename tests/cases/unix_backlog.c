/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unix_backlog SOCKET: four threads connect to a Unix socket whose server, the child "lazy-server", does not
 * accept. Its backlog has room for two.
 *
 * Perfect: threads wait in connect(SOCKET), whose backlog is full; lazy-server (PID) listens there and does
 * not accept.
 */
#include "case.h"
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int listener;

static void connect_to_it(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("connect");
	sleep_on();
}

int main(int argc, char **argv)
{
	pid_t server;

	if (argc != 2)
		return 2;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[1]);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1))
		die(argv[1]);
	server = start_child("lazy-server", sleep_on);
	close(listener);
	for (int i = 0; i < 4; i++)
		start_blocked("client", connect_to_it);
	sleep_ns(1100000000);
	tell("ready server=%d", (int)server);
	sleep_on();
}
