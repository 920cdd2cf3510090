// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/heap.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_MAPPING (1 << 20) /* a block from this size on has pages of its own */
#define KEPT_FREE   (1 << 20) /* at the end of a thread's heap */

void heap__give_back(void)
{
#ifdef M_TRIM_THRESHOLD /* glibc */
	mallopt(M_MMAP_THRESHOLD, OWN_MAPPING);
	mallopt(M_TRIM_THRESHOLD, KEPT_FREE);
#endif
}

void heap__exhausted(void)
{
	fputs("threadscope: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

static void *checked(void *p)
{
	if (!p)
		heap__exhausted();
	return p;
}

/* Never 0: of no bytes, the library may answer NULL. */
static size_t product(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		heap__exhausted();
	return bytes ? bytes : 1;
}

void *heap__alloc(size_t size)
{
	return checked(malloc(product(1, size)));
}

void *heap__array(size_t count, size_t size)
{
	return checked(calloc(1, product(count, size)));
}

void *heap__resize(void *old, size_t count, size_t size)
{
	return checked(realloc(old, product(count, size)));
}

void *heap__try(size_t count, size_t size)
{
	return calloc(count ? count : 1, size ? size : 1);
}

void *heap__try_resize(void *old, size_t size)
{
	return realloc(old, size ? size : 1);
}

void *heap__copy(const void *from, size_t size)
{
	void *copy = heap__alloc(size);

	if (size)
		memcpy(copy, from, size);
	return copy;
}

char *heap__string(const char *s)
{
	return s ? heap__copy(s, strlen(s) + 1) : NULL;
}

char *heap__vformat(const char *format, va_list args)
{
	char *text;

	return checked(vasprintf(&text, format, args) < 0 ? NULL : text);
}

char *heap__format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = heap__vformat(format, args);
	va_end(args);
	return text;
}

FILE *heap__stream(char **ret_text, size_t *ret_length)
{
	FILE *out = open_memstream(ret_text, ret_length);

	if (!out)
		heap__exhausted();
	return out;
}
