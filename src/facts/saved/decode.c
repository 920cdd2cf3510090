// SPDX-License-Identifier: GPL-2.0-or-later
/* A saved value may be anyone's: sizes, ranges and numbers are checked before anything is used. */
#include "facts/saved/decode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts/saved/form.h"
#include "facts/saved/values.h"
#include "util/heap.h"

/* Of one value in memory. 100,000 threads with 10,000 files take 70 MB; a byte of a file may become a struct
 * of 3 KB, so a small file could ask for all memory there is. */
#define VALUE_BYTES_MAX ((size_t)512 << 20)
/* Structs of the file's alone in one another, which only a file that lies has. */
#define PASS_DEPTH_MAX 16

static void take_struct(struct decoder *d, struct cursor *c, const struct file_table *t, char *to);

/* ---- memory ---------------------------------------------------------------------------------- */

/* Zeroed; NULL, and bad, if the value takes too much. */
static void *take_memory(struct decoder *d, struct cursor *c, size_t count, size_t size, bool owned)
{
	void *p;

	if (count > d->budget / (size + 16)) {
		c->bad = true;
		return NULL;
	}
	d->budget -= count * size + 16;
	p = owned ? heap__try(count, size) : arena__array(d->arena, count, size);
	if (!p)
		c->bad = true;
	return p;
}

/* ---- definitions ----------------------------------------------------------------------------- */

static struct definition *definition_of(struct decoder *d, struct cursor *c, size_t kind)
{
	uint64_t number = cursor__number(c);
	struct definitions *list = &d->definitions[kind];

	if (number <= list->count && number)
		return &list->list[number - 1];
	if (number || kind)
		c->bad = true;
	return NULL;
}

static const char *take_text(struct decoder *d, struct cursor *c)
{
	struct definition *def = definition_of(d, c, 0);
	char *text;

	if (!def)
		return NULL;
	if (def->of != d->value) {
		text = take_memory(d, c, def->size + 1, 1, false);
		if (!text)
			return NULL;
		if (def->size)
			memcpy(text, d->definition_bytes.data + def->start, def->size);
		def->decoded = text;
		def->of = d->value;
	}
	return def->decoded;
}

/* One shared struct is in memory once, too. */
static void take_shared(struct decoder *d, struct cursor *c, size_t table, char *to)
{
	const struct file_table *t = &d->tables[table - 1];
	struct definition *def = definition_of(d, c, table);

	if (!def || !to)
		return;
	if (def->of != d->value) {
		const uint8_t *at = d->definition_bytes.data + def->start;
		struct cursor inner = {at, at + def->size, false};

		def->decoded = take_memory(d, c, 1, t->own->size, false);
		if (!def->decoded)
			return;
		take_struct(d, &inner, t, def->decoded);
		if (inner.bad || cursor__left(&inner)) {
			c->bad = true;
			return;
		}
		def->of = d->value;
	}
	memcpy(to, def->decoded, t->own->size);
}

/* ---- fields that are passed over --------------------------------------------------------------- */

static uint64_t take_bits(struct cursor *c, size_t fields)
{
	uint64_t bits = 0;
	uint8_t used;

	if (fields <= 8) {
		bits = cursor__byte(c);
	} else {
		used = cursor__byte(c);
		for (int i = 0; i < 8; i++)
			if (used >> i & 1)
				bits |= (uint64_t)cursor__byte(c) << (8 * i);
	}
	if (fields < 64 && bits >> fields)
		c->bad = true;
	return bits;
}

static void pass_struct(struct decoder *d, struct cursor *c, const struct file_table *t, unsigned depth);

static void pass_one(struct decoder *d, struct cursor *c, size_t table, unsigned depth)
{
	if (table && !d->tables[table - 1].shared)
		pass_struct(d, c, &d->tables[table - 1], depth + 1);
	else
		cursor__number(c);
}

static void pass_field(struct decoder *d, struct cursor *c, const struct file_field *f, unsigned depth)
{
	size_t count;

	switch (f->form) {
	case 'i':
	case 't':
		cursor__number(c);
		break;
	case 'a':
	case 'b':
		for (count = cursor__count(c, 2); count && !c->bad; count--) {
			cursor__number(c);
			cursor__number(c);
		}
		break;
	case 's':
	case 'o':
		pass_one(d, c, f->table, depth);
		break;
	default:
		for (count = cursor__count(c, 1); count && !c->bad; count--)
			pass_one(d, c, f->table, depth);
	}
}

static void pass_struct(struct decoder *d, struct cursor *c, const struct file_table *t, unsigned depth)
{
	uint64_t bits = take_bits(c, t->count);

	if (depth > PASS_DEPTH_MAX)
		c->bad = true;
	for (size_t i = 0; i < t->count && !c->bad; i++)
		if (bits >> i & 1)
			pass_field(d, c, &t->fields[i], depth);
}

/* ---- fields ---------------------------------------------------------------------------------- */

static void add_difference(struct cursor *c, const struct field *f, char *to)
{
	uint64_t value = field__get(f, to) + cursor__difference(c);

	if (field__allows(f, value))
		field__set(f, to, value);
	else
		c->bad = true;
}

static void take_array(struct cursor *c, const struct file_field *f, char *to)
{
	size_t at = 0;

	for (size_t count = cursor__count(c, 2); count && !c->bad; count--) {
		uint64_t between = cursor__number(c);

		if (between >= f->count || at >= f->count - (size_t)between) {
			c->bad = true;
			return;
		}
		at += (size_t)between;
		if (at < f->own->count)
			add_difference(c, f->own, to + at * f->own->size);
		else /* an array of theirs is longer */
			cursor__number(c);
		at++;
	}
}

static void take_chars(struct decoder *d, struct cursor *c, const struct field *f, char *to)
{
	const char *text = take_text(d, c);

	if (!text || strlen(text) >= f->count) {
		c->bad = true;
		return;
	}
	memset(to, 0, f->count); /* of the element before */
	memccpy(to, text, 0, f->count);
}

static void put_pointer(char *to, const void *p)
{
	memcpy(to, &p, sizeof(p));
}

static void take_texts(struct decoder *d, struct cursor *c, char *to)
{
	size_t count = cursor__count(c, 1);
	const char **list = take_memory(d, c, count + 1, sizeof(*list), false);

	for (size_t i = 0; i < count && list && !c->bad; i++) {
		list[i] = take_text(d, c);
		if (!list[i])
			c->bad = true;
	}
	put_pointer(to, list);
}

static void take_one(struct decoder *d, struct cursor *c, size_t table, char *to)
{
	if (d->tables[table - 1].shared)
		take_shared(d, c, table, to);
	else
		take_struct(d, c, &d->tables[table - 1], to);
}

/* What an element does not have of the one before. */
static void forget(const struct field_table *t, char *at)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct field *f = &t->fields[i];

		switch (f->kind) {
		case FIELD_STRUCT:
			if (!f->table->shared)
				forget(f->table, at + f->offset);
			break;
		case FIELD_LIST:
			memset(at + f->count_offset, 0, sizeof(size_t));
			if (f->count)
				memset(at + f->offset, 0, f->count * f->size);
			else
				put_pointer(at + f->offset, NULL);
			break;
		case FIELD_BUCKETS:
			memset(at + f->offset, 0, f->count * f->size);
			break;
		case FIELD_TEXTS:
		case FIELD_OPTIONAL:
			put_pointer(at + f->offset, NULL);
			break;
		default:
			break;
		}
	}
}

static void take_elements(struct decoder *d, struct cursor *c, const struct file_field *f, char *list,
			  size_t count)
{
	const struct field *own = f->own;

	for (size_t i = 0; i < count && !c->bad; i++) {
		char *to = list + i * own->size;

		if (i && !(own->table && d->tables[f->table - 1].shared))
			memcpy(to, to - own->size, own->size);
		if (!own->table) {
			add_difference(c, own, to);
			continue;
		}
		if (i)
			forget(own->table, to);
		take_one(d, c, f->table, to);
	}
}

static void take_list(struct decoder *d, struct cursor *c, const struct file_field *f, char *at)
{
	const struct field *own = f->own;
	size_t count = cursor__count(c, 1);
	char *list = at + own->offset;

	if (own->count && count > own->count)
		c->bad = true;
	if (!own->count && !c->bad) {
		list = take_memory(d, c, count ? count : 1, own->size, own->owned);
		put_pointer(at + own->offset, list);
	}
	if (c->bad)
		return;
	memcpy(at + own->count_offset, &count, sizeof(count));
	take_elements(d, c, f, list, count);
}

static void take_field(struct decoder *d, struct cursor *c, const struct file_field *f, char *at)
{
	char *to = at + f->own->offset, *inner;

	switch (f->own->kind) {
	case FIELD_INTEGER:
		add_difference(c, f->own, to);
		break;
	case FIELD_ARRAY:
	case FIELD_BUCKETS:
		take_array(c, f, to);
		break;
	case FIELD_TEXT:
		put_pointer(to, take_text(d, c));
		break;
	case FIELD_CHARS:
		take_chars(d, c, f->own, to);
		break;
	case FIELD_TEXTS:
		take_texts(d, c, to);
		break;
	case FIELD_STRUCT:
		take_one(d, c, f->table, to);
		break;
	case FIELD_OPTIONAL:
		inner = take_memory(d, c, 1, f->own->size, false);
		put_pointer(to, inner);
		if (inner)
			take_one(d, c, f->table, inner);
		break;
	case FIELD_LIST:
		take_list(d, c, f, at);
		break;
	case FIELD_UNSAVED:
		break;
	}
}

/* Fields that must be given and are not. */
static bool lacks(const struct field_table *t, const char *at)
{
	const char *text;

	for (size_t i = 0; i < t->count; i++) {
		const struct field *f = &t->fields[i];

		if (f->kind == FIELD_INTEGER && !field__allows(f, field__get(f, at + f->offset)))
			return true;
		if (f->kind == FIELD_STRUCT && !f->table->shared && lacks(f->table, at + f->offset))
			return true;
		if (f->kind != FIELD_TEXT || !f->needed)
			continue;
		memcpy(&text, at + f->offset, sizeof(text));
		if (!text)
			return true;
	}
	return false;
}

static void take_struct(struct decoder *d, struct cursor *c, const struct file_table *t, char *to)
{
	uint64_t bits = take_bits(c, t->count);

	for (size_t i = 0; i < t->count && !c->bad; i++) {
		if (!(bits >> i & 1))
			continue;
		if (t->fields[i].own)
			take_field(d, c, &t->fields[i], to);
		else
			pass_field(d, c, &t->fields[i], 0);
	}
	if (lacks(t->own, to))
		c->bad = true;
}

const struct file_table *decode__table(const struct decoder *d, struct cursor *c)
{
	uint64_t number = cursor__number(c);

	return c->bad || number >= d->table_count ? NULL : &d->tables[number];
}

int decode__value(struct decoder *d, struct cursor *c, const struct file_table *t, struct arena *a, void *ret)
{
	d->value++;
	d->arena = a;
	d->budget = VALUE_BYTES_MAX;
	take_struct(d, c, t, ret);
	return c->bad || cursor__left(c) ? -EINVAL : 0;
}
