// SPDX-License-Identifier: GPL-2.0-or-later
#include "feed/stream.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* 0 or an errno. */
static int wait_for(struct stream *s)
{
	struct pollfd fds[] = {{s->fd, POLLIN, 0}, {s->stop, POLLIN, 0}};
	int n;

	do
		n = poll(fds, 2, s->wait ? s->wait(s->arg, false) : -1);
	while (!n || (n < 0 && errno == EINTR));
	if (n < 0)
		return errno;
	return fds[1].revents ? ECANCELED : 0;
}

static ssize_t read_stream(void *arg, char *to, size_t size)
{
	struct stream *s = arg;
	ssize_t n;

	do {
		errno = wait_for(s);
		if (errno)
			return -1;
		n = read(s->fd, to, size);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n > 0 && s->wait)
		s->wait(s->arg, true);
	return n;
}

FILE *stream__open(struct stream *s)
{
	FILE *in = fopencookie(s, "r", (cookie_io_functions_t){.read = read_stream});

	if (in)
		setvbuf(in, s->buffer, _IOFBF, sizeof(s->buffer));
	return in;
}
