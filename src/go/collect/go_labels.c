// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_labels.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"
#include "util/table.h"

#define KEY_BYTES (GOROUTINE_LABELS_MAX * 2 * 256)

static struct go_label copy(struct arena *a, const struct go_label *l)
{
	return (struct go_label){arena__string(a, l->key), arena__string(a, l->value), 1};
}

void go_labels__count(struct arena *a, struct go_group *row, const struct goroutine *go)
{
	for (uint32_t k = 0; k < go->label_count; k++) {
		const struct go_label *l = &go->labels[k];
		size_t i = 0;

		while (i < row->label_count &&
		       (strcmp(row->labels[i].key, l->key) || strcmp(row->labels[i].value, l->value)))
			i++;
		if (i < row->label_count)
			row->labels[i].count++;
		else if (i < GROUP_LABELS)
			row->labels[row->label_count++] = copy(a, l);
		else
			row->labels_more++;
	}
}

/* ---- sets ---------------------------------------------------------------------- */

struct set {
	struct go_label_set row;
	UT_hash_handle hh;
	char key[];
};

struct go_label_sets {
	struct set *table;
};

/* The texts in sequence, each with its NUL: equal only for equal sets. */
static size_t key_of(char key[KEY_BYTES], const struct goroutine *go)
{
	size_t size = 0;

	for (uint32_t i = 0; i < go->label_count; i++) {
		const char *texts[] = {go->labels[i].key, go->labels[i].value};

		for (int k = 0; k < 2; k++) {
			size_t length = strnlen(texts[k], 255);

			memcpy(key + size, texts[k], length);
			key[size + length] = '\0';
			size += length + 1;
		}
	}
	return size;
}

static struct set *add_set(struct arena *a, struct go_label_sets *sets, const struct goroutine *go,
			   const char *key, size_t size)
{
	struct set *s = heap__array(1, sizeof(*s) + size);
	struct go_label *labels = ARENA_NEW(a, struct go_label, go->label_count);

	for (uint32_t i = 0; i < go->label_count; i++)
		labels[i] = copy(a, &go->labels[i]);
	memcpy(s->key, key, size);
	s->row = (struct go_label_set){.labels = labels, .label_count = go->label_count};
	HASH_ADD_KEYPTR(hh, sets->table, s->key, size, s);
	return s;
}

void go_labels__count_set(struct arena *a, struct go_label_sets **sets, size_t *left,
			  const struct goroutine *go)
{
	char key[KEY_BYTES];
	size_t size = key_of(key, go);
	struct set *s;

	if (!size)
		return;
	if (!*sets)
		*sets = HEAP_NEW(struct go_label_sets, 1);
	HASH_FIND(hh, (*sets)->table, key, size, s);
	if (!s && *left) {
		(*left)--;
		s = add_set(a, *sets, go, key, size);
	}
	if (s)
		s->row.count++;
}

void go_labels__finish(struct arena *a, const struct go_label_sets *sets, struct go_group *row)
{
	struct go_label_set *list;
	struct set *s, *next;
	size_t count = 0;

	if (!sets)
		return;
	list = ARENA_NEW(a, struct go_label_set, HASH_COUNT(sets->table) + 1);
	HASH_ITER(hh, sets->table, s, next)
	list[count++] = s->row;
	row->sets = list;
	row->set_count = count;
}

void go_labels__free(struct go_label_sets *sets)
{
	struct set *s, *next;

	if (!sets)
		return;
	HASH_ITER(hh, sets->table, s, next)
	{
		HASH_DEL(sets->table, s);
		free(s);
	}
	free(sets);
}
