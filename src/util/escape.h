/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Escapes text from outside (names, paths, symbols). Both ways of escaping are one to one, so that different
 * names stay different: a backslash that would look like the start of an escape becomes \x5c.
 */
#ifndef TS_UTIL_ESCAPE_H
#define TS_UTIL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that one byte can become. */
#define ESCAPE_MAX 4

/*
 * For a terminal: control characters, ESC, DEL and bytes that are not valid
 * UTF-8 become \xNN; C1 controls, line separators and characters that reorder
 * or hide text (bidi controls, zero-width ones) become \u{NNNN}. What does not
 * fit into size bytes, the final NUL included, is replaced by "..." (if size
 * allows), never cut inside a character. Returns dst.
 */
char *escape_terminal(char *dst, size_t size, const char *src);

/* For JSON, whose writer escapes the rest in JSON's own way: bytes that are not valid UTF-8 become \xNN,
 * everything else stays. Truncated as above. Returns dst. */
char *escape_utf8(char *dst, size_t size, const char *src);

/*
 * Length in bytes of the UTF-8 character at s (NUL-terminated), which is put
 * into *ret_code if ret_code is not NULL; 0 if there is no valid one. Strict:
 * no overlong form, no surrogate, nothing above U+10FFFF.
 */
size_t utf8_length(const char *s, unsigned *ret_code);

/* The character as UTF-8, without a NUL: also what utf8_length takes for none. Returns its length in bytes.
 */
size_t utf8_put(char ret[4], unsigned code);

/* C1 controls, DEL, and characters that reorder, join or hide text: escaped in every output. */
bool utf8_is_unsafe(unsigned code);

/* Columns that a character takes on a terminal: 0, 1 or 2. */
unsigned utf8_columns(unsigned code);

/* The sum of these over a text; invalid bytes count 1. */
size_t utf8_width(const char *s);

#endif
