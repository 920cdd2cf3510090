/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "test.h"
#include "util/duration.h"
#include "util/escape.h"
#include "util/histogram.h"

static int parse(const char *text, uint64_t *ret)
{
	*ret = 42;
	return duration_parse(text, ret);
}

TEST(duration_reads_every_unit)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{"100ns", 100},
		{"500us", 500000},
		{"10ms", 10000000},
		{"1.5s", 1500000000},
		{"2m", 120000000000},
		{"1h", 3600000000000},
		{"0s", 0},
		{"0.000000001s", 1},
		{"1.50000000000000000000000000s", 1500000000},
		{"007ms", 7000000},
		{"0.5h", 1800000000000},
		{"9223372036854775807ns", INT64_MAX},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		uint64_t ns;

		CHECK_EQ(parse(good[i].text, &ns), 0);
		CHECK_EQ(ns, good[i].ns);
	}
}

TEST(duration_refuses_what_is_not_one)
{
	static const char *const bad[] = {"",       " ",     "0",    "1",       "s",    "-1s",       "+1s",
					  " 1s",    "1s ",   "1 s",  "1parsec", "1.s",  ".5s",       "1..5s",
					  "1.5.5s", "0x10s", "1e3s", "1S",      "1sec", "1,5s",      "1.",
					  "1.5",    "inf",   "nans", "1s\n",    "1ss",  "1\xc2\xb5s"};
	static const char *const range[] = {
		"9223372036854775808ns", "99999999999999999999999999h",    "2562048h", "0.1ns",
		"1.0000000001s",         "0.0000000000000000000000000001h"};
	uint64_t ns;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK_EQ(parse(bad[i], &ns), -EINVAL);
		CHECK_EQ(ns, 42);
	}
	for (size_t i = 0; i < sizeof(range) / sizeof(*range); i++) {
		CHECK_EQ(parse(range[i], &ns), -ERANGE);
		CHECK_EQ(ns, 42);
	}
}

TEST(duration_for_people)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "0 ns"},
		{340, "340 ns"},
		{999, "999 ns"},
		{1000, "1.0 us"},
		{8149, "8.1 us"},
		{9949, "9.9 us"},
		{9950, "10 us"},
		{812000, "812 us"},
		{999499, "999 us"},
		{999500, "1.0 ms"},
		{12345678, "12 ms"},
		{999499999, "999 ms"},
		{999999999, "1.0 s"},
		{2300000000, "2.3 s"},
		{59949999999, "59.9 s"},
		{59950000000, "1 min 0 s"},
		{97400000000, "1 min 37 s"},
		{252000000000, "4 min 12 s"},
		{3599400000000, "59 min 59 s"},
		{3599500000000, "1 h 0 min"},
		{6457000000000, "1 h 48 min"},
		{11100000000000, "3 h 5 min"},
		{172769000000000, "47 h 59 min"},
		{172800000000000, "2 d 0 h"},
		{UINT64_MAX, "213504 d 0 h"},
	};
	char text[DURATION_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK_STR(duration_format(text, sizeof(text), cases[i].ns), cases[i].text);
}

TEST(bytes_for_people)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0 B"},
		{1023, "1023 B"},
		{1024, "1.0 KiB"},
		{10188, "9.9 KiB"},
		{10200, "10 KiB"},
		{1258291, "1.2 MiB"},
		{1048575, "1.0 MiB"},
		{640 << 20, "640 MiB"},
		{UINT64_MAX, "16 EiB"},
		{1047552, "1023 KiB"},
		{1048064, "1.0 MiB"},
		{1ull << 30, "1.0 GiB"},
		{1ull << 40, "1.0 TiB"},
		{1ull << 50, "1.0 PiB"},
		{1ull << 60, "1.0 EiB"},
	};
	char text[DURATION_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK_STR(bytes_format(text, sizeof(text), cases[i].bytes), cases[i].text);
}

TEST(time_as_text)
{
	char text[DURATION_TEXT];

	CHECK_STR(time_format_iso(text, sizeof(text), 1795317018123456789), "2026-11-22T03:10:18.123456Z");
	CHECK_STR(time_format_iso(text, sizeof(text), 0), "1970-01-01T00:00:00.000000Z");
	CHECK_STR(time_format_iso(text, sizeof(text), UINT64_MAX), "2554-07-21T23:34:33.709551Z");
	setenv("TZ", "UTC", 1);
	CHECK_STR(time_format_clock(text, sizeof(text), 1795317018123456789), "03:10:18.123");
}

TEST(terminal_sees_no_control_character)
{
	char text[128];

	CHECK_STR(escape_terminal(text, sizeof(text), "log-writer"), "log-writer");
	CHECK_STR(escape_terminal(text, sizeof(text), "a\nb\tc\rd"), "a\\x0ab\\x09c\\x0dd");
	CHECK_STR(escape_terminal(text, sizeof(text), "\033[2J\x7f"), "\\x1b[2J\\x7f");
	CHECK_STR(escape_terminal(text, sizeof(text),
				  "\xc2\x9b"
				  "31m"),
		  "\\u{9b}31m");
	CHECK_STR(escape_terminal(text, sizeof(text), "\x9b"), "\\x9b");
	CHECK_STR(escape_terminal(text, sizeof(text), "\xe2\x80\xaetxt.exe"), "\\u{202e}txt.exe");
	CHECK_STR(escape_terminal(text, sizeof(text), "\xe2\x81\xa6\xe2\x80\x8b"), "\\u{2066}\\u{200b}");
	CHECK_STR(escape_terminal(text, sizeof(text), "gr\xc3\xbc\xc3\x9f \xe6\x97\xa5"),
		  "gr\xc3\xbc\xc3\x9f \xe6\x97\xa5");
	CHECK_STR(escape_terminal(text, sizeof(text), "C:\\x"), "C:\\x");
	CHECK_STR(escape_terminal(text, sizeof(text), "\\x1b"), "\\x5cx1b");
}

TEST(json_text_is_valid_utf8)
{
	char text[128];

	CHECK_STR(escape_utf8(text, sizeof(text), "a\nb\033"), "a\nb\033");
	CHECK_STR(escape_utf8(text, sizeof(text), "caf\xe9"), "caf\\xe9");
	CHECK_STR(escape_utf8(text, sizeof(text), "\xc0\x80|\xed\xa0\x80|\xf4\x90\x80\x80|\xe2\x82"),
		  "\\xc0\\x80|\\xed\\xa0\\x80|\\xf4\\x90\\x80\\x80|\\xe2\\x82");
	CHECK_STR(escape_utf8(text, sizeof(text), "\xf0\x9f\x90\xa2\xef\xbf\xbf"),
		  "\xf0\x9f\x90\xa2\xef\xbf\xbf");
}

/* All strings of up to LENGTH characters of an alphabet of everything that escaping is about. */
#define LENGTH 5
static const char alphabet[] = {'\\', 'x', 'f', 'u', '{', '\xff', '\x01'};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void check_distinct(char *(*escape)(char *, size_t, const char *))
{
	enum { BASE = sizeof(alphabet) + 1, ROW = LENGTH * ESCAPE_MAX + 1 };
	size_t total = 1, count = 0;
	char(*rows)[ROW];

	for (int i = 0; i < LENGTH; i++)
		total *= BASE;
	rows = malloc(total * sizeof(*rows));
	for (size_t n = 0; rows && n < total; n++) {
		char source[LENGTH + 1] = "";
		size_t rest = n, used = 0;
		bool canonical = true; /* digit 0 means "no character", only at the end */

		for (int i = 0; i < LENGTH; i++, rest /= BASE) {
			if (!(rest % BASE)) {
				canonical = canonical && !rest;
				break;
			}
			source[used++] = alphabet[rest % BASE - 1];
		}
		if (canonical)
			escape(rows[count++], ROW, source);
	}
	CHECK(count > 1000);
	qsort(rows, count, sizeof(*rows), compare);
	for (size_t i = 1; i < count; i++)
		CHECK(strcmp(rows[i - 1], rows[i]));
	free(rows);
}

TEST(different_names_stay_different)
{
	check_distinct(escape_terminal);
	check_distinct(escape_utf8);
}

TEST(escaping_cuts_between_characters)
{
	char text[16];

	CHECK_STR(escape_terminal(text, 8, "1234567"), "1234567");
	CHECK_STR(escape_terminal(text, 8, "12345678"), "1234...");
	CHECK_STR(escape_terminal(text, 8,
				  "123\xc3\xbc"
				  "5678"),
		  "123...");
	CHECK_STR(escape_terminal(text, 8,
				  "12\033"
				  "45"),
		  "12...");
	CHECK_STR(escape_terminal(text, 4, "12345"), "...");
	CHECK_STR(escape_terminal(text, 3, "12345"), "12");
	CHECK_STR(escape_terminal(text, 1, "12345"), "");
	for (size_t size = 1; size <= sizeof(text); size++) {
		escape_terminal(text, size, "\xe6\x97\xa5\033\xff\xe6\x97\xa5 ab");
		CHECK(strlen(text) < size);
		for (const char *p = text; *p; p += utf8_length(p, NULL))
			if (!utf8_length(p, NULL)) {
				CHECK(!"valid UTF-8");
				break;
			}
	}
}

TEST(width_counts_columns)
{
	CHECK_EQ(utf8_width("abc"), 3);
	CHECK_EQ(utf8_width("\xe6\x97\xa5\xc3\xbc"), 3);
	CHECK_EQ(utf8_width("e\xcc\x81"), 1);
	CHECK_EQ(utf8_width("\xff"), 1);
}

TEST(every_bucket_holds_its_bounds)
{
	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++) {
		CHECK_EQ(hist_bucket(histogram__lower_ns(i)), i);
		CHECK_EQ(hist_bucket(histogram__upper_ns(i) - 1), i);
	}
	CHECK_EQ(histogram__lower_ns(0), 0);
	CHECK_EQ(histogram__lower_ns(7), 112);
	CHECK_EQ(histogram__lower_ns(8), 128);
	CHECK_EQ(histogram__lower_ns(9), 144);
	CHECK_EQ(hist_bucket(0), 0);
	CHECK_EQ(hist_bucket(UINT64_MAX), TS_HIST_BUCKETS - 1);
	CHECK_EQ(hist_bucket(1ULL << 40), TS_HIST_BUCKETS - 1);
	CHECK_EQ(hist_bucket((1ULL << 40) - 1), TS_HIST_BUCKETS - 1);
}

TEST(msb_is_right_for_every_power)
{
	for (uint32_t i = 0; i < 63; i++) {
		CHECK_EQ(hist_msb(1ULL << i), i);
		CHECK_EQ(hist_msb((1ULL << i) | ((1ULL << i) - 1)), i);
	}
}

TEST(buckets_are_at_most_an_eighth_wide)
{
	for (uint32_t i = 8; i + 1 < TS_HIST_BUCKETS; i++)
		CHECK(histogram__upper_ns(i) - histogram__lower_ns(i) <= histogram__lower_ns(i) / 8);
}

TEST(percentiles)
{
	static uint32_t buckets[TS_HIST_BUCKETS];

	CHECK_EQ(histogram__percentile(buckets, 500, 77), 0);
	for (int i = 0; i < 99; i++)
		histogram__add(buckets, 1000);
	histogram__add(buckets, 1000000);
	CHECK_EQ(histogram__total(buckets), 100);
	CHECK_EQ(histogram__percentile(buckets, 500, 1000000), 992); /* middle of 960 .. 1024 */
	CHECK_EQ(histogram__percentile(buckets, 990, 1000000), 992);
	CHECK_EQ(histogram__percentile(buckets, 991, 1000000),
		 1000000); /* 1015808, but the largest was less */
	CHECK_EQ(histogram__percentile(buckets, 5000, 1000000), 1000000);
	CHECK_EQ(histogram__percentile(buckets, 0, 970), 970);
	buckets[TS_HIST_BUCKETS - 1] = UINT32_MAX;
	CHECK_EQ(histogram__percentile(buckets, 990, 3000000000000), 3000000000000);
}

TEST(merging_and_differences)
{
	static uint32_t a[TS_HIST_BUCKETS], b[TS_HIST_BUCKETS], d[TS_HIST_BUCKETS];

	a[3] = 5;
	b[3] = 7;
	a[4] = UINT32_MAX - 1;
	b[4] = 3;
	histogram__difference(d, b, a);
	CHECK_EQ(d[3], 2);
	CHECK_EQ(d[4], 5); /* wrapped in between */
	histogram__merge(a, b);
	CHECK_EQ(a[3], 12);
	CHECK_EQ(a[4], UINT32_MAX);
	a[5] = UINT32_MAX;
	histogram__add(a, histogram__lower_ns(5));
	CHECK_EQ(a[5], UINT32_MAX);
}

TEST_MAIN
