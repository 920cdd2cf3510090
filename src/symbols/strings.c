/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/strings.h"

static uint64_t hash_of(const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3;
	return h ^ h >> 32;
}

static bool grow(struct strings *t)
{
	size_t room = t->room ? t->room * 2 : 256;
	char **slots = calloc(room, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < t->room; i++) {
		if (!t->slots[i])
			continue;
		size_t at = hash_of(t->slots[i], strlen(t->slots[i])) & (room - 1);
		while (slots[at])
			at = (at + 1) & (room - 1);
		slots[at] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->room = room;
	return true;
}

const char *strings__keep(struct strings *t, const char *s)
{
	size_t n, at;

	if (!s || ((t->count + 1) * 2 > t->room && !grow(t)))
		return NULL;
	n = strnlen(s, PATH_MAX);
	at = hash_of(s, n) & (t->room - 1);
	for (; t->slots[at]; at = (at + 1) & (t->room - 1))
		if (strncmp(t->slots[at], s, n) == 0 && !t->slots[at][n])
			return t->slots[at];
	t->slots[at] = strndup(s, n);
	t->count += t->slots[at] != NULL;
	return t->slots[at];
}

void strings__free(struct strings *t)
{
	for (size_t i = 0; i < t->room; i++)
		free(t->slots[i]);
	free(t->slots);
	memset(t, 0, sizeof(*t));
}
