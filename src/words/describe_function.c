// SPDX-License-Identifier: GPL-2.0-or-later
/* Shortens long function names: the text in angle brackets matters least. */
#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "util/append.h"
#include "util/heap.h"

/* The bracket belongs to an operator's name ("operator<<", "operator->"), or is an arrow's end. */
static bool of_operator(const char *name, const char *bracket)
{
	const char *start = bracket;

	while (start > name && strchr("<>=-", start[-1]))
		start--;
	if (bracket > name && *bracket == '>' && bracket[-1] == '-')
		return true;
	return start - name >= 8 && !memcmp(start - 8, "operator", 8);
}

/* Writes the name with "<...>" for each outermost pair of angle brackets, of which the last may be cut off;
 * false if they do not match. */
static bool without_arguments(char *dst, const char *name)
{
	size_t depth = 0;

	for (const char *c = name; *c; c++) {
		if (*c == '<' && !of_operator(name, c)) {
			if (!depth++) {
				memcpy(dst, "<...>", 5);
				dst += 5;
			}
		} else if (*c == '>' && !of_operator(name, c)) {
			if (!depth--)
				return false;
		} else if (!depth) {
			*dst++ = *c;
		}
	}
	*dst = '\0';
	return true;
}

/* "..." and the end, which has the function's own name. */
static void put_end(char *dst, size_t size, const char *name)
{
	size_t length = strlen(name), used = 0;
	const char *from;

	if (length < size || size < 8) {
		append(dst, size, &used, "%s", name);
		return;
	}
	from = name + length - (size - 4);
	while ((*from & 0xc0) == 0x80) /* not inside a character */
		from++;
	append(dst, size, &used, "...%s", from);
}

char *describe_function(char *dst, size_t size, const char *name)
{
	size_t length = strlen(name);
	char *shorter = length < size ? NULL : heap__alloc(5 * length + 1);

	if (shorter && without_arguments(shorter, name))
		put_end(dst, size, shorter);
	else
		put_end(dst, size, name);
	free(shorter);
	return dst;
}
