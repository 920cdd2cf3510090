/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sockets of a process's network namespace are connected to. */
#ifndef TS_TARGET_SOCKETS_H
#define TS_TARGET_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

#include "target/process.h"

#define SOCKET_TEXT_BYTES 160

struct socket_end {
	uint64_t inode;
	char text[SOCKET_TEXT_BYTES]; /* "10.0.0.1:5432", "[::1]:80", "/run/a.sock", "@name"; "": not known */
	bool peer;                    /* the other end's address, else its own */
	bool seen;                    /* used while looking; false before */
};

/* One line of /proc/PID/net/{tcp,tcp6,udp,udp6} or unix (net/ipv4/tcp_ipv4.c, net/ipv6/tcp_ipv6.c,
 * net/unix/af_unix.c). Returns whether it tells of a socket with an address. */
bool socket_line__inet(const char *line, struct socket_end *ret);
bool socket_line__unix(const char *line, struct socket_end *ret);

/* Fills the list, sorted by inode, from /proc/PID/net, which is read once and up to a bound: sockets far
 * behind thousands of others, or of another namespace, stay unknown. */
void sockets__find(const struct process *p, struct socket_end *list, size_t count);

#endif
