// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables that a file was written with, beside our own; and its definitions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts/saved/decode.h"
#include "facts/saved/form.h"
#include "util/array.h"

/* ---- layout ---------------------------------------------------------------------------------- */

struct name {
	const uint8_t *at;
	size_t size;
};

static struct name take_name(struct cursor *c)
{
	struct name n = {.size = cursor__count(c, 1)};

	n.at = cursor__bytes(c, n.size);
	return n;
}

static bool is_name(struct name n, const char *name)
{
	return n.at && n.size == strlen(name) && !memcmp(n.at, name, n.size);
}

static const struct field_table *own_table(struct name n)
{
	for (size_t i = 0; i < FACTS_TABLE_COUNT; i++)
		if (is_name(n, facts_tables[i].name))
			return &facts_tables[i];
	return NULL;
}

static const struct field *own_field(const struct field_table *t, struct name n, char form)
{
	for (size_t i = 0; t && i < t->count; i++)
		if (is_name(n, t->fields[i].name))
			return field__form(&t->fields[i]) == form ? &t->fields[i] : NULL;
	return NULL;
}

static bool given_before(const struct file_table *t, const struct file_field *f)
{
	for (const struct file_field *other = t->fields; other < f; other++)
		if (other->own == f->own)
			return true;
	return false;
}

static void take_field(struct cursor *c, struct file_table *t, struct file_field *f)
{
	struct name name = take_name(c);

	f->form = (char)cursor__byte(c);
	f->count = (size_t)cursor__number(c);
	f->table = (size_t)cursor__number(c);
	f->own = own_field(t->own, name, f->form);
	if (!f->form || !strchr("iabtTsol", f->form) || (f->own && given_before(t, f)))
		c->bad = true;
	if ((f->form == 's' || f->form == 'o') && !f->table)
		c->bad = true;
}

static void take_table(struct decoder *d, struct cursor *c, struct file_table *t)
{
	t->own = own_table(take_name(c));
	for (struct file_table *other = d->tables; t->own && other < t; other++)
		c->bad |= other->own == t->own;
	t->shared = cursor__byte(c) != 0;
	t->count = cursor__count(c, 4);
	if (!t->count || t->count > FORM_FIELDS_MAX)
		c->bad = true;
	if (c->bad)
		return;
	t->fields = ARENA_NEW(&d->layout, struct file_field, t->count);
	for (size_t i = 0; i < t->count && !c->bad; i++)
		take_field(c, t, &t->fields[i]);
}

/* A field whose struct is another one than ours is not ours; so what is decoded goes no deeper than ours. */
static bool join(struct decoder *d, struct file_field *f)
{
	const struct field_table *theirs;

	if (f->table > d->table_count)
		return false;
	theirs = f->table ? d->tables[f->table - 1].own : NULL;
	if (f->own && (f->own->table != theirs || (f->table && !theirs)))
		f->own = NULL;
	return true;
}

int decode__layout(struct decoder *d, struct cursor *c)
{
	size_t count = cursor__count(c, 6);

	if (c->bad || d->tables || !count || count > FORM_TABLES_MAX)
		return -EINVAL;
	d->tables = ARENA_NEW(&d->layout, struct file_table, count);
	d->definitions = ARENA_NEW(&d->layout, struct definitions, count + 1);
	d->table_count = count;
	for (size_t i = 0; i < count && !c->bad; i++)
		take_table(d, c, &d->tables[i]);
	for (size_t i = 0; i < count && !c->bad; i++)
		for (size_t k = 0; k < d->tables[i].count; k++)
			c->bad |= !join(d, &d->tables[i].fields[k]);
	return c->bad || cursor__left(c) ? -EINVAL : 0;
}

/* ---- definitions ----------------------------------------------------------------------------- */

static void add_definition(struct decoder *d, struct definitions *list, const uint8_t *bytes, size_t size)
{
	*ARRAY_ADD(list->list, list->count, list->room) =
		(struct definition){.start = d->definition_bytes.size, .size = size};
	bytes__put(&d->definition_bytes, bytes, size);
	d->definition_count++;
}

int decode__definitions(struct decoder *d, struct cursor *c)
{
	while (cursor__left(c)) {
		uint64_t kind = cursor__number(c);
		size_t size = cursor__count(c, 1);
		const uint8_t *bytes = cursor__bytes(c, size);

		if (c->bad || kind > d->table_count || (kind && !d->tables[kind - 1].shared) ||
		    (!kind && memchr(bytes, '\0', size)) || d->definition_count == DEFINITIONS_MAX ||
		    size > DEFINITIONS_MAX_BYTES - d->definition_bytes.size)
			return -EINVAL;
		add_definition(d, &d->definitions[kind], bytes, size);
	}
	return 0;
}

void decode__reset(struct decoder *d)
{
	for (size_t i = 0; d->definitions && i <= d->table_count; i++) {
		free(d->definitions[i].list);
		d->definitions[i] = (struct definitions){0};
	}
	d->definition_bytes.size = 0;
	d->definition_count = 0;
}

void decode__free(struct decoder *d)
{
	decode__reset(d);
	free(d->definition_bytes.data);
	arena__free(&d->layout);
}
