// SPDX-License-Identifier: GPL-2.0-or-later
/* The values of Go panics in words. */
#include "test.h"

#include <string.h>

#include "go/collect/panic_value.h"

#define NAMED    1 /* tflag: an uncommontype follows */
#define HAS_STAR 2

static struct ts_go_value value(const char *type, unsigned kind, unsigned tflag, const void *bytes,
				size_t size)
{
	struct ts_go_value v = {
		.type = 0x1000, .data = 0x2000, .type_read = 1, .name_read = 1, .value_read = 1};

	v.type_bytes[20] = (uint8_t)tflag;
	v.type_bytes[23] = (uint8_t)kind;
	v.name_bytes[1] = (uint8_t)(strlen(type) & 0x7f);
	memcpy(v.name_bytes + 2, type, strlen(type));
	memcpy(v.value_bytes, bytes, size);
	return v;
}

static void check(const struct ts_go_value *v, const char *want_type, const char *want_text)
{
	char type_buffer[PANIC_TYPE_BYTES], text_buffer[PANIC_TEXT_BYTES];
	bool cut;
	const char *type = panic_value__type(type_buffer, v);
	const char *text = panic_value__text(text_buffer, v, type, &cut);

	CHECK_STR(type ? type : "(none)", want_type);
	CHECK_STR(text ? text : "(none)", want_text);
}

static struct ts_go_value text_value(const char *type, unsigned kind, const char *text)
{
	uint64_t header[2] = {0x3000, strlen(text)};
	struct ts_go_value v = value(type, kind, 0, header, sizeof(header));

	v.text_bytes = (uint32_t)strlen(text);
	memcpy(v.text, text, strlen(text));
	return v;
}

TEST(basic_kinds)
{
	int64_t minus = -5;
	double number = 2.5;
	struct ts_go_value v = value("int", 2, 0, &minus, 8);

	check(&v, "int", "-5");
	v = value("uint8", 8, 0, &minus, 8);
	check(&v, "uint8", "251");
	v = value("int16", 4, 0, &minus, 8);
	check(&v, "int16", "-5");
	v = value("int8", 3, 0, &minus, 8);
	check(&v, "int8", "-5");
	v = value("int64", 6, 0, &minus, 8);
	check(&v, "int64", "-5");
	minus = INT64_MIN + 0x80000000 - 2;
	v = value("int32", 5, 0, &minus, 8);
	check(&v, "int32", "2147483646");
	v = value("uint32", 10, 0, &minus, 8);
	check(&v, "uint32", "2147483646");
	v = value("uint", 7, 0, &minus, 8);
	check(&v, "uint", "9223372039002259454");
	v = value("uint64", 11, 0, &minus, 8);
	check(&v, "uint64", "9223372039002259454");
	v = value("uintptr", 12, 0, &minus, 8);
	check(&v, "uintptr", "9223372039002259454");
	v = value("uint16", 9, 0, &minus, 8);
	check(&v, "uint16", "65534");
	minus = 0x100;
	v = value("bool", 1, 0, &minus, 8);
	check(&v, "bool", "false");
	minus = -5;
	v = value("bool", 1, 0, &minus, 8);
	check(&v, "bool", "true");
	v = value("float32", 13, 0, &(float){0.5f}, 4);
	check(&v, "float32", "0.5");
	v = value("float64", 14, 0, &number, 8);
	check(&v, "float64", "2.5");
	v = value("main.code", 2, NAMED, &minus, 8);
	check(&v, "main.code", "main.code(-5)");
	v.type_bytes[52] = 1; /* it has a method, which may be Error */
	check(&v, "main.code", "(none)");
	v = value("*main.pair", 25, NAMED | HAS_STAR, &minus, 8);
	check(&v, "main.pair", "(none)");
}

TEST(strings)
{
	struct ts_go_value v = text_value("string", 24, "no such user");

	check(&v, "string", "no such user");
	v = text_value("*errors.errorString", 22, "an error");
	check(&v, "*errors.errorString", "an error");
	v = text_value("runtime.errorString", 24, "integer divide by zero");
	check(&v, "runtime.errorString", "runtime error: integer divide by zero");
	v = text_value("main.word", 24, "x");
	check(&v, "main.word", "main.word(\"x\")");
	v.text_bytes = 0; /* not readable */
	check(&v, "main.word", "(none)");
	v = text_value("string", 24, "");
	check(&v, "string", "");
}

TEST(bounds)
{
	struct {
		int64_t x, y;
		uint8_t is_signed, code;
	} e = {5, 3, 1, 0};
	struct ts_go_value v = value("runtime.boundsError", 25, NAMED, &e, sizeof(e));

	check(&v, "runtime.boundsError", "runtime error: index out of range [5] with length 3");
	e.x = -1;
	v = value("runtime.boundsError", 25, NAMED, &e, sizeof(e));
	check(&v, "runtime.boundsError", "runtime error: index out of range [-1]");
	e.is_signed = 0;
	v = value("runtime.boundsError", 25, NAMED, &e, sizeof(e));
	check(&v, "runtime.boundsError",
	      "runtime error: index out of range [18446744073709551615] with length 3");
	e.code = 200;
	v = value("runtime.boundsError", 25, NAMED, &e, sizeof(e));
	check(&v, "runtime.boundsError", "(none)");
}

/* Whatever the bytes are: no byte outside is read or written (the sanitizer watches), no text is made up. */
TEST(hostile)
{
	char type_buffer[PANIC_TYPE_BYTES], text_buffer[PANIC_TEXT_BYTES];
	struct ts_go_value v;
	unsigned seed = 1;
	bool cut;

	for (int i = 0; i < 200000; i++) {
		uint8_t *bytes = (uint8_t *)&v;

		for (size_t k = 0; k < sizeof(v); k += 1 + (i % 7)) {
			seed = seed * 1103515245 + 12345;
			bytes[k] = (uint8_t)(seed >> 16);
		}
		v.text_bytes = i % 3 ? seed : v.text_bytes;
		panic_value__text(text_buffer, &v, panic_value__type(type_buffer, &v), &cut);
	}
	memset(&v, 0xff, sizeof(v));
	check(&v, "(none)", "(none)");
	v = text_value("string", 24, "");
	v.text_bytes = TS_GO_TEXT_BYTES; /* all NULs: each takes four bytes */
	CHECK(strlen(panic_value__text(text_buffer, &v, "string", &cut)) == 4 * TS_GO_TEXT_BYTES);
	memset(&v, 0, sizeof(v));
	check(&v, "nil", "nil");
}

TEST_MAIN
