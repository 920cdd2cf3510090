/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets in words: the pure part of socket_names.c. */
#ifndef TS_COLLECT_FILES_SOCKET_TEXT_H
#define TS_COLLECT_FILES_SOCKET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/threadscope.h"

#define SOCKET_TEXT_BYTES 160
#define SOCKET_NAME_BYTES (SOCKET_TEXT_BYTES + 16)

struct socket_end {
	uint64_t inode;
	char text[SOCKET_TEXT_BYTES]; /* "10.0.0.1:5432", "[::1]:80", "/run/a.sock", "@name"; "": unknown */
	bool peer;                    /* the peer's address; otherwise its own */
	bool syn_sent;                /* it is to be connected, by TCP, and nothing has answered so far */
	bool seen;                    /* used by the search; initially false */
};

/* The peer's address of a connected socket, else its own. False: it has neither, or is of another family. */
bool socket_end__fill(struct socket_end *ret, const struct ts_socket *s);

/* The inode in "socket:[123]"; 0: not a socket, or NULL. */
uint64_t socket_path__inode(const char *path);
/* "socket to 10.0.0.1:5432", or, without a peer, "socket at [::]:80". */
const char *socket_name(char dst[SOCKET_NAME_BYTES], const struct socket_end *e);

#endif
