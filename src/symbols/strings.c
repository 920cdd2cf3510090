/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "symbols/strings.h"

struct kept {
	struct kept *next; /* of the same hash */
	size_t length;
	char text[];
};

static uint64_t hash_of(const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3;
	return h ^ h >> 32;
}

const char *strings__keep(struct strings *t, const char *s)
{
	struct kept **first, *k;
	size_t n;
	bool made;

	if (!s)
		return NULL;
	n = strnlen(s, PATH_MAX);
	first = u64_table__get(&t->table, sizeof(*first), hash_of(s, n), &made);
	for (k = *first; k; k = k->next)
		if (k->length == n && memcmp(k->text, s, n) == 0)
			return k->text;
	k = arena__alloc(&t->arena, sizeof(*k) + n + 1);
	memcpy(k->text, s, n);
	k->length = n;
	k->next = *first;
	*first = k;
	return k->text;
}

void strings__free(struct strings *t)
{
	arena__free(&t->arena);
	u64_table__free(&t->table);
}
