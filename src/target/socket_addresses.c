// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/socket_addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

static void print_path(const struct sockaddr_un *un, size_t bytes, char dst[ADDRESS_TEXT])
{
	size_t name = bytes - offsetof(struct sockaddr_un, sun_path);

	if (name > sizeof(un->sun_path))
		name = sizeof(un->sun_path);
	if (*un->sun_path)
		snprintf(dst, ADDRESS_TEXT, "%.*s", (int)name, un->sun_path);
	else
		snprintf(dst, ADDRESS_TEXT, "@%.*s", (int)name - 1, un->sun_path + 1);
}

bool process__socket_address(const struct process *p, uint64_t address, uint64_t bytes,
			     char dst[ADDRESS_TEXT])
{
	struct sockaddr_storage a = {0};
	const struct sockaddr_in *in4 = (const void *)&a;
	const struct sockaddr_in6 *in6 = (const void *)&a;
	char text[INET6_ADDRSTRLEN];

	if (bytes > sizeof(a))
		bytes = sizeof(a);
	if (!address || bytes <= sizeof(a.ss_family) ||
	    process__read(p, address, &a, bytes) != (ssize_t)bytes)
		return false;
	if (a.ss_family == AF_UNIX) {
		print_path((const void *)&a, bytes, dst);
		return true;
	}
	if (a.ss_family == AF_INET && bytes >= sizeof(*in4) &&
	    inet_ntop(AF_INET, &in4->sin_addr, text, sizeof(text))) {
		snprintf(dst, ADDRESS_TEXT, "%s:%u", text, ntohs(in4->sin_port));
		return true;
	}
	if (a.ss_family == AF_INET6 && bytes >= sizeof(*in6) &&
	    inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text))) {
		snprintf(dst, ADDRESS_TEXT, "[%s]:%u", text, ntohs(in6->sin6_port));
		return true;
	}
	return false;
}
