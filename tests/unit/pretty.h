/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON over several lines, so that a difference can be read. Only line breaks, indentation and blanks after
 * colons are added: every other byte is as it was printed. What is short and holds nothing nested stays on
 * its line.
 */
#ifndef TS_TEST_PRETTY_H
#define TS_TEST_PRETTY_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PRETTY_WIDTH 100 /* the longest that stays on a line */

static inline const char *pretty_string_end(const char *at) /* at its first quote: behind its last */
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

/* Length of a short list or object without another one inside; 0: something else. */
static inline size_t pretty_short(const char *from)
{
	const char *at = from + 1;

	while (*at && !strchr("[]{}\n", *at))
		at = *at == '"' ? pretty_string_end(at) : at + 1;
	return (*at == ']' || *at == '}') && at - from < PRETTY_WIDTH ? (size_t)(at + 1 - from) : 0;
}

static inline void pretty_line(FILE *out, int depth)
{
	fprintf(out, "\n%*s", depth > 0 ? depth : 0, "");
}

/* Documents, one a line, become several lines each. */
static inline void pretty_print(FILE *out, const char *at)
{
	int depth = 0;

	while (*at) {
		size_t length = 1;
		char c = *at;

		if (c == '"')
			length = (size_t)(pretty_string_end(at) - at);
		else if (c == '[' || c == '{')
			length = pretty_short(at);
		if (c == ']' || c == '}')
			pretty_line(out, --depth);
		fwrite(at, 1, length ? length : 1, out);
		if (!length)
			pretty_line(out, ++depth);
		else if (c == ',')
			pretty_line(out, depth);
		else if (c == ':')
			fputc(' ', out);
		at += length ? length : 1;
	}
}

#endif
