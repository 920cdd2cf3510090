/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is freed piece by piece, with free(). None of these returns NULL: without memory the program
 * ends, with one sentence and exit status 1, as no caller could go on. What must be put in order before,
 * atexit() does. Sizes that foreign bytes give are bounded before they come here.
 */
#ifndef TS_UTIL_HEAP_H
#define TS_UTIL_HEAP_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* For megabytes that a foreign file asks for, after their bound: NULL if there is no room, for it is the file
 * that is at fault then. The first is zeroed. */
void *heap__try(size_t count, size_t size);
void *heap__try_resize(void *old, size_t size);

/*
 * For what runs long and makes megabytes anew each second: what is freed goes back to the kernel at once.
 * Left to itself, glibc keeps as much as the largest block ever was, twice over, in each thread.
 */
void heap__give_back(void);

/* threadscope: out of memory */
_Noreturn void heap__exhausted(void);

void *heap__alloc(size_t size);                           /* not zeroed */
void *heap__array(size_t count, size_t size);             /* zeroed */
void *heap__resize(void *old, size_t count, size_t size); /* keeps what is in it; the rest is not zeroed */
void *heap__copy(const void *from, size_t size);          /* from may be NULL if size is 0 */
char *heap__string(const char *s);                        /* NULL stays NULL */
char *heap__format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *heap__vformat(const char *format, va_list args);

/* A stream into memory, as open_memstream: *ret_text is the caller's to free once it is closed. */
FILE *heap__stream(char **ret_text, size_t *ret_length);

#define HEAP_NEW(type, count) ((type *)heap__array(count, sizeof(type)))

#endif
