/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from outside (names, paths, symbols) made safe. Both ways of escaping
 * are one to one, so that different names stay different: a backslash that
 * would read as the start of an escape is itself written \x5c.
 */
#ifndef TS_UTIL_ESCAPE_H
#define TS_UTIL_ESCAPE_H

#include <stddef.h>

/* No byte becomes more than this many. */
#define ESCAPE_MAX 4

/*
 * For a terminal: control characters, ESC, DEL and bytes that are not valid
 * UTF-8 become \xNN; C1 controls, line separators and characters that reorder
 * or hide text (bidi controls, zero-width ones) become \u{NNNN}. What does not
 * fit into size bytes, the final NUL included, is replaced by "..." (if size
 * allows), never cut inside a character. Returns dst.
 */
char *escape_terminal(char *dst, size_t size, const char *src);

/* For JSON: bytes that are not valid UTF-8 become \xNN, all else stays. Cut as above. Returns dst. */
char *escape_utf8(char *dst, size_t size, const char *src);

/*
 * Length in bytes of the UTF-8 character at s (NUL-terminated), which is put
 * into *ret_code if ret_code is not NULL; 0 if there is no valid one. Strict:
 * no overlong form, no surrogate, nothing above U+10FFFF.
 */
size_t utf8_length(const char *s, unsigned *ret_code);

/* Columns that a character takes on a terminal: 0, 1 or 2. */
unsigned utf8_columns(unsigned code);

/* The sum of these over a text; invalid bytes count 1. */
size_t utf8_width(const char *s);

#endif
