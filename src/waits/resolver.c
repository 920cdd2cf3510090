// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/resolver.h"

#include <stdio.h>
#include <string.h>

#include "util/text.h"

#define ADDRESS 64 /* with the zone of a link-local one */

/* Names without leading underscores; those with a star begin so. */
static bool resolves(const char *name)
{
	static const char *const NAMES[] = {"getaddrinfo", "getnameinfo", "res_query",   "res_search",
					    "res_send",    "res_nquery",  "res_nsearch", "res_nsend"};
	static const char *const STARTS[] = {"gethostbyname", "gethostbyaddr", "res_context_", "nss_dns_"};

	while (*name == '_')
		name++;
	if (!strchr("grn", *name))
		return false;
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (!strcmp(name, NAMES[i]))
			return true;
	for (size_t i = 0; i < sizeof(STARTS) / sizeof(STARTS[0]); i++)
		if (starts_with(name, STARTS[i]))
			return true;
	return false;
}

bool resolver__on_stack(const struct call_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->frames[i].function && resolves(stack->frames[i].function))
			return true;
	return false;
}

/* The address of a line "nameserver ADDRESS"; false: it is another one. */
static bool address_in(const char *line, char dst[ADDRESS])
{
	static const char word[] = "nameserver";
	size_t length;

	if (!starts_with(line, word))
		return false;
	line += strlen(word);
	if (*line != ' ' && *line != '\t')
		return false;
	line += strspn(line, " \t");
	length = strspn(line, "0123456789abcdefABCDEF.:%");
	length += strspn(line + length, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	if (!length || length >= ADDRESS || !strchr(" \t\r\n", line[length]))
		return false;
	snprintf(dst, ADDRESS, "%.*s", (int)length, line);
	return true;
}

char *resolver__servers(const char *text, char dst[RESOLVER_TEXT])
{
	size_t found = 0, used = 0;
	char address[ADDRESS];

	*dst = '\0';
	while (text && *text && found < RESOLVER_SERVERS) {
		if (address_in(text, address)) {
			used += (size_t)snprintf(dst + used, RESOLVER_TEXT - used,
						 strchr(address, ':') ? "%s[%s]:53" : "%s%s:53",
						 found ? ", " : "", address);
			found++;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return dst;
}
