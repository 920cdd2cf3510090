/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts filled and compared by their table: each field has its own value, that no other field has. */
#ifndef TS_TEST_EVERY_FIELD_H
#define TS_TEST_EVERY_FIELD_H

#include <stdlib.h>
#include <string.h>

#include "facts/fields.h"
#include "facts/saved/values.h"
#include "test.h"
#include "util/text.h"

struct filler {
	struct arena *arena;
	uint64_t last; /* value given */
};

/* Where the type is wide, with bits at its top, too; flags are set. */
static inline uint64_t next_value(struct filler *f, const struct field *row)
{
	uint64_t low = (uint64_t)row->min, span = row->max - low, value = ++f->last;

	if (row->max == UINT64_MAX)
		return value | value << 55 | 1ull << 63;
	if (span < 200) /* an enum: not its first, which is what is left out */
		return low + 1 + value % span;
	return span > UINT32_MAX ? value << 20 : value;
}

static inline const char *next_text(struct filler *f)
{
	return arena__format(f->arena, "\xff text\n%llu", (unsigned long long)++f->last);
}

static inline void fill(struct filler *f, const struct field_table *t, char *at);

static inline void fill_integers(struct filler *f, const struct field *row, char *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		field__set(row, at + i * row->size, next_value(f, row));
}

static inline void fill_list(struct filler *f, const struct field *row, char *base)
{
	size_t count = row->count ? row->count : 2;
	char *list = base + row->offset;

	if (!row->count) {
		list = row->owned ? calloc(count, row->size) : arena__array(f->arena, count, row->size);
		memcpy(base + row->offset, &list, sizeof(list));
	}
	memcpy(base + row->count_offset, &count, sizeof(count));
	for (size_t i = 0; row->table && i < count; i++)
		fill(f, row->table, list + i * row->size);
	if (!row->table)
		fill_integers(f, row, list, count);
}

static inline void fill_texts(struct filler *f, char *to)
{
	const char **list = ARENA_NEW(f->arena, const char *, 3);

	list[0] = next_text(f);
	list[1] = "";
	memcpy(to, &list, sizeof(list));
}

static inline void fill_field(struct filler *f, const struct field *row, char *base)
{
	char *to = base + row->offset, *inner;
	const char *text;

	switch (row->kind) {
	case FIELD_INTEGER:
		fill_integers(f, row, to, 1);
		break;
	case FIELD_ARRAY:
	case FIELD_BUCKETS:
		fill_integers(f, row, to, row->count);
		break;
	case FIELD_TEXT:
		text = next_text(f);
		memcpy(to, &text, sizeof(text));
		break;
	case FIELD_CHARS:
		strcpy(to, next_text(f));
		break;
	case FIELD_TEXTS:
		fill_texts(f, to);
		break;
	case FIELD_STRUCT:
		fill(f, row->table, to);
		break;
	case FIELD_OPTIONAL:
		inner = arena__alloc(f->arena, row->size);
		memcpy(to, &inner, sizeof(inner));
		fill(f, row->table, inner);
		break;
	case FIELD_LIST:
		fill_list(f, row, base);
		break;
	case FIELD_UNSAVED:
		break;
	}
}

static inline void fill(struct filler *f, const struct field_table *t, char *at)
{
	for (size_t i = 0; i < t->count; i++)
		fill_field(f, &t->fields[i], at);
}

/* ---- compared -------------------------------------------------------------------------------- */

static inline void *pointer_in(const char *at)
{
	void *p;

	memcpy(&p, at, sizeof(p));
	return p;
}

static inline bool same_texts(const char *const *a, const char *const *b)
{
	size_t i = 0;

	if (!a || !b)
		return a == b;
	for (; a[i] && b[i]; i++)
		if (strcmp(a[i], b[i]))
			return false;
	return !a[i] && !b[i];
}

static inline bool same_struct(const struct field_table *t, const char *a, const char *b);

static inline bool same_list(const struct field *row, const char *a, const char *b)
{
	const char *x = a + row->offset, *y = b + row->offset;
	size_t n, m;

	memcpy(&n, a + row->count_offset, sizeof(n));
	memcpy(&m, b + row->count_offset, sizeof(m));
	if (n != m)
		return false;
	if (!row->count) {
		x = pointer_in(x);
		y = pointer_in(y);
	}
	if (!row->table)
		return !n || !memcmp(x, y, n * row->size);
	for (size_t i = 0; i < n; i++)
		if (!same_struct(row->table, x + i * row->size, y + i * row->size))
			return false;
	return true;
}

static inline bool same_field(const struct field *row, const char *a, const char *b)
{
	const char *x = a + row->offset, *y = b + row->offset;

	switch (row->kind) {
	case FIELD_INTEGER:
		return !memcmp(x, y, row->size);
	case FIELD_ARRAY:
	case FIELD_BUCKETS:
		return !memcmp(x, y, row->count * row->size);
	case FIELD_TEXT:
		return same_text(pointer_in(x), pointer_in(y));
	case FIELD_CHARS:
		return !strcmp(x, y);
	case FIELD_TEXTS:
		return same_texts(pointer_in(x), pointer_in(y));
	case FIELD_STRUCT:
		return same_struct(row->table, x, y);
	case FIELD_OPTIONAL:
		if (!pointer_in(x) || !pointer_in(y))
			return pointer_in(x) == pointer_in(y);
		return same_struct(row->table, pointer_in(x), pointer_in(y));
	case FIELD_LIST:
		return same_list(row, a, b);
	case FIELD_UNSAVED:
		break;
	}
	return true;
}

static bool differences_are_expected;

/* Names what differs. */
static inline bool same_struct(const struct field_table *t, const char *a, const char *b)
{
	bool same = true;

	for (size_t i = 0; i < t->count; i++)
		if (!same_field(&t->fields[i], a, b)) {
			if (!differences_are_expected)
				printf("# %s.%s differs\n", t->name, t->fields[i].name);
			same = false;
		}
	return same;
}

#endif
