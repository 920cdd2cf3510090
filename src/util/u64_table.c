// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/u64_table.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"

#define FIRST_SLOTS 256 /* a power of two, as all that follow */

/* Where key is, or would be. */
static size_t place(const struct u64_table *t, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (t->slots - 1);

	if (!key)
		return t->slots;
	while (t->keys[i] && t->keys[i] != key)
		i = (i + 1) & (t->slots - 1);
	return i;
}

static void grow(struct u64_table *t, size_t size)
{
	struct u64_table larger = {
		.slots = t->slots ? t->slots * 2 : FIRST_SLOTS, .count = t->count, .has_zero = t->has_zero};

	larger.keys = HEAP_NEW(uint64_t, larger.slots);
	larger.records = heap__array(larger.slots + 1, size);
	for (size_t i = 0; i < t->slots; i++)
		if (t->keys[i]) {
			size_t to = place(&larger, t->keys[i]);

			larger.keys[to] = t->keys[i];
			memcpy(larger.records + to * size, t->records + i * size, size);
		}
	if (t->has_zero)
		memcpy(larger.records + larger.slots * size, t->records + t->slots * size, size);
	free(t->keys);
	free(t->records);
	*t = larger;
}

void *u64_table__get(struct u64_table *t, size_t size, uint64_t key, bool *ret_made)
{
	size_t i;

	if (t->count * 4 >= t->slots * 3)
		grow(t, size);
	i = place(t, key);
	*ret_made = key ? !t->keys[i] : !t->has_zero;
	t->count += *ret_made;
	if (key)
		t->keys[i] = key;
	else
		t->has_zero = true;
	return t->records + i * size;
}

void *u64_table__find(const struct u64_table *t, size_t size, uint64_t key)
{
	size_t i;

	if (!t->slots)
		return NULL;
	i = place(t, key);
	return (key ? t->keys[i] != 0 : t->has_zero) ? t->records + i * size : NULL;
}

void *u64_table__next(const struct u64_table *t, size_t size, const void *record)
{
	size_t i = record ? (size_t)((const uint8_t *)record - t->records) / size + 1 : 0;

	while (i < t->slots && !t->keys[i])
		i++;
	if (i < t->slots || (i == t->slots && t->has_zero))
		return t->records + i * size;
	return NULL;
}

void u64_table__free(struct u64_table *t)
{
	free(t->keys);
	free(t->records);
	memset(t, 0, sizeof(*t));
}
