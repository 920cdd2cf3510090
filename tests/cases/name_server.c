/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_server: three threads resolve names, and the name server never answers: it has port 53 of an address
 * in a network of the program's own, and does not read. /etc/resolv.conf is the program's own, too.
 *
 * Perfect: 3 threads have waited T for an answer of the name server 127.0.0.66:53, to resolve names.
 */
#define _GNU_SOURCE
#include "case.h"
#include "own_network.h"
#include <netdb.h>

static void resolve(void)
{
	struct addrinfo *found, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};

	for (;;)
		getaddrinfo("db.example.com", "5432", &hints, &found);
}

int main(void)
{
	own_network();
	silent_name_server("127.0.0.66");
	own_file("/etc/resolv.conf", "nameserver 127.0.0.66\noptions timeout:25 attempts:3\n");
	for (int i = 0; i < 3; i++)
		start_blocked("client", resolve);
	sleep_ns(1100000000);
	tell("ready");
	sleep_on();
}
