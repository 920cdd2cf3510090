// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/append.h"

#include <stdarg.h>
#include <stdio.h>

void append(char *dst, size_t size, size_t *used, const char *format, ...)
{
	va_list args;
	int length;
	size_t end;

	if (*used + 1 >= size) {
		if (!*used)
			*dst = '\0';
		return;
	}
	va_start(args, format);
	length = vsnprintf(dst + *used, size - *used, format, args);
	va_end(args);
	if (length < 0)
		return;
	if ((size_t)length < size - *used) {
		*used += (size_t)length;
		return;
	}
	*used = size - 1; /* full: nothing more is appended */
	end = size > 4 ? size - 4 : 0;
	while (end > 0 && ((unsigned char)dst[end] & 0xc0) == 0x80) /* not inside a character */
		end--;
	snprintf(dst + end, size - end, "...");
}
