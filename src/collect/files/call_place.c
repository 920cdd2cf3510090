// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/call_place.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "collect/files/socket_text.h"

/* The address as if a socket were bound to it. False: of another family, or too short. */
static bool fill_socket(struct ts_socket *s, const struct ts_call_key *k)
{
	const struct sockaddr_in6 *six = NULL;
	uint16_t port;

	*s = (struct ts_socket){.family = k->family, .type = SOCK_STREAM};
	switch (k->family) {
	case AF_UNIX:
		s->name_bytes = k->bytes < sizeof(s->name) ? k->bytes : (uint32_t)sizeof(s->name) - 1;
		memcpy(s->name, k->text, s->name_bytes);
		return true;
	case AF_INET:
		memcpy(s->address, k->text + sizeof(port), 4);
		break;
	case AF_INET6:
		memcpy(s->address,
		       k->text + offsetof(struct sockaddr_in6, sin6_addr) - sizeof(six->sin6_family), 16);
		break;
	default:
		return false;
	}
	memcpy(&port, k->text, sizeof(port));
	s->port = ntohs(port);
	return k->bytes >= (k->family == AF_INET ? 6 : 22);
}

static void address_text(char dst[CALL_PLACE_BYTES], const struct ts_call_key *k)
{
	struct socket_end end;
	struct ts_socket s;

	if (fill_socket(&s, k) && socket_end__fill(&end, &s))
		snprintf(dst, CALL_PLACE_BYTES, "%s", end.text);
	else if (k->family == AF_UNSPEC)
		snprintf(dst, CALL_PLACE_BYTES, "nowhere"); /* dissolves the association */
	else
		snprintf(dst, CALL_PLACE_BYTES, "address of family %u", k->family);
}

const char *call_place__text(char dst[CALL_PLACE_BYTES], const struct ts_call_key *k)
{
	*dst = '\0';
	if (k->place == TS_PLACE_ADDRESS)
		address_text(dst, k);
	else if (k->place == TS_PLACE_FILE && *k->text)
		snprintf(dst, CALL_PLACE_BYTES, "anon_inode:%.*s", TS_CALL_NAME, k->text);
	else if (k->place == TS_PLACE_PATH || k->place == TS_PLACE_PATH_AT)
		snprintf(dst, CALL_PLACE_BYTES, "%.*s", (int)sizeof(k->text), k->text);
	return dst;
}
