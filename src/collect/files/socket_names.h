/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets by address instead of inode. */
#ifndef TS_COLLECT_FILES_SOCKET_NAMES_H
#define TS_COLLECT_FILES_SOCKET_NAMES_H

#include "target/sockets.h"

#define SOCKET_NAME_BYTES (SOCKET_TEXT_BYTES + 16)

/* The inode in "socket:[123]"; 0: not a socket, or NULL. */
uint64_t socket_path__inode(const char *path);

/* Finds the sockets of the list, whose inodes are set; sorts it and removes duplicates. Returns the remaining
 * number. */
size_t socket_names__find(const struct process *p, struct socket_end *list, size_t count);
/* NULL: not in the list, or without an address. */
const struct socket_end *socket_names__get(const struct socket_end *list, size_t count, uint64_t inode);
/* "socket to 10.0.0.1:5432", or, without a peer, "socket at [::]:80". */
const char *socket_name(char dst[SOCKET_NAME_BYTES], const struct socket_end *e);

#endif
