/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages between two processes that may have a descriptor with them: unix(7), SCM_RIGHTS. */
#ifndef TS_UTIL_FD_MESSAGE_H
#define TS_UTIL_FD_MESSAGE_H

#include <stddef.h>
#include <sys/types.h>

/* fd -1: none. 0 or a negative errno. */
int fd_message__send(int socket, const void *data, size_t len, int fd);
/* Bytes received, 0: the other end is closed, or a negative errno. *ret_fd is the caller's; -1: none. */
ssize_t fd_message__receive(int socket, void *data, size_t most, int *ret_fd);

/* The same with several of them, at most FD_MESSAGE_MOST. */
#define FD_MESSAGE_MOST 8
int fd_message__send_all(int socket, const void *data, size_t len, const int *fds, size_t count);
ssize_t fd_message__receive_all(int socket, void *data, size_t most, int *ret_fds, size_t room,
				size_t *ret_count);

#endif
