/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line per distinct stack, `frame;frame;... count`, root first, as flame
 * graph tools read it. The counts add up to the number of threads: a thread
 * without a stack counts as [running] or [unreadable], and a stack whose outer
 * part is missing hangs below [truncated], not below a wrong root.
 */
#include <stdlib.h>
#include <string.h>

#include "util/escape.h"
#include "model/describe.h"
#include "views/view.h"

#define NAME_BYTES 1200

/* Appends one frame to a line; ';', ' ' and line ends would break the format. */
static void put_frame(FILE *line, const char *name)
{
	char safe[NAME_BYTES * ESCAPE_MAX];

	escape_terminal(safe, sizeof(safe), name);
	for (char *p = safe; *p; p++) {
		if (*p == ';')
			*p = ':';
		else if (*p == ' ')
			*p = '_';
	}
	fputs(safe, line);
}

/* In memory of its own; NULL without memory. */
static char *fold(const struct thread_row *t)
{
	const char *end = t->stack.end ? t->stack.end : t->blocked ? "unreadable" : "running";
	size_t length = 0, i = t->stack.count;
	char name[NAME_BYTES], *text = NULL;
	FILE *line = open_memstream(&text, &length);

	if (!line)
		return NULL;
	if (!i || strcmp(end, "complete"))
		fprintf(line, i ? "[truncated];" : "[%s]", end);
	while (i--) {
		put_frame(line, describe_frame(name, sizeof(name), &t->stack.frames[i]));
		if (i)
			fputc(';', line);
	}
	if (fclose(line)) {
		free(text);
		return NULL;
	}
	return text;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void snapshot(const struct view_options *o, const struct snapshot_report *r)
{
	char **lines = calloc(r->thread_count ? r->thread_count : 1, sizeof(*lines));
	size_t count = 0, same = 0;

	if (!lines)
		return;
	for (size_t i = 0; i < r->thread_count; i++) {
		if (r->threads[i].left_out)
			continue;
		lines[count] = fold(&r->threads[i]);
		count += lines[count] != NULL;
	}
	qsort(lines, count, sizeof(*lines), compare);
	for (size_t i = 0; i < count; i++) {
		same++;
		if (i + 1 < count && !strcmp(lines[i], lines[i + 1]))
			continue;
		fprintf(o->out, "%s %zu\n", lines[i], same);
		same = 0;
	}
	for (size_t i = 0; i < count; i++)
		free(lines[i]);
	free(lines);
}

const struct view view_folded = {.name = "folded", .snapshot = snapshot};
