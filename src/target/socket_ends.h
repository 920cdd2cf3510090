/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other ends of sockets on this host, from the kernel's own list (sock_diag): by inode, so that no name
 * can be forged. A connection whose ends are in two network namespaces is not followed.
 */
#ifndef TS_TARGET_SOCKET_ENDS_H
#define TS_TARGET_SOCKET_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

struct socket_ends;

struct listener {
	uint64_t inode;
	uint32_t queued, backlog; /* connections that wait to be accepted, and how many may */
};

/* The kernel's list, of the network namespace that this thread is in: a socket, which answers within 200 ms
 * or not, or a negative errno. */
int socket_list__open(void);
/* Of the network namespace of that process. */
struct socket_ends *socket_ends__new(pid_t of);
void socket_ends__free(struct socket_ends *s); /* NULL is fine */
/* The socket that this one is connected to; 0: not known, none, or on another host. TCP sockets are listed
 * once, up to a bound. */
uint64_t socket_ends__peer(struct socket_ends *s, uint64_t inode);
/* Who listens on an address, as a program passes it to connect(); inode: of a Unix socket's path, 0: of none,
 * or not known. False: nobody here, or not known. */
bool socket_ends__listener(struct socket_ends *s, const struct sockaddr_storage *address, size_t bytes,
			   uint64_t inode, struct listener *ret);

#endif
