// SPDX-License-Identifier: GPL-2.0-or-later
/* From an instruction to its line, as CPython's PyCode_Addr2Line (Objects/codeobject.c). */
#include "python/runtime/reader.h"

#define LINES_MAX 100000000 /* more than any source has */

static int bounded(int64_t line)
{
	return line > 0 && line < LINES_MAX ? (int)line : 0;
}

/* A number in pieces of six bits, the lowest first; bit 6: another one follows. */
static bool read_number(const uint8_t *table, size_t len, size_t *at, int64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; *at < len && shift < 36; shift += 6) {
		uint8_t byte = table[(*at)++];

		value |= (uint64_t)(byte & 63) << shift;
		if (byte & 64)
			continue;
		*ret = value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
		return true;
	}
	return false;
}

enum { LOCATION_NO_COLUMNS = 13, LOCATION_LONG = 14, LOCATION_NONE = 15, LOCATION_ONE_LINE = 10 };

/* Objects/locations.md: an entry begins with bit 7, its kind and its length in instructions. */
int python_line__of_locations(const uint8_t *table, size_t len, int first, uint64_t at)
{
	int64_t line = first, delta;
	uint64_t start = 0;

	for (size_t i = 0; i < len;) {
		unsigned kind = table[i] >> 3 & 15;
		uint64_t end = start + ((table[i] & 7) + 1u) * 2;

		if (!(table[i++] & 128))
			return 0;
		if (kind == LOCATION_NO_COLUMNS || kind == LOCATION_LONG) {
			if (!read_number(table, len, &i, &delta))
				return 0;
			line += delta;
		} else if (kind >= LOCATION_ONE_LINE && kind < LOCATION_NO_COLUMNS) {
			line += kind - LOCATION_ONE_LINE;
		}
		if (at < end)
			return kind == LOCATION_NONE ? 0 : bounded(line);
		start = end;
		while (i < len && !(table[i] & 128))
			i++;
	}
	return 0;
}

/* Objects/lnotab_notes.txt of 3.10: bytes of code, change of the line; -128: no line. */
int python_line__of_ranges(const uint8_t *table, size_t len, int first, uint64_t at)
{
	int64_t line = first;
	uint64_t end = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		int8_t delta = (int8_t)table[i + 1];

		end += table[i];
		line += delta == -128 ? 0 : delta;
		if (at < end)
			return delta == -128 ? 0 : bounded(line);
	}
	return 0;
}

/* The same file of 3.9: from which byte on the line changes by how much. */
int python_line__of_steps(const uint8_t *table, size_t len, int first, uint64_t at)
{
	int64_t line = first;
	uint64_t start = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		start += table[i];
		if (start > at)
			break;
		line += (int8_t)table[i + 1];
	}
	return bounded(line);
}
