/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peers of the sockets of a process's network namespace. */
#ifndef TS_TARGET_SOCKETS_H
#define TS_TARGET_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

#include "target/process.h"

#define SOCKET_TEXT_BYTES 160

struct socket_end {
	uint64_t inode;
	char text[SOCKET_TEXT_BYTES]; /* "10.0.0.1:5432", "[::1]:80", "/run/a.sock", "@name"; "": unknown */
	bool peer;                    /* the peer's address; otherwise its own */
	bool seen;                    /* used by the search; initially false */
};

/* One line of /proc/PID/net/{tcp,tcp6,udp,udp6} or unix (net/ipv4/tcp_ipv4.c, net/ipv6/tcp_ipv6.c,
 * net/unix/af_unix.c). Returns whether it describes a socket with an address. */
bool socket_line__inet(const char *line, struct socket_end *ret);
bool socket_line__unix(const char *line, struct socket_end *ret);

/* Fills the list, sorted by inode, from /proc/PID/net, which is read once, up to a limit: sockets after
 * thousands of others, or in another namespace, remain unknown. */
void sockets__find(const struct process *p, struct socket_end *list, size_t count);

#endif
