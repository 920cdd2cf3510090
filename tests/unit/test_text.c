/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Characters, texts of bounded length, numbers for people, and buckets at their bounds. */
#include "test.h"
#include "util/append.h"
#include "util/duration.h"
#include "util/escape.h"
#include "util/histogram.h"

/* Each code of Unicode, beside the encoding as RFC 3629 has it; and nothing else is one. */
TEST(utf8_of_each_code)
{
	for (unsigned code = 1; code < 0x110800; code += code < 0x3000 ? 1 : 0x7d) {
		unsigned got = 0;
		char text[5] = {0}, put[5] = {0};

		if (code < 0x80) {
			text[0] = (char)code;
		} else if (code < 0x800) {
			text[0] = (char)(0xc0 + code / 64);
			text[1] = (char)(0x80 + code % 64);
		} else if (code < 0x10000) {
			text[0] = (char)(0xe0 + code / 4096);
			text[1] = (char)(0x80 + code / 64 % 64);
			text[2] = (char)(0x80 + code % 64);
		} else {
			text[0] = (char)(0xf0 + code / 262144);
			text[1] = (char)(0x80 + code / 4096 % 64);
			text[2] = (char)(0x80 + code / 64 % 64);
			text[3] = (char)(0x80 + code % 64);
		}
		CHECK_EQ(utf8_put(put, code), strlen(text));
		CHECK_STR(put, text);
		if ((code >= 0xd800 && code < 0xe000) || code > 0x10ffff) {
			CHECK_EQ(utf8_length(text, &got), 0);
			continue;
		}
		CHECK_EQ(utf8_length(text, &got), strlen(text));
		CHECK_EQ(got, code);
		text[strlen(text) - 1] = '\0'; /* its last byte is missing */
		CHECK(!*text || utf8_length(text, NULL) == 0);
	}
	CHECK_EQ(utf8_length("\xc0\x80", NULL), 0); /* longer than need be */
	CHECK_EQ(utf8_length("\xc1\xbf", NULL), 0);
	CHECK_EQ(utf8_length("\xe0\x9f\xbf", NULL), 0);
	CHECK_EQ(utf8_length("\xf0\x8f\xbf\xbf", NULL), 0);
	CHECK_EQ(utf8_length("\xf5\x80\x80\x80", NULL), 0);
	CHECK_EQ(utf8_length("\x80", NULL), 0);
	CHECK_EQ(utf8_length("\xbf", NULL), 0);
	CHECK_EQ(utf8_length("\xc3(", NULL), 0);
}

TEST(columns_at_the_bounds)
{
	static const struct {
		unsigned code, columns;
	} rows[] = {{'a', 1},    {0x2ff, 1},  {0x300, 0},   {0x36f, 0},   {0x370, 1},  {0x10ff, 1},
		    {0x1100, 2}, {0x115f, 2}, {0x1160, 1},  {0x1aaf, 1},  {0x1ab0, 0}, {0x2e7f, 1},
		    {0x2e80, 2}, {0x303e, 2}, {0x303f, 1},  {0xd7a3, 2},  {0xd7a4, 1}, {0xfe0f, 0},
		    {0xffe6, 2}, {0xffe7, 1}, {0x20000, 2}, {0x3fffd, 2}, {0x3fffe, 1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(utf8_columns(rows[i].code), rows[i].columns);
}

TEST(appending)
{
	char text[12] = "left over";
	size_t used = 0;

	append(text, sizeof(text), &used, "%d", 12345);
	append(text, sizeof(text), &used, "%s", "67890");
	CHECK_STR(text, "1234567890");
	CHECK_EQ(used, 10);
	append(text, sizeof(text), &used, "%s", "1");
	CHECK_STR(text, "12345678901");
	append(text, sizeof(text), &used, "%s", "2"); /* nothing is left, not even for the dots */
	CHECK_STR(text, "12345678901");
	CHECK_EQ(used, 11);
	used = 10;
	append(text, sizeof(text), &used, "%s", "123");
	CHECK_STR(text, "12345678...");
	CHECK_EQ(used, 11);
	append(text, sizeof(text), &used, "%s", "");
	append(text, sizeof(text), &used, "%s", "more");
	CHECK_STR(text, "12345678...");
	used = 0;
	append(text, sizeof(text), &used, "%s", "1234567\xc3\xa4\xc3\xa4 and more"); /* not inside of one */
	CHECK_STR(text, "1234567...");
	used = 0;
	append(text, 3, &used, "%s", "abc");
	CHECK_STR(text, "..");
	used = 0;
	append(text, 1, &used, "%s", "abc");
	CHECK_STR(text, "");
}

/* What a terminal must not get, at the bounds of each range: by its code. */
TEST(unsafe_characters)
{
	static const struct {
		const char *text;
		bool safe;
	} rows[] = {{"\xc2\x80", false},         {"\xc2\x9f", false},        {"\xc2\xa0", true},
		    {"\xc2\xac", true},          {"\xc2\xad", false},        {"\xc2\xae", true},
		    {"\xd8\x9b", true},          {"\xd8\x9c", false},        {"\xd8\x9d", true},
		    {"\xe2\x80\x8a", true},      {"\xe2\x80\x8b", false},    {"\xe2\x80\x8f", false},
		    {"\xe2\x80\x90", true},      {"\xe2\x80\xa7", true},     {"\xe2\x80\xa8", false},
		    {"\xe2\x80\xae", false},     {"\xe2\x80\xaf", true},     {"\xe2\x81\x9f", true},
		    {"\xe2\x81\xa0", false},     {"\xe2\x81\xaf", false},    {"\xe2\x81\xb0", true},
		    {"\xef\xbb\xbe", true},      {"\xef\xbb\xbf", false},    {"\xef\xbc\x80", true},
		    {"\xef\xbf\xb8", true},      {"\xef\xbf\xb9", false},    {"\xef\xbf\xbb", false},
		    {"\xef\xbf\xbc", true},      {"\xf0\x9d\x85\xb2", true}, {"\xf0\x9d\x85\xb3", false},
		    {"\xf3\xa0\x80\x80", false}, {"\xf3\xa0\xbf\xbf", false}};
	char text[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(!strcmp(escape_terminal(text, sizeof(text), rows[i].text), rows[i].text),
			 rows[i].safe);
	CHECK_STR(escape_terminal(text, sizeof(text), "\\u{1} \\u1 \\xg0 \\x0g \\x1f"),
		  "\\x5cu{1} \\u1 \\xg0 \\x0g \\x5cx1f"); /* that reads as ours */
}

TEST(rates_for_people)
{
	static const struct {
		double per_s;
		const char *text;
	} rows[] = {{2e9, "2.0e+09/s"}, {1e9, "1.0e+09/s"},    {9.9e8, "990000000/s"},
		    {9.95, "10/s"},     {9.94, "9.9/s"},       {0.95, "0.9/s"},
		    {0.94, "56.4/min"}, {1.0 / 60, "1.0/min"}, {0.95 / 60 + 1e-9, "1.0/min"},
		    {0.01, "36.0/h"},   {1.0 / 3600, "1.0/h"}, {0, "0.0/h"}};
	char text[DURATION_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(rate_format(text, sizeof(text), rows[i].per_s), rows[i].text);
}

TEST(counts_for_people)
{
	static const struct {
		uint64_t count;
		const char *text;
	} rows[] = {{0, "0"},
		    {999, "999"},
		    {1000, "1,000"},
		    {12345, "12,345"},
		    {123456, "123,456"},
		    {1234567, "1,234,567"},
		    {UINT64_MAX, "18,446,744,073,709,551,615"}};
	char text[DURATION_TEXT], small[6];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(count_format(text, sizeof(text), rows[i].count), rows[i].text);
	CHECK(strlen(count_format(small, sizeof(small), UINT64_MAX)) < sizeof(small));
}

TEST(buckets_at_their_bounds)
{
	uint32_t buckets[TS_HIST_BUCKETS] = {0};
	const uint32_t last = TS_HIST_BUCKETS - 1;

	CHECK_EQ(histogram__lower_ns(0), 0);
	CHECK_EQ(histogram__lower_ns(last + 1), histogram__lower_ns(last)); /* there is no more */
	CHECK_EQ(histogram__lower_ns(UINT32_MAX), histogram__lower_ns(last));
	CHECK(histogram__upper_ns(last) == UINT64_MAX);
	CHECK(histogram__upper_ns(last - 1) == histogram__lower_ns(last));
	CHECK_EQ(histogram__percentile(buckets, 500, 7), 0);
	buckets[last] = 1;
	CHECK(histogram__percentile(buckets, 500, UINT64_MAX) == UINT64_MAX);
	CHECK(histogram__percentile(buckets, 2000, UINT64_MAX) == UINT64_MAX);
	buckets[0] = 1;
	CHECK(histogram__percentile(buckets, 0, UINT64_MAX) == histogram__upper_ns(0) / 2);
	CHECK(histogram__percentile(buckets, 500, UINT64_MAX) == histogram__upper_ns(0) / 2);
	CHECK(histogram__percentile(buckets, 501, UINT64_MAX) == UINT64_MAX);
}

TEST_MAIN
