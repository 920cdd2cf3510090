/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a view prints, against a golden file in tests/golden (or $GOLDEN_DIR).
 * JSON is stored over several lines (pretty.h), and must be printed as one
 * line per document. UPDATE_GOLDEN=1 rewrites the files: read the difference
 * before you keep it.
 */
#ifndef TS_TEST_GOLDEN_H
#define TS_TEST_GOLDEN_H

#include <jansson.h>
#include <stdlib.h>

#include "pretty.h"
#include "test.h"
#include "util/escape.h"
#include "views/view.h"

struct capture {
	struct view_options o;
	char *text;
	size_t length;
};

static inline struct view_options *begin(struct capture *c)
{
	*c = (struct capture){0};
	setenv("TZ", "UTC", 1);
	c->o.out = open_memstream(&c->text, &c->length);
	return &c->o;
}

static inline char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t length = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &length, '\0', file) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(file);
	return text;
}

/* Each line is a document, without a key twice, and each ends its line. */
static inline void check_documents(const char *text)
{
	for (const char *end; *text; text = end + 1) {
		json_error_t error;
		json_t *document;

		end = strchr(text, '\n');
		CHECK(end != NULL);
		if (!end)
			return;
		document = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, &error);
		if (!document)
			printf("# not a document in one line: %s: %.*s\n", error.text, (int)(end - text),
			       text);
		CHECK(document != NULL);
		json_decref(document);
	}
}

/* The text over several lines, instead of the one given. */
static inline char *pretty(char *text)
{
	char *lines = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&lines, &length);

	pretty_print(out, text);
	fclose(out);
	free(text);
	return lines;
}

static inline void show_difference(const char *path, const char *text)
{
	char command[600];
	FILE *diff;

	printf("# %s differs:\n", path);
	fflush(stdout);
	snprintf(command, sizeof(command), "diff -u '%s' - | sed 's/^/# /'", path);
	diff = popen(command, "w");
	if (!diff)
		return;
	fputs(text, diff);
	pclose(diff);
}

/* Ends the capture and compares it with the golden file. */
static inline void check_golden(struct capture *c, const char *name)
{
	const char *directory = getenv("GOLDEN_DIR"), *ending = strrchr(name, '.');
	char path[512], *want;

	fclose(c->o.out);
	if (ending && !strcmp(ending, ".json")) {
		check_documents(c->text);
		c->text = pretty(c->text);
	}
	snprintf(path, sizeof(path), "%s/%s", directory ? directory : "tests/golden", name);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *file = fopen(path, "w");

		CHECK(file != NULL);
		if (file) {
			fputs(c->text, file);
			fclose(file);
		}
	}
	want = read_file(path);
	if (!want || strcmp(want, c->text)) {
		show_difference(path, c->text);
		test_failures++;
	}
	free(want);
	free(c->text);
}

/* No line of text holds a control character, whatever the names were. */
static inline void check_clean(const char *text)
{
	while (*text) {
		unsigned code = 0;
		size_t length = utf8_length(text, &code);

		CHECK(length > 0);
		CHECK(code == '\n' || (code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0)));
		text += length ? length : 1;
	}
}

#endif
