// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "facts/fields.h"

/* The lists that are OWNED by their rows; all else is in the arena. */
void sample__free(struct sample *s)
{
	const struct field_table *t = &facts_tables[FACTS_sample];
	void *list;

	if (!s)
		return;
	for (size_t i = 0; i < t->count; i++)
		if (t->fields[i].owned) {
			memcpy(&list, (const char *)s + t->fields[i].offset, sizeof(list));
			free(list);
		}
	free(s->go_list);
	arena__free(&s->arena);
	free(s);
}
