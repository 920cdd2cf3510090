/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a view prints, against a golden file in tests/golden (or $GOLDEN_DIR).
 * UPDATE_GOLDEN=1 rewrites them: read the difference before you keep it.
 */
#ifndef TS_TEST_GOLDEN_H
#define TS_TEST_GOLDEN_H

#include <stdlib.h>

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

/* Ends the capture and compares it with the golden file. */
static inline void check_golden(struct capture *c, const char *name)
{
	const char *directory = getenv("GOLDEN_DIR");
	char path[512], *want;

	fclose(c->o.out);
	snprintf(path, sizeof(path), "%s/%s", directory ? directory : "tests/golden", name);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *file = fopen(path, "w");

		CHECK(file != NULL);
		if (file) {
			CHECK_EQ(fwrite(c->text, 1, c->length, file), c->length);
			fclose(file);
		}
	}
	want = read_file(path);
	if (!want || strcmp(want, c->text)) {
		printf("# %s differs; this is what came:\n", path);
		for (char *line = strtok(c->text, "\n"); line; line = strtok(NULL, "\n"))
			printf("# %s\n", line);
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
