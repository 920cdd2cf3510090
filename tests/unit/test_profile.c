/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles, read back with a decoder that knows no more than the format. */
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "test.h"
#include "test_views_hostile.h"
#include "util/escape.h"
#include "util/protobuf.h"
#include "views/pprof.h"

/* ---- the wire format ---- */

static void check_bytes(struct protobuf *p, const char *want, size_t size)
{
	CHECK(!p->failed);
	CHECK_EQ(p->size, size);
	CHECK(p->size == size && !memcmp(p->bytes, want, size));
	protobuf__free(p);
}

/* The examples of the format's own page. */
TEST(protobuf_is_as_documented)
{
	static const uint64_t numbers[] = {3, 270, 86942};
	struct protobuf p = {0}, inner = {0};

	protobuf__number(&p, 1, 150);
	check_bytes(&p, "\x08\x96\x01", 3);
	protobuf__bytes(&p, 2, "testing", 7);
	check_bytes(&p, "\x12\x07testing", 9);
	protobuf__number(&inner, 1, 150);
	protobuf__message(&p, 3, &inner);
	protobuf__free(&inner);
	check_bytes(&p, "\x1a\x03\x08\x96\x01", 5);
	protobuf__numbers(&p, 6, numbers, 3);
	check_bytes(&p, "\x32\x06\x03\x8e\x02\x9e\xa7\x05", 8);
}

TEST(protobuf_takes_every_number)
{
	struct protobuf p = {0};

	protobuf__number(&p, 1, 0);
	CHECK_EQ(p.size, 0);
	protobuf__number(&p, 1, (uint64_t)-2);
	check_bytes(&p, "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
	protobuf__number(&p, 16, 127);
	check_bytes(&p, "\x80\x01\x7f", 3);
}

/* ---- a decoder ---- */

struct reader {
	const unsigned char *at, *end;
	bool bad;
};

struct field {
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

static bool read_field(struct reader *r, struct field *f)
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

static struct reader inside(const struct field *f)
{
	return (struct reader){f->bytes, f->bytes + f->value, !f->bytes};
}

#define MOST 4096

struct decoded {
	size_t texts, samples, mappings, locations, functions, types, lines;
	char *text[MOST];
	uint64_t threads, wait_ns, frames;
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
	struct field f;

	d->lines++;
	while (read_field(&r, &f))
		if (f.number == 1)
			refer(d, FUNCTIONS, f.value);
	CHECK(!r.bad);
}

static void decode_label(struct decoded *d, struct reader r)
{
	struct field f;

	while (read_field(&r, &f))
		if (f.number <= 2)
			refer(d, TEXTS, f.value);
	CHECK(!r.bad);
}

static void decode_sample(struct decoded *d, struct reader r)
{
	struct field f;

	d->samples++;
	while (read_field(&r, &f)) {
		struct reader list = inside(&f);

		if (f.number == 1)
			for (; list.at < list.end && !list.bad; d->frames++)
				refer(d, LOCATIONS, read_varint(&list));
		if (f.number == 2) {
			d->threads += read_varint(&list);
			d->wait_ns += read_varint(&list);
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
	struct field f;
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
	struct field f;

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
		else if (f.number == 6 && d->texts < MOST)
			d->text[d->texts++] = strndup((const char *)f.bytes, f.value);
	}
	CHECK(!r.bad);
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

static void snapshot_trip(const struct snapshot_report *r, struct decoded *d)
{
	struct profile *p = pprof__new(false);

	pprof__add(p, r);
	round_trip(p, d);
}

TEST(pprof_has_every_thread)
{
	struct decoded d;
	uint64_t wait_ns = 0;

	for (size_t i = 0; i < usual_snapshot.thread_count; i++)
		wait_ns += usual_threads[i].blocked ? usual_threads[i].wait.duration_ns : 0;
	snapshot_trip(&usual_snapshot, &d);
	CHECK_EQ(d.types, 2);
	CHECK_EQ(d.samples, usual_snapshot.thread_count);
	CHECK_EQ(d.threads, usual_snapshot.thread_count);
	CHECK_EQ(d.wait_ns, wait_ns);
	CHECK(has_text(&d, "log_append") && has_text(&d, "/src/log.c") && has_text(&d, "log_mutex"));
	CHECK(has_text(&d, "blocked_by") && has_text(&d, "[mysqld+0x1300]") && has_text(&d, "[truncated]"));
	decoded_free(&d);
}

TEST(pprof_of_nothing)
{
	struct decoded d;

	snapshot_trip(&empty_snapshot, &d);
	CHECK_EQ(d.samples, 0);
	decoded_free(&d);
}

TEST(pprof_is_clean_whatever_the_names)
{
	struct decoded d;

	snapshot_trip(&hostile_snapshot, &d);
	for (size_t i = 0; i < d.texts; i++) {
		for (const char *s = d.text[i]; *s;) {
			unsigned code = 0;
			size_t length = utf8_length(s, &code);

			CHECK(length && code >= 0x20 && code != 0x7f);
			s += length ? length : 1;
		}
	}
	decoded_free(&d);
}

TEST(profile_keeps_each_thing_once)
{
	static const struct profile_type types[] = {{"threads", "count"}, {"wait", "nanoseconds"}};
	static const struct frame frames[] = {
		{.address = 16,
		 .function = "inner",
		 .module = "/bin/a",
		 .file = "a.c",
		 .line = 1,
		 .inlined = true},
		{.address = 16,
		 .function = "middle",
		 .module = "/bin/a",
		 .file = "a.c",
		 .line = 2,
		 .inlined = true},
		{.address = 16, .function = "outer", .module = "/bin/a", .file = "a.c", .line = 3},
		{.address = 32, .function = "main", .module = "/bin/a"},
		{.address = 48, .inlined = true},
	};
	struct profile *p = profile__new(types, 2, 1);
	const struct call_stack stack = {frames, COUNT(frames), "complete"};
	const uint64_t values[] = {1, 5};
	struct decoded d;

	for (int i = 0; i < 3; i++)
		profile__sample(p, &stack, NULL, values, NULL, 0);
	round_trip(p, &d);
	CHECK_EQ(d.samples, 3);
	CHECK_EQ(d.wait_ns, 15);
	CHECK_EQ(d.frames, 9); /* what is inlined is of its function's location */
	CHECK_EQ(d.locations, 3);
	CHECK_EQ(d.lines, 5);
	CHECK_EQ(d.functions, 5);
	CHECK_EQ(d.mappings, 1);
	decoded_free(&d);
}

TEST(profile_cuts_what_is_too_long)
{
	struct profile *p = pprof__new(false);
	char *name = malloc(1 << 20);
	struct decoded d;

	memset(name, 'x', (1 << 20) - 1);
	name[(1 << 20) - 1] = '\0';
	profile__comment(p, name);
	free(name);
	round_trip(p, &d);
	CHECK_EQ(strlen(d.text[d.texts - 1]), 4095);
	CHECK_STR(d.text[d.texts - 1] + 4092, "...");
	decoded_free(&d);
}

TEST(profile_to_a_full_device)
{
	struct profile *p = pprof__new(true);
	FILE *full = fopen("/dev/full", "w");

	CHECK(full != NULL);
	if (full) {
		CHECK(profile__write(p, full) < 0);
		fclose(full);
	}
	profile__free(p);
}

TEST_MAIN
