// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/socket_text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"

#define TCP_SYN_SENT 2
#define TCP_CLOSE    7 /* include/net/tcp_states.h; also a datagram socket that is not connected */

uint64_t socket_path__inode(const char *path)
{
	static const char start[] = "socket:[";

	return path && starts_with(path, start) ? strtoull(path + strlen(start), NULL, 10) : 0;
}

static bool print_address(uint32_t family, const uint8_t *bytes, uint32_t port, char *text)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool v4_in_v6 = family == AF_INET6 && !memcmp(bytes, mapped, sizeof(mapped));
	bool v4 = family == AF_INET || v4_in_v6;
	char name[INET6_ADDRSTRLEN];

	if (!port || !inet_ntop(v4 ? AF_INET : AF_INET6, v4_in_v6 ? bytes + 12 : bytes, name, sizeof(name)))
		return false;
	snprintf(text, SOCKET_TEXT_BYTES, v4 ? "%s:%u" : "[%s]:%u", name, port);
	return true;
}

/* A path ends at its NUL; an abstract name begins with one, and others in it are shown as @, too. */
static bool print_name(const char *name, uint32_t bytes, char *text)
{
	size_t len = bytes < TS_SOCKET_NAME_BYTES ? bytes : 0;

	if (len && name[0])
		len = strnlen(name, len);
	for (size_t i = 0; i < len; i++)
		text[i] = name[i] ? name[i] : '@';
	text[len] = '\0';
	return len > 0;
}

static bool fill_unix(struct socket_end *e, const struct ts_socket *s)
{
	/* A server's connections have its own name, and their peers rarely one. */
	if (print_name(s->name, s->name_bytes, e->text))
		return true;
	e->peer = print_name(s->peer_name, s->peer_name_bytes, e->text);
	return e->peer;
}

/* Raw sockets and those for ping have another number in place of the port. */
static bool has_ports(const struct ts_socket *s)
{
	return s->type != SOCK_RAW && s->protocol != IPPROTO_ICMP && s->protocol != IPPROTO_ICMPV6;
}

bool socket_end__fill(struct socket_end *ret, const struct ts_socket *s)
{
	struct socket_end e = {.inode = s->inode};

	if (s->family == AF_UNIX) {
		if (!fill_unix(&e, s))
			return false;
	} else if ((s->family == AF_INET || s->family == AF_INET6) && has_ports(s)) {
		e.syn_sent = s->type == SOCK_STREAM && s->state == TCP_SYN_SENT;
		e.peer = s->state != TCP_CLOSE &&
			 print_address(s->family, s->peer_address, s->peer_port, e.text);
		if (!e.peer && !print_address(s->family, s->address, s->port, e.text))
			return false;
	} else {
		return false;
	}
	*ret = e;
	return true;
}

const char *socket_name(char dst[SOCKET_NAME_BYTES], const struct socket_end *e)
{
	snprintf(dst, SOCKET_NAME_BYTES, "socket %s %s", e->peer ? "to" : "at", e->text);
	return dst;
}
