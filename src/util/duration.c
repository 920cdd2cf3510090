/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/duration.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define US  UINT64_C(1000)
#define MS  (1000 * US)
#define SEC (1000 * MS)
#define MIN (60 * SEC)
#define HR  (60 * MIN)

/* 10^FRACTION_DIGITS times the largest unit fits into 128 bits, and the power itself into 64. */
#define FRACTION_DIGITS 18

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {{"ns", 1}, {"us", US}, {"ms", MS}, {"s", SEC}, {"m", MIN}, {"h", HR}};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads the digits after the point as numerator / power of ten. */
static int parse_fraction(const char **text, uint64_t *ret_numerator, uint64_t *ret_power)
{
	const char *p = *text, *end;
	uint64_t numerator = 0, power = 1;

	for (end = p; is_digit(*end); end++)
		;
	if (end == p)
		return -EINVAL;
	*text = end;
	while (end > p && end[-1] == '0')
		end--;
	if (end - p > FRACTION_DIGITS)
		return -ERANGE;
	for (; p < end; p++) {
		numerator = numerator * 10 + (uint64_t)(*p - '0');
		power *= 10;
	}
	*ret_numerator = numerator;
	*ret_power = power;
	return 0;
}

int duration_parse(const char *text, uint64_t *ret_ns)
{
	uint64_t whole = 0, numerator = 0, power = 1, unit = 0;
	bool too_large = false;
	unsigned __int128 ns;
	int fraction = 0;

	if (!is_digit(*text))
		return -EINVAL;
	for (; is_digit(*text); text++) {
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*text - '0'), &whole))
			too_large = true;
	}
	if (*text == '.') {
		text++;
		fraction = parse_fraction(&text, &numerator, &power);
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(text, units[i].name))
			unit = units[i].ns;
	if (!unit || fraction == -EINVAL)
		return -EINVAL;
	if (fraction || too_large)
		return -ERANGE;
	ns = (unsigned __int128)numerator * unit;
	if (ns % power)
		return -ERANGE;
	ns = ns / power + (unsigned __int128)whole * unit;
	if (ns > INT64_MAX)
		return -ERANGE;
	*ret_ns = (uint64_t)ns;
	return 0;
}

/* value / unit, to the nearest step-th of it. Written so that it cannot overflow. */
static uint64_t rounded(uint64_t value, uint64_t unit, unsigned step)
{
	uint64_t part = value % unit;

	return value / unit * step + (part * step + unit / 2) / unit;
}

/* One decimal under 10, none above; false if that rounds up to limit. */
static bool format_scaled(char *dst, size_t size, uint64_t value, uint64_t unit, uint64_t limit,
			  const char *name)
{
	uint64_t tenths = rounded(value, unit, 10), whole = rounded(value, unit, 1);

	if (tenths < 100) {
		snprintf(dst, size, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, name);
		return true;
	}
	if (whole >= limit)
		return false;
	snprintf(dst, size, "%" PRIu64 " %s", whole, name);
	return true;
}

char *duration_format(char *dst, size_t size, uint64_t ns)
{
	uint64_t tenths = rounded(ns, SEC, 10), whole = rounded(ns, SEC, 1);

	if (ns < US) {
		snprintf(dst, size, "%" PRIu64 " ns", ns);
		return dst;
	}
	if (ns < MS && format_scaled(dst, size, ns, US, 1000, "us"))
		return dst;
	if (ns < SEC && format_scaled(dst, size, ns < MS ? MS : ns, MS, 1000, "ms"))
		return dst;
	if (tenths < 600)
		snprintf(dst, size, "%" PRIu64 ".%" PRIu64 " s", tenths / 10, tenths % 10);
	else if (whole < 3600)
		snprintf(dst, size, "%" PRIu64 " min %" PRIu64 " s", whole / 60, whole % 60);
	else if (whole + 30 < 48 * 3600)
		snprintf(dst, size, "%" PRIu64 " h %" PRIu64 " min", (whole + 30) / 3600,
			 (whole + 30) / 60 % 60);
	else
		snprintf(dst, size, "%" PRIu64 " d %" PRIu64 " h", (whole + 1800) / 86400,
			 (whole + 1800) / 3600 % 24);
	return dst;
}

char *bytes_format(char *dst, size_t size, uint64_t bytes)
{
	static const char *const names[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	uint64_t unit = 1024;

	if (bytes < 1024) {
		snprintf(dst, size, "%" PRIu64 " B", bytes);
		return dst;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++, unit *= 1024) {
		bool last = i + 1 == sizeof(names) / sizeof(*names);

		if ((last || bytes / 1024 < unit) &&
		    format_scaled(dst, size, bytes < unit ? unit : bytes, unit, 1024, names[i]))
			break;
	}
	return dst;
}

char *time_format_iso(char *dst, size_t size, uint64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / SEC);
	char date[DURATION_TEXT] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(dst, size, "%s.%06uZ", date, (unsigned)(time_ns % SEC / US));
	return dst;
}

char *time_format_clock(char *dst, size_t size, uint64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / SEC);
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		tm = (struct tm){0};
	snprintf(dst, size, "%02d:%02d:%02d.%03u", tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (unsigned)(time_ns % SEC / MS));
	return dst;
}

char *rate_format(char *dst, size_t size, double per_s)
{
	if (per_s >= 1e9)
		snprintf(dst, size, "%.1e/s", per_s);
	else if (per_s >= 9.95)
		snprintf(dst, size, "%.0f/s", per_s);
	else if (per_s >= 0.95)
		snprintf(dst, size, "%.1f/s", per_s);
	else if (per_s * 60 >= 0.95)
		snprintf(dst, size, "%.1f/min", per_s * 60);
	else
		snprintf(dst, size, "%.1f/h", per_s * 3600);
	return dst;
}

char *count_format(char *dst, size_t size, uint64_t count)
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count), used = 0;

	for (size_t i = 0; i < n && used + 3 < size; i++) {
		if (i && (n - i) % 3 == 0)
			dst[used++] = ',';
		dst[used++] = digits[i];
	}
	if (size)
		dst[used] = '\0';
	return dst;
}

char *time_format_day(char *dst, size_t size, uint64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / 1000000000ull);
	struct tm tm = {0};

	localtime_r(&seconds, &tm);
	if (!strftime(dst, size, "%Y-%m-%d", &tm))
		*dst = '\0';
	return dst;
}
