/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to python/runtime. */
#ifndef TS_PYTHON_RUNTIME_READER_H
#define TS_PYTHON_RUNTIME_READER_H

#include "python/runtime/layout.h"
#include "python/runtime/python.h"

#define PYTHON_COPY 512 /* bytes of a structure that are read: all fields in use are within */

struct python {
	struct python_memory memory;
	struct python_layout layout;
	uint64_t runtime; /* address of _PyRuntime */
	uint64_t *states; /* of the threads that the last look found, in its order */
	size_t state_count;
	uint64_t code_type, str_type; /* once they are known; 0: not yet */
	struct window *ahead;         /* see python__read_ahead */
	size_t ahead_count;
};

#define PYTHON_WINDOW 4096 /* frames of one thread are neighbours from 3.11 on, the innermost at the end */

struct window {
	uint64_t start;
	size_t len;
	uint8_t bytes[PYTHON_WINDOW];
};

/* Whether all fields that are read in one piece are within PYTHON_COPY. */
bool python__fits(const struct python_layout *l);
/* Whether the object has the type of that name, whose address is kept in *known. */
bool python__is(const struct python *py, uint64_t type, const char *name, uint64_t *known);
/* A str as UTF-8, in a, at most max characters of it. NULL: it fails a check. */
char *python__text(struct python *py, struct arena *a, uint64_t str, size_t max);

/* The values on a frame's stack that the handler of exceptions at that instruction keeps; -1: no handler,
 * or too many values. */
int python__handler_depth(const uint8_t *table, size_t len, uint64_t instruction);

/* ---- line tables: pure ---- */
/* The line of the instruction at that byte of the code; 0: not known. 3.11 and later; 3.10; 3.8 and 3.9. */
int python_line__of_locations(const uint8_t *table, size_t len, int first, uint64_t at);
int python_line__of_ranges(const uint8_t *table, size_t len, int first, uint64_t at);
int python_line__of_steps(const uint8_t *table, size_t len, int first, uint64_t at);

#endif
