// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects of the interpreter: their types, and texts. */
#include "python/runtime/reader.h"
#include "util/escape.h"

#define TYPE_NAME 32
#define TEXT_MAX  4096u

bool python__is(const struct python *py, uint64_t type, const char *name, uint64_t *known)
{
	char found[TYPE_NAME] = "";
	uint64_t address;

	if (*known)
		return type == *known;
	if (!python_memory__u64(&py->memory, type + (uint64_t)py->layout.off[PY_type_name], &address) ||
	    python_memory__some(&py->memory, address, found, sizeof(found)) <= 0 ||
	    !memchr(found, 0, sizeof(found)) || strcmp(found, name) != 0)
		return false;
	*known = type;
	return true;
}

static uint32_t character(const uint8_t *raw, unsigned kind, size_t i)
{
	uint32_t c = 0;

	memcpy(&c, raw + i * kind, kind);
	return c;
}

/*
 * Include/cpython/unicodeobject.h: length at 16; state has two bits of interned, then kind (bytes per
 * character) in three, compact, ascii. The characters of an ASCII text follow its head, others two words
 * later, or three before 3.12.
 */
char *python__text(struct python *py, struct arena *a, uint64_t str, size_t max)
{
	const struct python_layout *l = &py->layout;
	uint8_t head[64], raw[TEXT_MAX];
	size_t head_bytes = (size_t)l->off[PY_ascii_size], used = 0, length;
	uint32_t state, kind;
	char *text;

	if (max > TEXT_MAX / 4 || head_bytes > sizeof(head) || head_bytes < 32 ||
	    l->off[PY_ascii_state] > (int32_t)sizeof(head) - 4 ||
	    !python_memory__read(&py->memory, str, head, head_bytes) ||
	    !python__is(py, raw_u64(head, 8), "str", &py->str_type))
		return NULL;
	state = raw_u32(head, l->off[PY_ascii_state]);
	kind = state >> 2 & 7;
	length = raw_u64(head, 16) < max ? (size_t)raw_u64(head, 16) : max;
	if (!(state & 32) || (kind != 1 && kind != 2 && kind != 4))
		return NULL;
	if (!(state & 64))
		head_bytes += l->minor < 12 ? 24 : 16;
	if (!python_memory__read(&py->memory, str + head_bytes, raw, length * kind))
		return NULL;
	text = arena__alloc(a, length * 4 + 1);
	for (size_t i = 0; i < length; i++)
		used += utf8_put(text + used, character(raw, kind, i));
	return text;
}
