// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "with lock:" keeps the lock's method __exit__ on the frame's stack until it is called. Values above those
 * in use are remains of older ones: in use are those that the handler of exceptions at the instruction keeps.
 */
#include "python/runtime/reader.h"

#define DEPTH_MAX    32
#define TABLE_MAX    4096
#define OBJECT_PAST  32 /* bytes before an object where a pointer to its attributes may be: 3.11, 3.12 */
#define OBJECT_WORDS 12
#define VALUES       16

/* Six bits a byte, the highest first; bit 6: another one follows. */
static bool read_number(const uint8_t *table, size_t len, size_t *at, uint64_t *ret)
{
	uint64_t value = 0;

	for (int i = 0; *at < len && i < 6; i++) {
		uint8_t byte = table[(*at)++];

		value = value << 6 | (byte & 63);
		if (byte & 64)
			continue;
		*ret = value;
		return true;
	}
	return false;
}

/* Objects/exception_handling_notes.txt: start, length, target, depth * 2 + lasti; in instructions. */
int python__handler_depth(const uint8_t *table, size_t len, uint64_t instruction)
{
	uint64_t start, length, target, depth;

	for (size_t at = 0; at < len;) {
		if (!read_number(table, len, &at, &start) || !read_number(table, len, &at, &length) ||
		    !read_number(table, len, &at, &target) || !read_number(table, len, &at, &depth))
			return -1;
		if (instruction >= start && instruction - start < length)
			return depth >> 1 <= DEPTH_MAX ? (int)(depth >> 1) : -1;
	}
	return -1;
}

/* The number of values in use on the frame's stack, and where they are. */
static size_t values_of(const struct python *py, const struct python_place *p, uint64_t ret[DEPTH_MAX])
{
	const int32_t *off = py->layout.off;
	uint8_t code[PYTHON_COPY], table[TABLE_MAX];
	uint64_t bytes, len, first = p->code + (uint64_t)off[PY_code_bytes], locals;
	int depth;

	if (off[PY_code_exceptiontable] < 0 || p->instr < first ||
	    !python_memory__read(&py->memory, p->code, code, (size_t)off[PY_code_size]) ||
	    !python__is(py, raw_u64(code, off[PY_object_type]), "code", (uint64_t *)&py->code_type))
		return 0;
	bytes = raw_u64(code, off[PY_code_exceptiontable]);
	if (!python_memory__u64(&py->memory, bytes + 16, &len) || !len || len > sizeof(table) ||
	    !python_memory__read(&py->memory, bytes + (uint64_t)off[PY_bytes_data], table, (size_t)len))
		return 0;
	depth = python__handler_depth(table, (size_t)len, (p->instr - first) / 2);
	locals = raw_u32(code, off[PY_code_nlocalsplus]);
	if (depth <= 0 || locals > 65536 ||
	    !python_memory__read(&py->memory, p->frame + (uint64_t)off[PY_frame_localsplus] + locals * 8, ret,
				 (size_t)depth * 8))
		return 0;
	return (size_t)depth;
}

static bool has_type(const struct python *py, uint64_t object, const char *name)
{
	uint64_t type, none = 0;

	return python_memory__u64(&py->memory, object + (uint64_t)py->layout.off[PY_object_type], &type) &&
	       python__is(py, type, name, &none);
}

static bool among(const struct python *py, uint64_t address, uint64_t value)
{
	uint64_t words[VALUES] = {0};
	ssize_t n = address & 7 ? -1 : python_memory__some(&py->memory, address, words, sizeof(words));

	for (size_t i = 0; n > 0 && i < (size_t)n / 8; i++)
		if (words[i] == value)
			return true;
	return false;
}

/* One of its attributes is the lock: they are in the object (3.13), or where a word before it points. */
static bool refers_to(const struct python *py, uint64_t object, uint64_t lock)
{
	uint64_t words[OBJECT_WORDS];

	if (object & 7 || !python_memory__read(&py->memory, object - OBJECT_PAST, words, sizeof(words)))
		return false;
	for (size_t i = 0; i < OBJECT_WORDS; i++)
		if (words[i] == lock)
			return true;
	for (size_t i = 0; i < OBJECT_PAST / 8; i++)
		if (words[i] && among(py, words[i] + (words[i] & 1), lock))
			return true;
	return false;
}

bool python__within(const struct python *py, const struct python_place *p, const struct python_lock *lock)
{
	uint64_t values[DEPTH_MAX], self;
	size_t count = values_of(py, p, values);
	const int32_t *off = py->layout.off;

	for (size_t i = 0; i < count; i++) {
		if (values[i] & 7 ||
		    !python_memory__u64(&py->memory, values[i] + (uint64_t)off[PY_cfunction_self], &self))
			continue;
		if (self == lock->object && has_type(py, values[i], "builtin_function_or_method"))
			return true;
		if (has_type(py, values[i], "method") && refers_to(py, self, lock->object))
			return true;
	}
	return false;
}
