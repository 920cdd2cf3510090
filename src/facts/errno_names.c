// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/kinds.h"

#include <errno.h>
#include <string.h>

static const char *const MEANINGS[] = {
	[EPERM] = "not permitted",
	[ENOENT] = "its receiver does not exist",
	[EINTR] = "interrupted by a signal",
	[ENXIO] = "no such device",
	[EBADF] = "not open for writing",
	[ENOMEM] = "no memory",
	[EACCES] = "not allowed",
	[EFAULT] = "invalid buffer address",
	[ENODEV] = "no such device",
	[EISDIR] = "a directory",
	[EINVAL] = "invalid argument",
	[EROFS] = "read-only file system",
	[EDEADLK] = "deadlock avoided",
	[ENOLCK] = "no locks",
	[ENOSYS] = "not supported",
	[EDESTADDRREQ] = "no address to send to",
	[EMSGSIZE] = "message too long",
	[EOPNOTSUPP] = "not supported",
	[ENETDOWN] = "network down",
	[ENETUNREACH] = "network unreachable",
	[ECONNABORTED] = "connection aborted",
	[ENOBUFS] = "no buffers",
	[ENOTCONN] = "not connected",
	[ESHUTDOWN] = "shut down",
	[ETIMEDOUT] = "timed out",
	[EHOSTDOWN] = "host down",
	[EHOSTUNREACH] = "host unreachable",
	[ESTALE] = "the file server no longer knows it",
	[EREMOTEIO] = "error of the remote side",
	[ECANCELED] = "canceled",
	[EKEYREJECTED] = "key rejected",
};

const char *errno__name(uint32_t number)
{
	const char *name = strerrorname_np((int)number);

	if (!number)
		return NULL;
	return name ? name : "an error without a name";
}

const char *errno__meaning(uint32_t number)
{
	return number < sizeof(MEANINGS) / sizeof(MEANINGS[0]) ? MEANINGS[number] : NULL;
}

static const char *full(enum ts_file_kind kind)
{
	switch (kind) {
	case TS_FILE_PIPE:
		return "pipe full, non-blocking";
	case TS_FILE_SOCKET:
		return "socket full, non-blocking";
	case TS_FILE_TTY:
		return "terminal full, non-blocking";
	default:
		return "it would have blocked";
	}
}

const char *io_error__meaning(enum ts_io_error error, enum ts_file_kind kind)
{
	static const char *const ERRORS[TS_IO_ERRORS] = {
		[TS_IO_ENOSPC] = "disk full",
		[TS_IO_EIO] = "device error",
		[TS_IO_EDQUOT] = "quota exceeded",
		[TS_IO_EFBIG] = "file size limit reached",
		[TS_IO_EPIPE] = "the reader closed it",
		[TS_IO_ECONNRESET] = "the peer closed the connection",
		[TS_IO_ECONNREFUSED] = "connection refused",
	};

	return error == TS_IO_EAGAIN ? full(kind) : ERRORS[error];
}
