// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/panic_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* runtime._type (abi.Type from Go 1.21): the same places from Go 1.17 to 1.27. */
#define TYPE_TFLAG       20
#define TYPE_KIND        23
#define TFLAG_UNCOMMON   1
#define TFLAG_EXTRA_STAR 2 /* the name has a leading * that the type lacks */
#define KIND_MASK        31
/* Of a basic type with TFLAG_UNCOMMON an uncommontype follows: nameOff, then the number of methods. */
#define UNCOMMON_METHODS (48 + 4)
#define NUMBER_BYTES     32

enum go_kind {
	KIND_BOOL = 1,
	KIND_INT = 2,
	KIND_INT8 = 3,
	KIND_INT16 = 4,
	KIND_INT32 = 5,
	KIND_INT64 = 6,
	KIND_UINT = 7,
	KIND_UINT8 = 8,
	KIND_UINT16 = 9,
	KIND_UINT32 = 10,
	KIND_UINT64 = 11,
	KIND_UINTPTR = 12,
	KIND_FLOAT32 = 13,
	KIND_FLOAT64 = 14,
	KIND_STRING = 24,
};

const char *panic_value__type(char *dst, const struct ts_go_value *v)
{
	size_t length = 0, at = 1;
	unsigned shift = 0;

	if (!v->type)
		return "nil";
	if (!v->type_read || !v->name_read)
		return NULL;
	/* runtime.name, src/internal/abi/type.go: a byte of flags, the length as varint, the text */
	do {
		length |= (size_t)(v->name_bytes[at] & 0x7f) << shift;
		shift += 7;
	} while (v->name_bytes[at++] & 0x80 && shift < 28);
	if ((v->type_bytes[TYPE_TFLAG] & TFLAG_EXTRA_STAR) && length) {
		at++;
		length--;
	}
	if (!length || length > TS_GO_NAME_BYTES - at)
		return NULL;
	memcpy(dst, v->name_bytes + at, length);
	dst[length] = '\0';
	return dst;
}

static int64_t signed_of(const uint8_t *bytes, unsigned size)
{
	int64_t value;
	unsigned unused = 64 - 8 * size;

	memcpy(&value, bytes, sizeof(value));
	return (int64_t)((uint64_t)value << unused) >> unused;
}

static uint64_t unsigned_of(const uint8_t *bytes, unsigned size)
{
	return (uint64_t)signed_of(bytes, size) & (UINT64_MAX >> (64 - 8 * size));
}

static void number_text(char *dst, const struct ts_go_value *v, enum go_kind kind)
{
	static const uint8_t SIZES[] = {
		[KIND_INT] = 8,    [KIND_INT8] = 1,   [KIND_INT16] = 2,  [KIND_INT32] = 4,
		[KIND_INT64] = 8,  [KIND_UINT] = 8,   [KIND_UINT8] = 1,  [KIND_UINT16] = 2,
		[KIND_UINT32] = 4, [KIND_UINT64] = 8, [KIND_UINTPTR] = 8};
	float single;
	double number;

	if (kind == KIND_BOOL) {
		snprintf(dst, NUMBER_BYTES, "%s", v->value_bytes[0] ? "true" : "false");
	} else if (kind <= KIND_INT64) {
		snprintf(dst, NUMBER_BYTES, "%" PRId64, signed_of(v->value_bytes, SIZES[kind]));
	} else if (kind <= KIND_UINTPTR) {
		snprintf(dst, NUMBER_BYTES, "%" PRIu64, unsigned_of(v->value_bytes, SIZES[kind]));
	} else {
		memcpy(&single, v->value_bytes, sizeof(single));
		memcpy(&number, v->value_bytes, sizeof(number));
		snprintf(dst, NUMBER_BYTES, "%g", kind == KIND_FLOAT32 ? (double)single : number);
	}
}

/*
 * runtime.boundsError, src/runtime/error.go: {x int64; y int; signed bool; code
 * uint8}. Its texts by code, with x and y where Go has %x and %y; those for a
 * negative x do not name y.
 */
static const char *const BOUNDS[] = {
	"index out of range [%x] with length %y",
	"slice bounds out of range [:%x] with length %y",
	"slice bounds out of range [:%x] with capacity %y",
	"slice bounds out of range [%x:%y]",
	"slice bounds out of range [::%x] with length %y",
	"slice bounds out of range [::%x] with capacity %y",
	"slice bounds out of range [:%x:%y]",
	"slice bounds out of range [%x:%y:]",
	"cannot convert slice with length %x to array or pointer to array with length %y",
};
static const char *const NEGATIVE_BOUNDS[] = {
	"index out of range [%x]",          "slice bounds out of range [:%x]",
	"slice bounds out of range [:%x]",  "slice bounds out of range [%x:]",
	"slice bounds out of range [::%x]", "slice bounds out of range [::%x]",
	"slice bounds out of range [:%x:]", "slice bounds out of range [%x::]",
};

static const char *bounds_text(char *dst, const struct ts_go_value *v)
{
	int64_t x, y;
	bool is_signed = v->value_bytes[16];
	unsigned code = v->value_bytes[17];
	const char *format;
	size_t used;

	if (code >= sizeof(BOUNDS) / sizeof(BOUNDS[0]))
		return NULL;
	memcpy(&x, v->value_bytes, sizeof(x));
	memcpy(&y, v->value_bytes + 8, sizeof(y));
	format = BOUNDS[code];
	if (is_signed && x < 0 && code < sizeof(NEGATIVE_BOUNDS) / sizeof(NEGATIVE_BOUNDS[0]))
		format = NEGATIVE_BOUNDS[code];
	used = (size_t)snprintf(dst, PANIC_TEXT_BYTES, "runtime error: ");
	for (const char *c = format; *c; c++) {
		if (*c != '%')
			dst[used++] = *c;
		else if (*++c == 'y' || is_signed)
			used += (size_t)snprintf(dst + used, PANIC_TEXT_BYTES - used, "%" PRId64,
						 *c == 'y' ? y : x);
		else
			used += (size_t)snprintf(dst + used, PANIC_TEXT_BYTES - used, "%" PRIu64,
						 (uint64_t)x);
	}
	dst[used] = '\0';
	return dst;
}

/*
 * Types that are a string, or begin with one that their Error method returns. NULL: another type.
 */
static const char *error_prefix(const char *type)
{
	static const struct {
		const char *type, *prefix;
	} KNOWN[] = {
		{"string", ""},
		{"*errors.errorString", ""},
		{"*fmt.wrapError", ""},
		{"*fmt.wrapErrors", ""},
		{"runtime.errorString", "runtime error: "},
		{"runtime.errorAddressString", "runtime error: "},
		{"runtime.plainError", ""},
	};

	for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++)
		if (!strcmp(type, KNOWN[i].type))
			return KNOWN[i].prefix;
	return NULL;
}

/* Appends the text; false: the text could not be read. */
static bool string_text(char *dst, const struct ts_go_value *v, bool *ret_cut)
{
	size_t used = strlen(dst);
	uint64_t length;

	memcpy(&length, v->value_bytes + 8, sizeof(length));
	if (!v->text_bytes && length)
		return false;
	*ret_cut = v->text_cut;
	for (uint32_t i = 0; i < v->text_bytes && i < TS_GO_TEXT_BYTES; i++) {
		if (v->text[i])
			dst[used++] = v->text[i];
		else
			used += (size_t)snprintf(dst + used, PANIC_TEXT_BYTES - used, "\\x00");
	}
	dst[used] = '\0';
	return true;
}

/* Of a named type (main.code) Go prints main.code(42), unless it has an Error or String method. */
static bool has_methods(const struct ts_go_value *v)
{
	return (v->type_bytes[TYPE_TFLAG] & TFLAG_UNCOMMON) &&
	       (v->type_bytes[UNCOMMON_METHODS] || v->type_bytes[UNCOMMON_METHODS + 1]);
}

static const char *basic_text(char *dst, const struct ts_go_value *v, const char *type, bool *ret_cut)
{
	enum go_kind kind = (enum go_kind)(v->type_bytes[TYPE_KIND] & KIND_MASK);
	bool named = strchr(type, '.'), quoted = named && kind == KIND_STRING;
	size_t used;

	if (named && has_methods(v))
		return NULL;
	used = named ? (size_t)snprintf(dst, PANIC_TEXT_BYTES, "%s(%s", type, quoted ? "\"" : "") : 0;
	dst[used] = '\0';
	if (kind == KIND_STRING) {
		if (!string_text(dst, v, ret_cut))
			return NULL;
	} else if (kind >= KIND_BOOL && kind <= KIND_FLOAT64) {
		number_text(dst + used, v, kind);
	} else {
		return NULL;
	}
	used = strlen(dst);
	if (named)
		snprintf(dst + used, PANIC_TEXT_BYTES - used, "%s", quoted ? "\")" : ")");
	return dst;
}

const char *panic_value__text(char *dst, const struct ts_go_value *v, const char *type, bool *ret_cut)
{
	const char *prefix;

	*ret_cut = false;
	if (!v->type)
		return "nil";
	if (!type || !v->type_read || !v->value_read)
		return NULL;
	if (!strcmp(type, "runtime.boundsError"))
		return bounds_text(dst, v);
	prefix = error_prefix(type);
	if (!prefix)
		return basic_text(dst, v, type, ret_cut);
	snprintf(dst, PANIC_TEXT_BYTES, "%s", prefix);
	return string_text(dst, v, ret_cut) ? dst : NULL;
}
