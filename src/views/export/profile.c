/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/export/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "util/escape.h"
#include "util/gzip.h"
#include "util/heap.h"
#include "util/protobuf.h"
#include "util/table.h"

/* Field numbers, as profile.proto gives them. */
enum {
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLE = 2,
	PROFILE_MAPPING = 3,
	PROFILE_LOCATION = 4,
	PROFILE_FUNCTION = 5,
	PROFILE_STRING = 6,
	PROFILE_TIME_NANOS = 9,
	PROFILE_DURATION_NANOS = 10,
	PROFILE_COMMENT = 13,
	PROFILE_DEFAULT_TYPE = 14,
};
enum { TYPE_NAME = 1, TYPE_UNIT = 2 };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2, SAMPLE_LABEL = 3 };
enum { LABEL_KEY = 1, LABEL_TEXT = 2, LABEL_NUMBER = 3 };
enum { MAPPING_FILE = 5, MAPPING_HAS_FUNCTIONS = 7, MAPPING_HAS_LINES = 9, MAPPING_HAS_INLINE = 10 };
enum { LOCATION_MAPPING = 2, LOCATION_ADDRESS = 3, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1, LINE_LINE = 2 };
enum { FUNCTION_NAME = 2, FUNCTION_FILE = 4 };
enum { ENTITY_ID = 1 }; /* of mapping, location and function */

#define NAME_BYTES 4096 /* before it is escaped; the rest is "..." */

/* An element that is stored once, identified by its bytes without its number. */
struct entity {
	uint64_t id;
	UT_hash_handle hh;
	unsigned char bytes[];
};

struct entities {
	struct entity *known;
	uint64_t count;
};

struct profile {
	size_t value_count;
	uint64_t from_ns, to_ns; /* 0: no time yet */
	struct protobuf out;
	struct entities texts, functions, locations, mappings;
};

/* The number of what has these bytes, from 1 on; *ret_new: it was not known. */
static uint64_t entity(struct entities *e, const void *bytes, size_t size, bool *ret_new)
{
	struct entity *one;

	HASH_FIND(hh, e->known, bytes, size, one);
	*ret_new = !one;
	if (one)
		return one->id;
	one = heap__array(1, sizeof(*one) + size);
	one->id = ++e->count;
	memcpy(one->bytes, bytes, size);
	HASH_ADD_KEYPTR(hh, e->known, one->bytes, size, one);
	return one->id;
}

/* Index of a text in the table, which begins with "". */
static uint64_t text(struct profile *p, const char *s)
{
	char safe[NAME_BYTES * ESCAPE_MAX], cut[NAME_BYTES];
	size_t length = strlen(s);
	uint64_t id;
	bool is_new;

	if (length >= sizeof(cut)) {
		memcpy(cut, s, sizeof(cut) - 4);
		memcpy(cut + sizeof(cut) - 4, "...", 4);
		s = cut;
	}
	escape_terminal(safe, sizeof(safe), s);
	id = entity(&p->texts, safe, strlen(safe), &is_new);
	if (is_new)
		protobuf__bytes(&p->out, PROFILE_STRING, safe, strlen(safe));
	return id ? id - 1 : 0;
}

/* The number of a mapping, location or function with these fields; takes ownership of them. */
static uint64_t message(struct profile *p, struct entities *e, unsigned field, struct protobuf *fields)
{
	bool is_new;
	uint64_t id = entity(e, fields->bytes, fields->size, &is_new);

	if (is_new) {
		protobuf__number(fields, ENTITY_ID, id);
		protobuf__message(&p->out, field, fields);
	}
	protobuf__free(fields);
	return id;
}

static uint64_t mapping(struct profile *p, const char *module)
{
	struct protobuf fields = {0};

	if (!module || !*module)
		return 0;
	protobuf__number(&fields, MAPPING_FILE, text(p, module));
	/* All symbols are resolved: pprof must not look for the files itself. */
	protobuf__number(&fields, MAPPING_HAS_FUNCTIONS, true);
	protobuf__number(&fields, MAPPING_HAS_LINES, true);
	protobuf__number(&fields, MAPPING_HAS_INLINE, true);
	return message(p, &p->mappings, PROFILE_MAPPING, &fields);
}

static uint64_t function(struct profile *p, const char *name, const char *file)
{
	struct protobuf fields = {0};

	protobuf__number(&fields, FUNCTION_NAME, text(p, name));
	protobuf__number(&fields, FUNCTION_FILE, text(p, file ? file : ""));
	return message(p, &p->functions, PROFILE_FUNCTION, &fields);
}

static void line(struct profile *p, struct protobuf *location, const char *name, const char *file, int number)
{
	struct protobuf fields = {0};

	protobuf__number(&fields, LINE_FUNCTION, function(p, name, file));
	protobuf__number(&fields, LINE_LINE, number > 0 ? (uint64_t)number : 0);
	protobuf__message(location, LOCATION_LINE, &fields);
	protobuf__free(&fields);
}

/* The frames of one address, innermost first: inlined functions and the function that contains them. Returns
 * their number. */
static size_t location(struct profile *p, const struct frame *frames, size_t count, uint64_t *ret_id)
{
	struct protobuf fields = {0};
	char name[NAME_BYTES];
	size_t used = 0;

	do {
		const struct frame *f = &frames[used++];

		line(p, &fields, describe_frame(name, sizeof(name), f), f->file, f->line);
	} while (frames[used - 1].inlined && used < count);
	protobuf__number(&fields, LOCATION_MAPPING, mapping(p, frames[0].module));
	protobuf__number(&fields, LOCATION_ADDRESS, frames[used - 1].address);
	*ret_id = message(p, &p->locations, PROFILE_LOCATION, &fields);
	return used;
}

/* In place of frames. */
static uint64_t word_location(struct profile *p, const char *word)
{
	struct protobuf fields = {0};
	char name[64];

	snprintf(name, sizeof(name), "[%s]", word);
	line(p, &fields, name, NULL, 0);
	return message(p, &p->locations, PROFILE_LOCATION, &fields);
}

static void locations(struct profile *p, struct protobuf *sample, const struct call_stack *stack,
		      const char *missing)
{
	uint64_t *ids = HEAP_NEW(uint64_t, stack->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < stack->count; count++)
		i += location(p, &stack->frames[i], stack->count - i, &ids[count]);
	if (missing)
		ids[count++] = word_location(p, missing);
	protobuf__numbers(sample, SAMPLE_LOCATION, ids, count);
	free(ids);
}

static void label(struct profile *p, struct protobuf *sample, const struct profile_label *l)
{
	struct protobuf fields = {0};

	protobuf__number(&fields, LABEL_KEY, text(p, l->key));
	if (l->text)
		protobuf__number(&fields, LABEL_TEXT, text(p, l->text));
	else
		protobuf__number(&fields, LABEL_NUMBER, (uint64_t)l->number);
	protobuf__message(sample, SAMPLE_LABEL, &fields);
	protobuf__free(&fields);
}

void profile__sample(struct profile *p, const struct call_stack *stack, const char *missing,
		     const uint64_t *values, const struct profile_label *labels, size_t label_count)
{
	struct protobuf sample = {0};

	locations(p, &sample, stack, missing);
	protobuf__numbers(&sample, SAMPLE_VALUE, values, p->value_count);
	for (size_t i = 0; i < label_count; i++)
		label(p, &sample, &labels[i]);
	protobuf__message(&p->out, PROFILE_SAMPLE, &sample);
	protobuf__free(&sample);
}

struct profile *profile__new(const struct profile_type *types, size_t count, size_t shown)
{
	struct profile *p;

	if (count > PROFILE_VALUES)
		return NULL;
	p = HEAP_NEW(struct profile, 1);
	p->value_count = count;
	text(p, "");
	for (size_t i = 0; i < count; i++) {
		struct protobuf fields = {0};

		protobuf__number(&fields, TYPE_NAME, text(p, types[i].name));
		protobuf__number(&fields, TYPE_UNIT, text(p, types[i].unit));
		protobuf__message(&p->out, PROFILE_SAMPLE_TYPE, &fields);
		protobuf__free(&fields);
	}
	if (shown < count)
		protobuf__number(&p->out, PROFILE_DEFAULT_TYPE, text(p, types[shown].name));
	return p;
}

void profile__time(struct profile *p, uint64_t time_ns)
{
	if (!p->from_ns || time_ns < p->from_ns)
		p->from_ns = time_ns;
	if (time_ns > p->to_ns)
		p->to_ns = time_ns;
}

void profile__program(struct profile *p, const char *path)
{
	mapping(p, path);
}

void profile__comment(struct profile *p, const char *comment)
{
	protobuf__number(&p->out, PROFILE_COMMENT, text(p, comment));
}

int profile__write(const struct profile *p, FILE *out)
{
	struct protobuf whole = {.bytes = heap__copy(p->out.bytes, p->out.size), p->out.size, p->out.size};
	int err;

	/* Once each: pprof takes a second time for a second profile. */
	protobuf__number(&whole, PROFILE_TIME_NANOS, p->from_ns);
	protobuf__number(&whole, PROFILE_DURATION_NANOS, p->to_ns - p->from_ns);
	err = gzip__write(out, whole.bytes, whole.size);
	protobuf__free(&whole);
	errno = 0;
	if (!err && fflush(out))
		err = errno ? -errno : -EIO;
	return err;
}

static void entities__free(struct entities *e)
{
	struct entity *one, *next;

	HASH_ITER(hh, e->known, one, next)
	{
		HASH_DEL(e->known, one);
		free(one);
	}
}

void profile__free(struct profile *p)
{
	if (!p)
		return;
	entities__free(&p->texts);
	entities__free(&p->functions);
	entities__free(&p->locations);
	entities__free(&p->mappings);
	protobuf__free(&p->out);
	free(p);
}
