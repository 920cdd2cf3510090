/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network of a case's own, which has nothing but a loopback device, and files of its own in /etc. */
#ifndef OWN_NETWORK_H
#define OWN_NETWORK_H

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "case.h"

static inline void own_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		die("unshare");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ioctl(fd, SIOCSIFFLAGS, &lo))
		die("lo");
	close(fd);
}

static inline struct sockaddr_in local_address(const char *address, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	inet_pton(AF_INET, address, &a.sin_addr);
	return a;
}

/* The file at `path` has this text, for this program and its children. */
static inline void own_file(const char *path, const char *text)
{
	char name[] = "own-XXXXXX";
	int fd = mkstemp(name);

	if (fd < 0 || dprintf(fd, "%s", text) < 0 || fchmod(fd, 0644) ||
	    mount(name, path, NULL, MS_BIND, NULL))
		die(path);
	close(fd);
}

/* Has the address of a name server, and does not read what comes. */
static inline void silent_name_server(const char *address)
{
	struct sockaddr_in a = local_address(address, 53);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		die(address);
}

#endif
