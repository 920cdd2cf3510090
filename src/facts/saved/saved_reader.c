// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/calls.h"
#include "facts/saved/saved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts/saved/decode.h"
#include "facts/saved/form.h"
#include "facts/saved/order.h"
#include "util/array.h"
#include "util/heap.h"

/* How much more is made room for at a time: a length that lies takes no memory. */
#define CHUNK ((size_t)64 << 10)

struct saved_reader {
	FILE *in;
	struct decoder decoder;
	struct bytes record; /* of the value in hand */
	struct saved_note note;
	uint32_t calls; /* of the head */
};

/* ---- records --------------------------------------------------------------------------------- */

static int reading_error(FILE *in)
{
	if (ferror(in))
		return errno ? -errno : -EIO;
	return -EBADMSG; /* the end, where there should be more */
}

static int read_length(FILE *in, size_t *ret)
{
	uint8_t bytes[10];
	struct cursor c = {bytes, bytes, false};
	size_t n = 0;
	int byte;

	do {
		byte = getc(in);
		if (byte == EOF)
			return reading_error(in);
		bytes[n++] = (uint8_t)byte;
	} while (byte >= 0x80 && n < sizeof(bytes));
	c.end = bytes + n;
	*ret = (size_t)cursor__number(&c);
	return c.bad || *ret > RECORD_BYTES_MAX ? -EINVAL : 0;
}

/* -ENODATA: no further record. */
static int read_record(FILE *in, int *ret_type, struct bytes *ret)
{
	size_t left = 0;
	int err;

	errno = 0;
	*ret_type = getc(in);
	if (*ret_type == EOF)
		return ferror(in) ? reading_error(in) : -ENODATA;
	if (!*ret_type || !strchr("LDRV", *ret_type))
		return -EINVAL;
	err = read_length(in, &left);
	ret->size = 0;
	while (!err && left) {
		size_t size = left < CHUNK ? left : CHUNK;

		ARRAY_RESERVE(ret->data, ret->room, ret->size + size);
		if (fread(ret->data + ret->size, 1, size, in) != size)
			return reading_error(in);
		ret->size += size;
		left -= size;
	}
	return err;
}

/* ---- values ---------------------------------------------------------------------------------- */

static int use(struct saved_reader *r, int type)
{
	struct cursor c = {r->record.data, r->record.data + r->record.size, false};

	switch (type) {
	case RECORD_LAYOUT:
		return decode__layout(&r->decoder, &c);
	case RECORD_DEFINITIONS:
		return r->decoder.tables ? decode__definitions(&r->decoder, &c) : -EINVAL;
	case RECORD_RESET:
		decode__reset(&r->decoder);
		return r->record.size ? -EINVAL : 0;
	}
	return -EINVAL;
}

/* The next value whose table we have, and its bytes. */
static int next_value(struct saved_reader *r, const struct file_table **ret, struct cursor *ret_cursor)
{
	bool begun = false;
	int type, err;

	while (!(err = read_record(r->in, &type, &r->record))) {
		if (type == RECORD_VALUE) {
			*ret_cursor = (struct cursor){r->record.data, r->record.data + r->record.size, false};
			*ret = decode__table(&r->decoder, ret_cursor);
			if (!*ret)
				return -EINVAL;
			if ((*ret)->own)
				return 0;
		} else {
			err = use(r, type);
			if (err)
				return err;
		}
		begun = type != RECORD_VALUE;
	}
	return err == -ENODATA && begun ? -EBADMSG : err;
}

static int read_value(struct saved_reader *r, enum facts_table table, struct arena *a, void *ret)
{
	const struct file_table *t;
	struct cursor c;
	int err = next_value(r, &t, &c);

	if (err)
		return err;
	return t->own == &facts_tables[table] ? decode__value(&r->decoder, &c, t, a, ret) : -EINVAL;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The line that a file begins with, which says what it is, or is another's. */
static int read_magic(FILE *in)
{
	static const char FIRST[] = "{\"schema\":\"threadscope/sample/1\"";
	size_t prefix = strcspn(FORM_MAGIC, "0123456789"), size;
	char line[sizeof(FIRST)] = "";

	errno = 0;
	size = fread(line, 1, strlen(FORM_MAGIC), in);
	if (ferror(in))
		return errno ? -errno : -EIO;
	if (!strcmp(line, FORM_MAGIC))
		return 0;
	if (size == strlen(FORM_MAGIC) && !strncmp(line, FORM_MAGIC, prefix) &&
	    strspn(line + prefix, "0123456789"))
		return -EPROTO;
	fread(line + size, 1, strlen(FIRST) - size, in);
	return strcmp(line, FIRST) ? -EINVAL : -EPROTONOSUPPORT;
}

int saved_reader__open(FILE *in, struct saved_head *ret_head, struct saved_reader **ret)
{
	struct saved_reader *r;
	struct saved_head head = {0};
	struct arena arena = {0};
	int err = read_magic(in);

	if (err)
		return err;
	r = HEAP_NEW(struct saved_reader, 1);
	r->in = in;
	err = read_value(r, FACTS_saved_head, &arena, &head);
	arena__free(&arena);
	if (err) {
		saved_reader__close(r);
		return err == -ENODATA || err == -EBADMSG ? -EINVAL : err;
	}
	r->calls = head.calls;
	head.calls = 0; /* those of the samples that are read */
	*ret_head = head;
	*ret = r;
	return 0;
}

void saved_reader__close(struct saved_reader *r)
{
	if (!r)
		return;
	decode__free(&r->decoder);
	free(r->record.data);
	free(r);
}

static int read_note(struct saved_reader *r, struct cursor *c, const struct file_table *t)
{
	struct saved_note note = {0};
	struct arena arena = {0};
	int err = decode__value(&r->decoder, c, t, &arena, &note);

	arena__free(&arena);
	if (!err)
		r->note = note;
	return err;
}

static int read_snapshot(struct saved_reader *r, struct cursor *c, const struct file_table *t,
			 struct saved_snapshot *ret)
{
	struct saved_snapshot h = {0};
	struct arena arena = {0};
	int err = decode__value(&r->decoder, c, t, &arena, &h);

	arena__free(&arena);
	if (err)
		return err;
	if (h.number > h.of)
		return -EINVAL;
	*ret = h;
	return 0;
}

int saved_reader__noted_snapshot(struct saved_reader *r, struct saved_snapshot *ret, bool *ret_noted)
{
	const struct file_table *t;
	struct cursor c;
	int err;

	r->note = (struct saved_note){0};
	err = next_value(r, &t, &c);
	if (err)
		return err;
	*ret_noted = t->own == &facts_tables[FACTS_saved_note];
	if (*ret_noted)
		return read_note(r, &c, t);
	return t->own == &facts_tables[FACTS_saved_snapshot] ? read_snapshot(r, &c, t, ret) : -EINVAL;
}

int saved_reader__snapshot(struct saved_reader *r, struct saved_snapshot *ret)
{
	bool noted;
	int err = saved_reader__noted_snapshot(r, ret, &noted);

	return err ? err : noted ? -EINVAL : 0;
}

/* A sample, and the note in front of it. */
static int read_noted(struct saved_reader *r, struct sample *s)
{
	const struct file_table *t;
	struct cursor c;
	int err;

	r->note = (struct saved_note){0};
	while (!(err = next_value(r, &t, &c))) {
		if (t->own == &facts_tables[FACTS_sample])
			return decode__value(&r->decoder, &c, t, &s->arena, s);
		err = t->own == &facts_tables[FACTS_saved_note] ? read_note(r, &c, t) : -EINVAL;
		if (err || r->note.end)
			return err ? err : -ENODATA;
	}
	return err;
}

struct saved_note saved_reader__note(const struct saved_reader *r)
{
	return r->note;
}

int saved_reader__sample(struct saved_reader *r, struct sample **ret)
{
	struct sample *s = HEAP_NEW(struct sample, 1);
	int err = read_noted(r, s);

	if (!err)
		err = sample__settle(s);
	if (err) {
		sample__free(s);
		return err;
	}
	calls__make_own(s, r->calls ? r->calls : call_numbers__of(s->arch));
	*ret = s;
	return 0;
}

const char *saved__problem(int err)
{
	switch (-err) {
	case EPROTONOSUPPORT:
		return "it was saved by threadscope 0.1; replay it with that version";
	case EPROTO:
		return "it was saved by another version of threadscope; replay it with that one";
	case EBADMSG:
		return "it ends in the middle of a sample: it is damaged, or was cut off";
	case EINVAL:
		return "not a file that --save wrote, or damaged";
	}
	return strerror(-err);
}
