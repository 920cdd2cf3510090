// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/fd_message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(FD_MESSAGE_MOST * sizeof(int))];
};

int fd_message__send_all(int socket, const void *data, size_t len, const int *fds, size_t count)
{
	struct iovec v = {(void *)data, len};
	union control c = {0};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};

	if (count > FD_MESSAGE_MOST)
		return -EINVAL;
	if (count) {
		m.msg_control = &c;
		m.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c.header.cmsg_level = SOL_SOCKET;
		c.header.cmsg_type = SCM_RIGHTS;
		c.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&c.header), fds, count * sizeof(int));
	}
	return sendmsg(socket, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int fd_message__send(int socket, const void *data, size_t len, int fd)
{
	return fd_message__send_all(socket, data, len, &fd, fd >= 0);
}

/* What does not fit the room is closed by the kernel. */
ssize_t fd_message__receive_all(int socket, void *data, size_t most, int *ret_fds, size_t room,
				size_t *ret_count)
{
	/* cppcheck-suppress ctuuninitvar ; it is filled */
	struct iovec v = {data, most};
	union control c = {0};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &c,
			   .msg_controllen = CMSG_LEN(room * sizeof(int))};
	ssize_t n;

	*ret_count = 0;
	if (room > FD_MESSAGE_MOST)
		return -EINVAL;
	do
		n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n > 0 && m.msg_controllen >= CMSG_LEN(sizeof(int)) && c.header.cmsg_type == SCM_RIGHTS) {
		*ret_count = (c.header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(ret_fds, CMSG_DATA(&c.header), *ret_count * sizeof(int));
	}
	return n < 0 ? -errno : n;
}

ssize_t fd_message__receive(int socket, void *data, size_t most, int *ret_fd)
{
	size_t count;
	ssize_t n = fd_message__receive_all(socket, data, most, ret_fd, 1, &count);

	if (!count)
		*ret_fd = -1;
	return n;
}
