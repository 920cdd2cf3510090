// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/saved/encode.h"

#include <stdlib.h>
#include <string.h>

#include "facts/saved/form.h"
#include "facts/saved/values.h"
#include "util/table.h"
#include "util/text.h"

struct defined {
	UT_hash_handle hh;
	uint64_t number;
	uint8_t bytes[];
};

static void put_struct(struct encoder *e, const struct field_table *t, const char *now, const char *before);

/* ---- definitions ----------------------------------------------------------------------------- */

static uint64_t define(struct encoder *e, size_t kind, const void *bytes, size_t size)
{
	struct defined *d;

	HASH_FIND(hh, e->defined[kind], bytes, size, d);
	if (d)
		return d->number;
	d = arena__alloc(&e->arena, sizeof(*d) + size);
	memcpy(d->bytes, bytes, size);
	d->number = ++e->last[kind];
	HASH_ADD_KEYPTR(hh, e->defined[kind], d->bytes, size, d);
	bytes__put_number(&e->definitions, kind);
	bytes__put_number(&e->definitions, size);
	bytes__put(&e->definitions, bytes, size);
	e->count++;
	e->bytes += size;
	return d->number;
}

/* The slot of what has this key: it may be another's. */
static struct recent *slot_of(struct encoder *e, const uint64_t *key)
{
	uint64_t hash = 0;

	for (int i = 0; i < 4; i++)
		hash = (hash ^ key[i]) * 0x9e3779b97f4a7c15;
	return &e->recent[hash >> 54];
}

static bool is_recent(const struct recent *r, const uint64_t *key)
{
	return r->number && !memcmp(r->key, key, sizeof(r->key));
}

static uint64_t text_number(struct encoder *e, const char *text)
{
	uint64_t key[4] = {(uintptr_t)text};
	struct recent *r = slot_of(e, key);

	if (!text)
		return 0;
	if (!is_recent(r, key)) {
		memcpy(r->key, key, sizeof(key));
		r->number = define(e, 0, text, strlen(text));
	}
	return r->number;
}

/* Its bytes are made at the end of the value, and taken away again. */
static uint64_t shared_number(struct encoder *e, const struct field_table *t, const char *at)
{
	uint64_t key[4] = {0}, number;
	size_t start = e->value.size;

	if (t->size < sizeof(key)) { /* a stack, which has the address of its frames */
		memcpy(key, at, t->size);
		key[3] = (uint64_t)(t - facts_tables) + 1;
		if (is_recent(slot_of(e, key), key))
			return slot_of(e, key)->number;
	}
	put_struct(e, t, at, NULL);
	number = define(e, (size_t)(t - facts_tables) + 1, e->value.data + start, e->value.size - start);
	e->value.size = start;
	if (t->size < sizeof(key)) {
		struct recent *r = slot_of(e, key);

		memcpy(r->key, key, sizeof(key));
		r->number = number;
	}
	return number;
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* Within its row's bounds, which readers insist on: the kernel and a target's memory may say anything. */
static uint64_t integer_at(const struct field *f, const char *at)
{
	uint64_t value = at ? field__get(f, at) : 0;

	if (!at || field__allows(f, value))
		return value;
	return field__below(f, value) ? (uint64_t)f->min : f->max;
}

static size_t list_count(const struct field *f, const char *now)
{
	size_t count;

	memcpy(&count, now + f->count_offset - f->offset, sizeof(count));
	return f->count && count > f->count ? f->count : count;
}

static const char *pointer_at(const char *at)
{
	const char *p;

	memcpy(&p, at, sizeof(p));
	return p;
}

static const char *text_at(const struct field *f, const char *at)
{
	const char *text = !at || f->kind == FIELD_CHARS ? at : pointer_at(at);

	return !text && f->needed && at ? "" : text;
}

static size_t differences(const struct field *f, const char *now, const char *before)
{
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++)
		n += integer_at(f, now + i * f->size) != integer_at(f, before ? before + i * f->size : NULL);
	return n;
}

static bool is_zero(const char *at, size_t size)
{
	return !size || (!*at && !memcmp(at, at + 1, size - 1));
}

static bool is_given(const struct field *f, const char *now, const char *before);

static bool any_given(const struct field_table *t, const char *now, const char *before)
{
	for (size_t i = 0; i < t->count; i++) {
		size_t offset = t->fields[i].offset;

		if (is_given(&t->fields[i], now + offset, before ? before + offset : NULL))
			return true;
	}
	return false;
}

static bool is_given(const struct field *f, const char *now, const char *before)
{
	switch (f->kind) {
	case FIELD_INTEGER:
		return integer_at(f, now) != integer_at(f, before);
	case FIELD_ARRAY:
		return differences(f, now, before) != 0;
	case FIELD_BUCKETS:
		return !is_zero(now, f->count * f->size);
	case FIELD_TEXT:
	case FIELD_CHARS:
		return !same_text(text_at(f, now), text_at(f, before));
	case FIELD_STRUCT:
		if (!f->table->shared)
			return any_given(f->table, now, before);
		return before ? memcmp(now, before, f->size) != 0 : !is_zero(now, f->size);
	case FIELD_TEXTS:
	case FIELD_OPTIONAL:
		return pointer_at(now) != NULL;
	case FIELD_LIST:
		return list_count(f, now) != 0;
	case FIELD_UNSAVED:
		break;
	}
	return false;
}

static void put_array(struct encoder *e, const struct field *f, const char *now, const char *before)
{
	size_t between = 0;

	bytes__put_number(&e->value, differences(f, now, before));
	for (size_t i = 0; i < f->count; i++) {
		uint64_t difference = integer_at(f, now + i * f->size) -
				      integer_at(f, before ? before + i * f->size : NULL);

		if (!difference) {
			between++;
			continue;
		}
		bytes__put_number(&e->value, between);
		bytes__put_difference(&e->value, difference);
		between = 0;
	}
}

static void put_texts(struct encoder *e, const char *now)
{
	const char *const *list = (const char *const *)pointer_at(now);
	size_t count = 0;

	while (list[count])
		count++;
	bytes__put_number(&e->value, count);
	for (size_t i = 0; i < count; i++)
		bytes__put_number(&e->value, text_number(e, list[i]));
}

static void put_one(struct encoder *e, const struct field_table *t, const char *now, const char *before)
{
	if (t->shared)
		bytes__put_number(&e->value, shared_number(e, t, now));
	else
		put_struct(e, t, now, before);
}

static void put_list(struct encoder *e, const struct field *f, const char *now)
{
	const char *list = f->count ? now : pointer_at(now), *before = NULL;
	size_t count = list_count(f, now);

	bytes__put_number(&e->value, count);
	for (size_t i = 0; i < count; i++, before = list, list += f->size) {
		if (f->table)
			put_one(e, f->table, list, before);
		else
			bytes__put_difference(&e->value, integer_at(f, list) - integer_at(f, before));
	}
}

static void put_field(struct encoder *e, const struct field *f, const char *now, const char *before)
{
	switch (f->kind) {
	case FIELD_INTEGER:
		bytes__put_difference(&e->value, integer_at(f, now) - integer_at(f, before));
		break;
	case FIELD_ARRAY:
		put_array(e, f, now, before);
		break;
	case FIELD_BUCKETS:
		put_array(e, f, now, NULL);
		break;
	case FIELD_TEXT:
	case FIELD_CHARS:
		bytes__put_number(&e->value, text_number(e, text_at(f, now)));
		break;
	case FIELD_TEXTS:
		put_texts(e, now);
		break;
	case FIELD_STRUCT:
		put_one(e, f->table, now, before);
		break;
	case FIELD_OPTIONAL:
		put_one(e, f->table, pointer_at(now), NULL);
		break;
	case FIELD_LIST:
		put_list(e, f, now);
		break;
	case FIELD_UNSAVED:
		break;
	}
}

/* ---- structs --------------------------------------------------------------------------------- */

static size_t saved_fields(const struct field_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += field__form(&t->fields[i]) != '\0';
	return n;
}

static void put_bits(struct bytes *to, uint64_t bits, size_t fields)
{
	uint8_t used = 0;

	if (fields <= 8) {
		bytes__put_byte(to, (uint8_t)bits);
		return;
	}
	for (int i = 0; i < 8; i++)
		used |= (uint8_t)((bits >> (8 * i) & 0xff) != 0) << i;
	bytes__put_byte(to, used);
	for (int i = 0; i < 8; i++)
		if (used >> i & 1)
			bytes__put_byte(to, (uint8_t)(bits >> (8 * i)));
}

static void put_struct(struct encoder *e, const struct field_table *t, const char *now, const char *before)
{
	uint64_t bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct field *f = &t->fields[i];

		if (!field__form(f))
			continue;
		if (is_given(f, now + f->offset, before ? before + f->offset : NULL))
			bits |= 1ull << n;
		n++;
	}
	put_bits(&e->value, bits, n);
	n = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct field *f = &t->fields[i];

		if (field__form(f) && bits >> n++ & 1)
			put_field(e, f, now + f->offset, before ? before + f->offset : NULL);
	}
}

void encode__value(struct encoder *e, enum facts_table table, const void *value)
{
	/* Addresses are those of another value now. */
	memset(e->recent, 0, sizeof(e->recent));
	bytes__put_number(&e->value, table);
	put_struct(e, &facts_tables[table], value, NULL);
}

static void put_name(struct bytes *to, const char *name)
{
	bytes__put_number(to, strlen(name));
	bytes__put(to, name, strlen(name));
}

void encode__layout(struct bytes *to)
{
	bytes__put_number(to, FACTS_TABLE_COUNT);
	for (size_t i = 0; i < FACTS_TABLE_COUNT; i++) {
		const struct field_table *t = &facts_tables[i];

		put_name(to, t->name);
		bytes__put_byte(to, t->shared);
		bytes__put_number(to, saved_fields(t));
		for (size_t k = 0; k < t->count; k++) {
			const struct field *f = &t->fields[k];

			if (!field__form(f))
				continue;
			put_name(to, f->name);
			bytes__put_byte(to, (uint8_t)field__form(f));
			bytes__put_number(to,
					  f->kind == FIELD_ARRAY || f->kind == FIELD_BUCKETS ? f->count : 0);
			bytes__put_number(to, f->table ? (size_t)(f->table - facts_tables) + 1 : 0);
		}
	}
}

void encode__reset(struct encoder *e)
{
	for (size_t i = 0; i <= FACTS_TABLE_COUNT; i++)
		HASH_CLEAR(hh, e->defined[i]);
	arena__free(&e->arena);
	memset(e->last, 0, sizeof(e->last));
	e->count = e->bytes = 0;
}

void encode__free(struct encoder *e)
{
	encode__reset(e);
	free(e->value.data);
	free(e->definitions.data);
}
