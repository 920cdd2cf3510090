/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/json/json_build.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/duration.h"
#include "util/escape.h"
#include "util/heap.h"

/* Jansson writes token by token, a few bytes each. Collected here, they cost a copy each instead of a call.
 */
struct gathered {
	FILE *out;
	size_t used;
	char bytes[8192];
};

static int flush(struct gathered *g)
{
	size_t used = g->used;

	g->used = 0;
	return fwrite_unlocked(g->bytes, 1, used, g->out) == used ? 0 : -1;
}

static int put_bytes(struct gathered *g, const char *text, size_t size)
{
	if (size > sizeof(g->bytes) - g->used && flush(g))
		return -1;
	if (size > sizeof(g->bytes))
		return fwrite_unlocked(text, 1, size, g->out) == size ? 0 : -1;
	memcpy(g->bytes + g->used, text, size);
	g->used += size;
	return 0;
}

static bool all_plain(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] >= 0x7f)
			return false;
	return true;
}

/* \uXXXX, beyond 16 bits as the two halves that JSON has for that. */
static int put_escaped(struct gathered *g, unsigned code)
{
	char text[16];
	int n = code < 0x10000 ? snprintf(text, sizeof(text), "\\u%04x", code)
			       : snprintf(text, sizeof(text), "\\u%04x\\u%04x", 0xd7c0 + (code >> 10),
					  0xdc00 + (code & 0x3ff));

	return put_bytes(g, text, (size_t)n);
}

/* A program that prints a text of a document must not have its terminal changed by it. Jansson passes whole
 * characters, and only within texts others than plain ones. */
static int put_text(const char *text, size_t size, void *gathered)
{
	struct gathered *g = gathered;
	size_t plain = 0;

	if (all_plain(text, size))
		return put_bytes(g, text, size);
	for (size_t at = 0; at < size;) {
		unsigned code = 0;
		size_t length = size - at < 4 ? 0 : utf8_length(text + at, &code);
		char end[5] = "";

		if (!length) { /* not beyond the end of the text */
			memcpy(end, text + at, size - at < 4 ? size - at : 4);
			length = utf8_length(end, &code);
		}
		if (length && utf8_is_unsafe(code)) {
			if (put_bytes(g, text + plain, at - plain) || put_escaped(g, code))
				return -1;
			plain = at + length;
		}
		at += length ? length : 1;
	}
	return put_bytes(g, text + plain, size - plain);
}

static void put_value(struct json_writer *w, json_t *value)
{
	struct gathered g;

	g.out = w->out;
	g.used = 0;
	if (!value || w->failed ||
	    json_dump_callback(value, put_text, &g, JSON_COMPACT | JSON_ENCODE_ANY) < 0 || flush(&g))
		w->failed = true;
	json_decref(value);
}

static void put_comma(struct json_writer *w)
{
	if (!w->first && !w->failed)
		fputc(',', w->out);
	w->first = false;
}

static void put_key(struct json_writer *w, const char *key)
{
	put_comma(w);
	if (!w->failed)
		fprintf(w->out, "\"%s\":", key);
}

void json_writer__begin(struct json_writer *w, FILE *out)
{
	*w = (struct json_writer){.out = out, .first = true};
	fputc('{', out);
}

void json_writer__end(struct json_writer *w)
{
	if (!w->failed)
		fputc('}', w->out);
	fputc('\n', w->out);
}

void json_writer__member(struct json_writer *w, const char *key, json_t *value)
{
	put_key(w, key);
	put_value(w, value);
}

void json_writer__object(struct json_writer *w, const char *key)
{
	put_key(w, key);
	if (!w->failed)
		fputc('{', w->out);
	w->first = true;
}

void json_writer__object_end(struct json_writer *w)
{
	if (!w->failed)
		fputc('}', w->out);
	w->first = false;
}

void json_writer__array(struct json_writer *w, const char *key)
{
	put_key(w, key);
	if (!w->failed)
		fputc('[', w->out);
	w->first = true;
}

void json_writer__element(struct json_writer *w, json_t *value)
{
	put_comma(w);
	put_value(w, value);
}

void json_writer__array_end(struct json_writer *w)
{
	if (!w->failed)
		fputc(']', w->out);
	w->first = false;
}

void json_put(json_t **object, const char *key, json_t *value)
{
	if (!json_object_set_new_nocheck(*object, key, value))
		return;
	json_decref(*object);
	*object = NULL;
}

void json_append(json_t **array, json_t *value)
{
	if (!json_array_append_new(*array, value))
		return;
	json_decref(*array);
	*array = NULL;
}

json_t *json_text(const char *s)
{
	size_t size;
	json_t *value;
	char *safe;

	if (!s)
		return json_null();
	size = strlen(s) * ESCAPE_MAX + 1;
	safe = heap__alloc(size);
	value = json_string(escape_utf8(safe, size, s));
	free(safe);
	return value;
}

json_t *json_text_or_null(const char *s)
{
	return json_text(s && *s ? s : NULL);
}

json_t *json_number(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

json_t *json_tid(pid_t tid)
{
	return tid > 0 ? json_integer(tid) : json_null();
}

json_t *json_fd(int fd)
{
	return fd >= 0 ? json_integer(fd) : json_null();
}

json_t *json_index(size_t index, size_t count)
{
	return index < count ? json_number(index) : json_null();
}

json_t *json_address(uint64_t address)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return json_string(text);
}

json_t *json_time(uint64_t time_ns)
{
	char text[DURATION_TEXT];

	return json_string(time_format_iso(text, sizeof(text), time_ns));
}

json_t *json_words(char *const *list)
{
	json_t *array = json_array();

	for (; list && *list; list++)
		json_append(&array, json_text(*list));
	return array;
}

json_t *json_letter(char letter)
{
	char text[2] = {letter, '\0'};

	return json_text(text);
}

json_t *json_tids(const pid_t *tids, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; tids && i < count; i++)
		json_append(&array, json_integer(tids[i]));
	return array;
}

json_t *json_numbers(const uint64_t *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_append(&array, json_number(list[i]));
	return array;
}
