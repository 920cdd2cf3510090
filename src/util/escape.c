/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/escape.h"

#include <stdio.h>
#include <string.h>

struct range {
	unsigned first, last;
};

static bool in_ranges(const struct range *ranges, size_t count, unsigned code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}
#define IN(ranges, code) in_ranges(ranges, sizeof(ranges) / sizeof(*(ranges)), code)

/* C1 controls, and what Unicode calls format characters: they reorder, join or hide. */
static const struct range unsafe[] = {
	{0x80, 0x9f},     {0xad, 0xad},       {0x61c, 0x61c},     {0x180e, 0x180e},
	{0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},   {0xfeff, 0xfeff},
	{0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/* Combining marks and variation selectors. */
static const struct range narrow[] = {
	{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x64b, 0x65f},   {0x1ab0, 0x1aff},
	{0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

static const struct range wide[] = {
	{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
	{0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
};

size_t utf8_length(const char *s, unsigned *ret_code)
{
	static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)s;
	unsigned code = p[0];
	size_t length = 1;

	if (!code || (code >= 0x80 && code < 0xc2) || code > 0xf4)
		return 0;
	if (code >= 0x80) {
		length = code < 0xe0 ? 2 : code < 0xf0 ? 3 : 4;
		code &= 0x7fu >> length;
		for (size_t i = 1; i < length; i++) {
			if ((p[i] & 0xc0) != 0x80) /* a NUL ends it here too */
				return 0;
			code = code << 6 | (p[i] & 0x3f);
		}
		if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
			return 0;
	}
	if (ret_code)
		*ret_code = code;
	return length;
}

size_t utf8_put(char ret[4], unsigned code)
{
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = length; i-- > 1; code >>= 6)
		ret[i] = (char)(0x80 | (code & 0x3f));
	/* A number above all characters stays one of four bytes. */
	ret[0] = (char)(first[length] | (length == 4 ? code & 7 : code));
	return length;
}

bool utf8_is_unsafe(unsigned code)
{
	return code == 0x7f || IN(unsafe, code);
}

unsigned utf8_columns(unsigned code)
{
	if (code < 0x300)
		return 1;
	return IN(narrow, code) ? 0 : IN(wide, code) ? 2 : 1;
}

size_t utf8_width(const char *s)
{
	size_t width = 0;

	while (*s) {
		unsigned code = 0;
		size_t length = utf8_length(s, &code);

		width += length ? utf8_columns(code) : 1;
		s += length ? length : 1;
	}
	return width;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Would this backslash read as the start of one of our own escapes? */
static bool looks_escaped(const char *s, bool terminal)
{
	if (s[1] == 'x')
		return is_hex(s[2]) && is_hex(s[3]);
	return terminal && s[1] == 'u' && s[2] == '{';
}

/* Writes one character of s to piece; returns how many bytes of s it was. */
static size_t escape_one(char piece[16], const char *s, bool terminal)
{
	unsigned char c = (unsigned char)*s;
	unsigned code = 0;
	size_t length = utf8_length(s, &code);

	if (!length || (terminal && (c < 0x20 || c == 0x7f)) || (c == '\\' && looks_escaped(s, terminal))) {
		snprintf(piece, 16, "\\x%02x", c);
		return 1;
	}
	if (terminal && utf8_is_unsafe(code)) {
		snprintf(piece, 16, "\\u{%x}", code);
		return length;
	}
	memcpy(piece, s, length);
	piece[length] = '\0';
	return length;
}

static char *escape(char *dst, size_t size, const char *src, bool terminal)
{
	size_t used = 0, cut = 0; /* cut: where "..." still fits behind whole characters */

	if (!size)
		return dst;
	while (*src) {
		char piece[16];
		size_t eaten = escape_one(piece, src, terminal), length = strlen(piece);

		if (used + length >= size) {
			if (size > 3) {
				memcpy(dst + cut, "...", 3);
				used = cut + 3;
			}
			break;
		}
		memcpy(dst + used, piece, length);
		used += length;
		if (used + 3 < size)
			cut = used;
		src += eaten;
	}
	dst[used] = '\0';
	return dst;
}

char *escape_terminal(char *dst, size_t size, const char *src)
{
	return escape(dst, size, src, true);
}

char *escape_utf8(char *dst, size_t size, const char *src)
{
	return escape(dst, size, src, false);
}
