/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread in each kind of wait on a socket, named after it. Prints the ports and paths at both ends. With
 * --crowd N, N more connections, on which nobody waits.
 */
#include "workload.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct wait {
	const char *name;
	int fd;
	bool connects;
	atomic_int tid;
} waits[] = {
	{.name = "accept"},      {.name = "read-client"},
	{.name = "read-server"}, {.name = "accept-6"},
	{.name = "accept-unix"}, {.name = "read-unix"},
	{.name = "read-pair"},   {.name = "connect", .connects = true},
};
enum { ACCEPT, READ_CLIENT, READ_SERVER, ACCEPT_6, ACCEPT_UNIX, READ_UNIX, READ_PAIR, CONNECT };
enum { WAITS = sizeof(waits) / sizeof(waits[0]) };

static struct sockaddr_in full;

static int listen_at(int family, const void *address, socklen_t size, int backlog)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, address, size) || listen(fd, backlog))
		die("listen");
	return fd;
}

static struct sockaddr_in address_of(int fd)
{
	struct sockaddr_in a; /* a port is in the same place in sockaddr_in6 */
	socklen_t size = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &size))
		die("getsockname");
	return a;
}

static int connect_to(int family, const void *address, socklen_t size, int flags)
{
	int fd = socket(family, SOCK_STREAM | flags, 0);

	if (fd < 0 || (connect(fd, address, size) && errno != EINPROGRESS))
		die("connect");
	return fd;
}

static void *run_wait(void *arg)
{
	struct wait *w = arg;
	char c;

	set_name(w->name);
	w->tid = my_tid();
	if (w->connects)
		connect(w->fd, (struct sockaddr *)&full, sizeof(full));
	else if (!strncmp(w->name, "accept", 6))
		accept(w->fd, NULL, NULL);
	else if (recv(w->fd, &c, 1, 0) < 0)
		die("recv");
	return NULL;
}

static void make_crowd(long count)
{
	struct rlimit most;
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, at;
	int listener;

	getrlimit(RLIMIT_NOFILE, &most);
	most.rlim_cur = most.rlim_max;
	setrlimit(RLIMIT_NOFILE, &most);
	listener = listen_at(AF_INET, &any, sizeof(any), 128);
	at = address_of(listener);
	for (long i = 0; i < count; i++) {
		connect_to(AF_INET, &at, sizeof(at), 0);
		if (accept(listener, NULL, NULL) < 0)
			die("accept");
	}
}

static void open_sockets(const char *path)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, at;
	struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	int pair[2], full_listener;

	waits[ACCEPT].fd = listen_at(AF_INET, &any, sizeof(any), 8);
	at = address_of(waits[ACCEPT].fd);
	waits[READ_CLIENT].fd = connect_to(AF_INET, &at, sizeof(at), 0);
	waits[READ_SERVER].fd = accept(waits[ACCEPT].fd, NULL, NULL);
	waits[ACCEPT_6].fd = listen_at(AF_INET6, &any6, sizeof(any6), 8);
	snprintf(local.sun_path, sizeof(local.sun_path), "%s", path);
	waits[ACCEPT_UNIX].fd = listen_at(AF_UNIX, &local, sizeof(local), 8);
	connect_to(AF_UNIX, &local, sizeof(local), 0);
	waits[READ_UNIX].fd = accept(waits[ACCEPT_UNIX].fd, NULL, NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		die("socketpair");
	waits[READ_PAIR].fd = pair[0];
	full_listener = listen_at(AF_INET, &any, sizeof(any), 0);
	full = address_of(full_listener);
	for (int i = 0; i < 3; i++)
		connect_to(AF_INET, &full, sizeof(full), SOCK_NONBLOCK);
	waits[CONNECT].fd = socket(AF_INET, SOCK_STREAM, 0);
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "crowd path");

	make_crowd(option_number(argc, argv, "crowd", 0));
	open_sockets(option(argc, argv, "path", ""));
	for (int i = 0; i < WAITS; i++) {
		start_thread(run_wait, &waits[i], 65536);
		while (!waits[i].tid)
			sleep_ns(1000000);
		wait_until_blocked(waits[i].tid);
	}
	announcef(&w, "{\"pid\":%d,\"port\":%d,\"client_port\":%d,\"port_6\":%d,\"full_port\":%d}",
		  (int)getpid(), ntohs(address_of(waits[ACCEPT].fd).sin_port),
		  ntohs(address_of(waits[READ_CLIENT].fd).sin_port),
		  ntohs(address_of(waits[ACCEPT_6].fd).sin_port), ntohs(full.sin_port));
	stay(&w);
	return 0;
}
