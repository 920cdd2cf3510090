// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/saved/load_values.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE (256u << 20)

/* ---- lines ---------------------------------------------------------------------- */

static int grow(char **line, size_t *room)
{
	size_t more = *room ? *room * 2 : 4096;
	char *bigger = realloc(*line, more);

	if (!bigger)
		return -ENOMEM;
	*line = bigger;
	*room = more;
	return 0;
}

static int read_line(FILE *in, char **ret, size_t *ret_size)
{
	size_t size = 0, room = 0;
	char *line = NULL;
	int c, err = 0;

	errno = 0;
	while (!err && (c = getc_unlocked(in)) != EOF && c != '\n') {
		if (size == room)
			err = size >= MAX_LINE ? -EINVAL : grow(&line, &room);
		if (!err)
			line[size++] = (char)c;
	}
	if (!err && ferror(in))
		err = errno ? -errno : -EIO;
	if (!err && !size)
		err = feof(in) ? -ENODATA : -EINVAL;
	if (err) {
		free(line);
		return err;
	}
	*ret = line;
	*ret_size = size;
	return 0;
}

int load__read_object(FILE *in, json_t **ret)
{
	size_t size = 0;
	char *line;
	json_t *j;
	int err = read_line(in, &line, &size);

	if (err)
		return err;
	j = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
	free(line);
	if (!json_is_object(j)) {
		json_decref(j);
		return -EINVAL;
	}
	*ret = j;
	return 0;
}

/* ---- values ----------------------------------------------------------------------- */

static bool parse_hex(const char *s, uint64_t *ret)
{
	size_t digits = s[0] == '0' && s[1] == 'x' ? strspn(s + 2, "0123456789abcdef") : 0;

	if (!digits || digits > 16 || s[2 + digits])
		return false;
	*ret = strtoull(s + 2, NULL, 16);
	return true;
}

uint64_t load__as_number(struct loader *l, const json_t *j, uint64_t max)
{
	uint64_t value = 0;

	if (json_is_integer(j) && json_integer_value(j) >= 0)
		value = (uint64_t)json_integer_value(j);
	else if (!json_is_string(j) || !parse_hex(json_string_value(j), &value))
		l->bad = true;
	if (value > max) {
		l->bad = true;
		return 0;
	}
	return value;
}

uint64_t load__take(struct loader *l, const json_t *o, const char *key, uint64_t max)
{
	const json_t *j = json_object_get(o, key);

	return j ? load__as_number(l, j, max) : 0;
}

uint64_t load__take_u64(struct loader *l, const json_t *o, const char *key)
{
	return load__take(l, o, key, UINT64_MAX);
}

uint32_t load__take_u32(struct loader *l, const json_t *o, const char *key)
{
	return (uint32_t)load__take(l, o, key, UINT32_MAX);
}

pid_t load__take_id(struct loader *l, const json_t *o, const char *key)
{
	return (pid_t)load__take(l, o, key, INT_MAX);
}

pid_t load__take_pid(struct loader *l, const json_t *o, const char *key)
{
	pid_t pid = load__take_id(l, o, key);

	if (!pid)
		l->bad = true;
	return pid;
}

bool load__take_flag(struct loader *l, const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key);

	if (j && !json_is_boolean(j))
		l->bad = true;
	return json_is_true(j);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Back from escape_utf8(). */
const char *load__as_text(struct loader *l, const json_t *j)
{
	char *text, *to;

	if (!json_is_string(j)) {
		l->bad = true;
		return "";
	}
	text = to = arena__string(l->arena, json_string_value(j));
	for (const char *from = text; *from;) {
		int high = from[0] == '\\' && from[1] == 'x' ? hex_digit(from[2]) : -1;
		int low = high >= 0 ? hex_digit(from[3]) : -1;

		if (low < 0) {
			*to++ = *from++;
			continue;
		}
		if (!(high | low))
			l->bad = true;
		*to++ = (char)(high << 4 | low);
		from += 4;
	}
	*to = '\0';
	return text;
}

const char *load__take_text(struct loader *l, const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key);

	return j ? load__as_text(l, j) : NULL;
}

const char *load__need_text(struct loader *l, const json_t *o, const char *key)
{
	return load__as_text(l, json_object_get(o, key));
}

const char *load__need_word(struct loader *l, const json_t *o, const char *key, const char *const *words,
			    size_t count)
{
	const char *text = json_string_value(json_object_get(o, key));

	for (size_t i = 0; text && i < count; i++)
		if (!strcmp(words[i], text))
			return words[i];
	l->bad = true;
	return words[0];
}

unsigned load__need_kind(struct loader *l, const json_t *o, const char *key, const char *(*name)(unsigned),
			 unsigned count)
{
	const char *text = json_string_value(json_object_get(o, key));

	for (unsigned i = 0; text && i < count; i++)
		if (name(i) && !strcmp(name(i), text))
			return i;
	l->bad = true;
	return 0;
}

static const char *end_name(unsigned end)
{
	return stack_end__name((enum stack_end)end);
}

const json_t *load__take_list(struct loader *l, const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key);

	if (j && !json_is_array(j))
		l->bad = true;
	return j;
}

struct call_stack load__take_stack(struct loader *l, const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key), *list;
	struct call_stack stack = {0};
	struct frame *frames;

	if (!j)
		return stack;
	list = load__take_list(l, j, "frames");
	stack.end = (enum stack_end)load__need_kind(l, j, "end", end_name, STACK_ENDS);
	if (json_object_get(j, "sampled"))
		stack.sampled = (enum stack_end)load__need_kind(l, j, "sampled", end_name, STACK_UNREADABLE);
	stack.count = json_array_size(list);
	frames = ARENA_NEW(l->arena, struct frame, stack.count + 1);
	for (size_t i = 0; i < stack.count; i++) {
		const json_t *f = json_array_get(list, i);

		if (!json_is_object(f))
			l->bad = true;
		frames[i] = (struct frame){.address = load__take_u64(l, f, "address"),
					   .function = load__take_text(l, f, "function"),
					   .offset = load__take_u64(l, f, "offset"),
					   .module = load__take_text(l, f, "module"),
					   .file = load__take_text(l, f, "file"),
					   .line = (int)load__take(l, f, "line", INT_MAX),
					   .inlined = load__take_flag(l, f, "inlined")};
	}
	stack.frames = frames;
	return stack;
}

void load__take_key(struct loader *l, const json_t *o, const char *key, struct ts_file_key *ret)
{
	const json_t *j = json_object_get(o, key);

	if (!json_is_object(j))
		l->bad = true;
	ret->tgid = (uint32_t)load__take_pid(l, j, "pid");
	ret->dev = load__take_u32(l, j, "dev");
	ret->inode = load__take_u64(l, j, "inode");
	ret->generation = load__take_u32(l, j, "generation");
	ret->kind = (uint32_t)load__take(l, j, "kind", TS_FILE_NONE);
}

void load__take_latency(struct loader *l, const json_t *o, const char *key, struct ts_latency *ret)
{
	const json_t *j = json_object_get(o, key), *maxima = load__take_list(l, j, "interval_max"),
		     *buckets = load__take_list(l, j, "buckets");

	if (!json_is_object(j) || json_array_size(maxima) != 2) {
		l->bad = true;
		return;
	}
	ret->max_ns = load__take_u64(l, j, "max_ns");
	for (size_t i = 0; i < 2; i++)
		ret->interval_max[i] = load__as_number(l, json_array_get(maxima, i), UINT64_MAX);
	for (size_t i = 0; i < json_array_size(buckets); i++) {
		const json_t *pair = json_array_get(buckets, i);
		uint64_t bucket = load__as_number(l, json_array_get(pair, 0), TS_HIST_BUCKETS - 1);

		ret->buckets[bucket] = (uint32_t)load__as_number(l, json_array_get(pair, 1), UINT32_MAX);
	}
}
