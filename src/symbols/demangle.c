/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#if __has_include(<libiberty/demangle.h>)
#include <libiberty/demangle.h> /* Debian */
#else
#include <demangle.h> /* Fedora */
#endif

#include "symbols/demangle.h"

/*
 * libiberty limits its recursion by default (no DMGL_NO_RECURSE_LIMIT here), but the output of a short name
 * can be exponentially long, because substitutions double. Long names therefore stay mangled.
 */
#define INPUT_MAX 2048

/* Cuts the version, but leaves "malloc@plt" alone. */
static void cut_version(char *name)
{
	char *at = strchr(name + (*name ? 1 : 0), '@');

	if (at && strcmp(at, "@plt") != 0)
		*at = '\0';
}

void demangle(const char *name, char *buf, size_t size)
{
	char plain[INPUT_MAX + 1], *pretty = NULL;
	size_t n = strnlen(name, INPUT_MAX + 1);

	if (n <= INPUT_MAX && name[0] == '_') {
		memcpy(plain, name, n + 1);
		char *plt = strstr(plain, "@plt");
		cut_version(plain);
		if (plt)
			*plt = '\0';
		if (plain[1] == 'Z' || plain[1] == 'R')
			pretty = cplus_demangle(plain, DMGL_ANSI | DMGL_AUTO);
		if (pretty)
			snprintf(buf, size, "%s%s", pretty, plt ? "@plt" : "");
		free(pretty);
		if (pretty)
			return;
	}
	snprintf(buf, size, "%s", name);
	cut_version(buf);
}
