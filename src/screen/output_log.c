// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/output_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/duration.h"
#include "util/escape.h"
#include "util/heap.h"

#define TAB_COLUMNS 8

static struct output_line **slot(const struct output_log *l, uint64_t number)
{
	return &l->lines[number % OUTPUT_LINES];
}

static size_t bytes_of(const struct output_line *line)
{
	return sizeof(*line) + line->length;
}

uint64_t output_log__first(const struct output_log *l)
{
	return l->count ? l->arrived - l->count + 1 : 0;
}

uint64_t output_log__last(const struct output_log *l)
{
	return l->until ? l->until : l->arrived;
}

static void drop_oldest(struct output_log *l)
{
	struct output_line **oldest = slot(l, output_log__first(l));

	l->bytes -= bytes_of(*oldest);
	free(*oldest);
	*oldest = NULL;
	l->count--;
}

/* A copy of it, as large as it is. */
static void keep(struct output_log *l, const struct output_line *from)
{
	struct output_line *line = heap__alloc(bytes_of(from));

	memcpy(line, from, bytes_of(from));
	if (!l->lines)
		l->lines = HEAP_NEW(struct output_line *, OUTPUT_LINES);
	l->bytes += bytes_of(line);
	while (l->count && (l->count == OUTPUT_LINES || l->bytes > OUTPUT_BYTES))
		drop_oldest(l);
	l->arrived++;
	l->count++;
	l->gaps += line->gap;
	*slot(l, l->arrived) = line;
}

/* ---- lines ------------------------------------------------------------------------- */

static void finish_line(struct output_log *l, enum output_stream stream)
{
	keep(l, l->open[stream]);
	free(l->open[stream]);
	l->open[stream] = NULL;
}

static struct output_line *open_line(struct output_log *l, enum output_stream stream, uint64_t wall_ns)
{
	if (!l->open[stream]) {
		l->open[stream] = heap__alloc(sizeof(struct output_line) + OUTPUT_LINE_BYTES);
		*l->open[stream] = (struct output_line){.wall_ns = wall_ns, .stream = (uint8_t)stream};
	}
	return l->open[stream];
}

static void put(struct output_line *line, const char *bytes, size_t size)
{
	size_t room = OUTPUT_LINE_BYTES - line->length, taken = size < room ? size : room;

	memcpy(line->text + line->length, bytes, taken);
	line->length += (uint32_t)taken;
	line->left_out += size - taken;
}

static void end_line(struct output_log *l, enum output_stream stream, uint64_t wall_ns, char end)
{
	bool second = end == '\n' && l->after_cr[stream];

	/* A progress display returns before it has written anything. */
	if (end == '\r' && !l->open[stream])
		return;
	l->after_cr[stream] = end == '\r';
	if (second)
		return;
	open_line(l, stream, wall_ns);
	finish_line(l, stream);
}

void output_log__add(struct output_log *l, enum output_stream stream, uint64_t wall_ns, const char *bytes,
		     size_t size)
{
	for (size_t at = 0, from = 0; at < size; from = at) {
		while (at < size && bytes[at] != '\n' && bytes[at] != '\r')
			at++;
		if (at > from) {
			put(open_line(l, stream, wall_ns), bytes + from, at - from);
			l->after_cr[stream] = false;
		}
		if (at < size)
			end_line(l, stream, wall_ns, bytes[at++]);
	}
}

static void finish_all(struct output_log *l)
{
	for (int stream = 0; stream < OUTPUT_STREAMS; stream++)
		if (l->open[stream])
			finish_line(l, (enum output_stream)stream);
}

void output_log__lose(struct output_log *l, uint64_t wall_ns, uint64_t bytes)
{
	finish_all(l);
	l->lost += bytes;
	keep(l, &(struct output_line){.wall_ns = wall_ns, .left_out = bytes, .gap = true});
}

void output_log__end(struct output_log *l, const char *message)
{
	finish_all(l);
	l->over = true;
	snprintf(l->message, sizeof(l->message), "%s", message ? message : "");
}

const struct output_line *output_log__line(const struct output_log *l, uint64_t number)
{
	return l->count && number >= output_log__first(l) && number <= l->arrived ? *slot(l, number) : NULL;
}

const struct output_line *output_log__open(const struct output_log *l, enum output_stream stream)
{
	return l->until ? NULL : l->open[stream];
}

void output_log__pause(struct output_log *l, bool paused)
{
	if (!paused)
		l->until = 0;
	else if (!l->until)
		l->until = l->arrived;
}

void output_log__free(struct output_log *l)
{
	while (l->count)
		drop_oldest(l);
	free(l->lines);
	for (int stream = 0; stream < OUTPUT_STREAMS; stream++)
		free(l->open[stream]);
	*l = (struct output_log){0};
}

/* ---- as text ------------------------------------------------------------------------- */

/* Up to a NUL. */
static void put_text(FILE *out, size_t *columns, const char *text)
{
	size_t size = strlen(text) * ESCAPE_MAX + 1;
	char *safe = heap__alloc(size);

	escape_terminal(safe, size, text);
	fputs(safe, out);
	*columns += utf8_width(safe);
	free(safe);
}

static void put_between(FILE *out, size_t *columns, char byte)
{
	size_t blanks = TAB_COLUMNS - *columns % TAB_COLUMNS;

	if (byte == '\t') {
		fprintf(out, "%*s", (int)blanks, "");
		*columns += blanks;
	} else {
		fputs("\\x00", out);
		*columns += 4;
	}
}

static char *escaped_text(const struct output_line *line)
{
	char *part = heap__alloc((size_t)line->length + 1), *text = NULL, amount[DURATION_TEXT];
	size_t length = 0, columns = 0, at = 0;
	FILE *out = heap__stream(&text, &length);

	while (at < line->length) {
		size_t from = at;

		while (at < line->length && line->text[at] && line->text[at] != '\t')
			at++;
		memcpy(part, line->text + from, at - from);
		part[at - from] = '\0';
		put_text(out, &columns, part);
		if (at < line->length)
			put_between(out, &columns, line->text[at++]);
	}
	if (line->gap)
		fprintf(out, "(%s left out here: too fast for the screen)",
			bytes_format(amount, sizeof(amount), line->left_out));
	else if (line->left_out)
		fprintf(out, " (and %s more)", bytes_format(amount, sizeof(amount), line->left_out));
	fclose(out);
	free(part);
	return text;
}

/* Most lines are so, and a filter looks at all of them. */
static bool is_plain(const struct output_line *line)
{
	for (size_t i = 0; i < line->length; i++)
		if (line->text[i] < ' ' || line->text[i] > '~' || line->text[i] == '\\')
			return false;
	return !line->left_out;
}

char *output_line__text(const struct output_line *line)
{
	if (is_plain(line))
		return heap__format("%.*s", (int)line->length, line->text);
	return escaped_text(line);
}
