/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets by address instead of inode. */
#ifndef TS_COLLECT_FILES_SOCKET_NAMES_H
#define TS_COLLECT_FILES_SOCKET_NAMES_H

#include <sys/types.h>

#include "collect/files/socket_text.h"

struct probes;

/* Finds the sockets of the list, whose inodes are set, among those that the process has open; sorts it and
 * removes duplicates. Returns the remaining number. */
size_t socket_names__find(struct probes *probes, pid_t pid, struct socket_end *list, size_t count);
/* By inode, as the next ones need it. */
void socket_names__sort(struct socket_end *list, size_t count);
bool socket_names__known(const struct socket_end *list, size_t count, uint64_t inode);
/* NULL: not in the list, or without an address. */
const struct socket_end *socket_names__get(const struct socket_end *list, size_t count, uint64_t inode);

#endif
