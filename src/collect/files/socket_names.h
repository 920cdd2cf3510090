/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets by address instead of by inode. */
#ifndef TS_COLLECT_FILES_SOCKET_NAMES_H
#define TS_COLLECT_FILES_SOCKET_NAMES_H

#include "target/sockets.h"

#define SOCKET_NAME_BYTES (SOCKET_TEXT_BYTES + 16)

/* The inode in "socket:[123]"; 0: no socket, or NULL. */
uint64_t socket_path__inode(const char *path);

/* Looks for those in the list (their inodes are set), and brings it in order, each once; returns how many are
 * left. */
size_t socket_names__find(const struct process *p, struct socket_end *list, size_t count);
/* NULL: not in the list, or without an address. */
const struct socket_end *socket_names__get(const struct socket_end *list, size_t count, uint64_t inode);
/* "socket to 10.0.0.1:5432", or, of one without another end, "socket at [::]:80". */
const char *socket_name(char dst[SOCKET_NAME_BYTES], const struct socket_end *e);

#endif
