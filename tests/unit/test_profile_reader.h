/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a profile back; knows no more than the format. */
#ifndef TEST_PROFILE_READER_H
#define TEST_PROFILE_READER_H

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "test.h"
#include "views/export/profile.h"

struct reader {
	const unsigned char *at, *end;
	bool bad;
};

struct wire_field {
	unsigned number;
	uint64_t value; /* or length */
	const unsigned char *bytes;
};

static uint64_t read_varint(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (r->at == r->end)
			break;
		value |= (uint64_t)(*r->at & 0x7f) << shift;
		if (!(*r->at++ & 0x80))
			return value;
	}
	r->bad = true;
	return 0;
}

static bool read_field(struct reader *r, struct wire_field *f)
{
	uint64_t tag;

	if (r->bad || r->at == r->end)
		return false;
	tag = read_varint(r);
	f->number = (unsigned)(tag >> 3);
	f->value = read_varint(r);
	f->bytes = r->at;
	if ((tag & 7) == 2) {
		r->bad = r->bad || f->value > (uint64_t)(r->end - r->at);
		r->at += r->bad ? 0 : f->value;
	} else {
		f->bytes = NULL;
		r->bad = r->bad || (tag & 7) != 0;
	}
	return !r->bad;
}

static struct reader inside(const struct wire_field *f)
{
	return (struct reader){f->bytes, f->bytes + f->value, !f->bytes};
}

#define MOST 4096

struct decoded {
	size_t texts, samples, mappings, locations, functions, types, lines;
	char *text[MOST];
	uint64_t threads, wait_ns, off_cpu_ns, frames;
	size_t times;
	uint64_t largest[8]; /* number referred to: of a text, mapping, location, function */
};
enum { TEXTS, MAPPINGS, LOCATIONS, FUNCTIONS };

static void refer(struct decoded *d, int to, uint64_t number)
{
	if (number > d->largest[to])
		d->largest[to] = number;
}

static void decode_line(struct decoded *d, struct reader r)
{
	struct wire_field f;

	d->lines++;
	while (read_field(&r, &f))
		if (f.number == 1)
			refer(d, FUNCTIONS, f.value);
	CHECK(!r.bad);
}

static void decode_label(struct decoded *d, struct reader r)
{
	struct wire_field f;

	while (read_field(&r, &f))
		if (f.number <= 2)
			refer(d, TEXTS, f.value);
	CHECK(!r.bad);
}

static void decode_sample(struct decoded *d, struct reader r)
{
	struct wire_field f;

	d->samples++;
	while (read_field(&r, &f)) {
		struct reader list = inside(&f);

		if (f.number == 1)
			for (; list.at < list.end && !list.bad; d->frames++)
				refer(d, LOCATIONS, read_varint(&list));
		if (f.number == 2) {
			d->threads += read_varint(&list);
			d->wait_ns += list.at < list.end ? read_varint(&list) : 0;
			d->off_cpu_ns += list.at < list.end ? read_varint(&list) : 0;
			CHECK(list.at == list.end && !list.bad);
		}
		if (f.number == 3)
			decode_label(d, list);
	}
	CHECK(!r.bad);
}

/* Mapping, location, function: numbers from 1 on, in order. */
static void decode_entity(struct decoded *d, struct reader r, unsigned kind, size_t number)
{
	struct wire_field f;
	uint64_t id = 0;

	while (read_field(&r, &f)) {
		if (f.number == 1)
			id = f.value;
		if (kind == 4 && f.number == 2)
			refer(d, MAPPINGS, f.value);
		if (kind == 4 && f.number == 4)
			decode_line(d, inside(&f));
		if ((kind == 3 && f.number == 5) || (kind == 5 && f.number > 1))
			refer(d, TEXTS, f.value);
	}
	CHECK(!r.bad);
	CHECK_EQ(id, number);
}

static void decode(struct decoded *d, const unsigned char *bytes, size_t size)
{
	struct reader r = {bytes, bytes + size, false};
	struct wire_field f;

	*d = (struct decoded){0};
	while (read_field(&r, &f)) {
		if (f.number == 1)
			d->types++;
		else if (f.number == 2)
			decode_sample(d, inside(&f));
		else if (f.number == 3)
			decode_entity(d, inside(&f), 3, ++d->mappings);
		else if (f.number == 4)
			decode_entity(d, inside(&f), 4, ++d->locations);
		else if (f.number == 5)
			decode_entity(d, inside(&f), 5, ++d->functions);
		else if (f.number == 9)
			d->times++;
		else if (f.number == 6 && d->texts < MOST)
			d->text[d->texts++] = strndup((const char *)f.bytes, f.value);
	}
	CHECK(!r.bad);
	CHECK(d->times <= 1); /* pprof refuses a second one */
	CHECK(d->largest[TEXTS] < d->texts);
	CHECK(d->largest[MAPPINGS] <= d->mappings);
	CHECK(d->largest[LOCATIONS] <= d->locations);
	CHECK(d->largest[FUNCTIONS] <= d->functions);
}

static void decoded_free(struct decoded *d)
{
	for (size_t i = 0; i < d->texts; i++)
		free(d->text[i]);
}

static bool has_text(const struct decoded *d, const char *text)
{
	for (size_t i = 0; i < d->texts; i++)
		if (!strcmp(d->text[i], text))
			return true;
	return false;
}

/* Writes the profile and reads it back; frees it. */
static void round_trip(struct profile *p, struct decoded *d)
{
	static unsigned char raw[1 << 20];
	FILE *file = tmpfile();
	gzFile in;
	int size;

	CHECK(p && file);
	CHECK_EQ(profile__write(p, file), 0);
	profile__free(p);
	rewind(file);
	lseek(fileno(file), 0, SEEK_SET);
	in = gzdopen(dup(fileno(file)), "rb");
	size = gzread(in, raw, sizeof(raw));
	CHECK(size > 0 && !gzdirect(in));
	CHECK_EQ(gzclose(in), Z_OK);
	fclose(file);
	decode(d, raw, size > 0 ? (size_t)size : 0);
	CHECK(d->texts && !*d->text[0]);
}

#endif
