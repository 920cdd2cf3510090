/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is freed at once, for a sample or a report. */
#ifndef TS_UTIL_ARENA_H
#define TS_UTIL_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *blocks;
	size_t bytes; /* given out: for those who keep to a budget */
};

/* Zeroed, aligned to 16. Ends the program without memory, as heap.h. */
void *arena__alloc(struct arena *a, size_t size);
void *arena__array(struct arena *a, size_t count, size_t size);
void *arena__room(struct arena *a, size_t size);                   /* not zeroed: for what is written next */
void *arena__copy(struct arena *a, const void *from, size_t size); /* aligned to 16 */
char *arena__string(struct arena *a, const char *s);               /* NULL stays NULL */
char *arena__format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Moves all of from into a; pointers stay valid, and from is empty. */
void arena__join(struct arena *a, struct arena *from);
void arena__free(struct arena *a);
/* The memory of its blocks, also of what is not given out yet. */
size_t arena__bytes(const struct arena *a);

#define ARENA_NEW(a, type, count) ((type *)arena__array(a, count, sizeof(type)))

#endif
