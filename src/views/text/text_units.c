/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/text/text_units.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/append.h"
#include "util/clock.h"

/* The unit depends on the rate: slow growth fills a machine overnight. */
static char *speed(char dst[DURATION_TEXT], double per_s, const char *sign)
{
	char rate[DURATION_TEXT];

	snprintf(dst, DURATION_TEXT, "%s%.40s", sign, rate_format(rate, sizeof(rate), per_s));
	return dst;
}

/* Fewer calls are counted: one is no rate, and all rates of an interval are per second. */
#define LEAST_RATE 0.95

char *text_rate(char dst[DURATION_TEXT], uint64_t count, uint64_t interval_ns)
{
	double per_s = interval_ns ? (double)count * 1e9 / (double)interval_ns : 0;
	char interval[DURATION_TEXT];

	if (!interval_ns)
		snprintf(dst, DURATION_TEXT, "-");
	else if (!count)
		*dst = '\0';
	else if (per_s < LEAST_RATE)
		snprintf(dst, DURATION_TEXT, "%" PRIu64 " in %.20s", count,
			 duration_format(interval, sizeof(interval), interval_ns));
	else
		speed(dst, per_s, "");
	return dst;
}

char *text_byte_rate(char dst[DURATION_TEXT], uint64_t bytes, uint64_t interval_ns)
{
	char text[DURATION_TEXT];
	double per_s;

	if (!bytes || !interval_ns)
		return text_rate(dst, bytes, interval_ns);
	per_s = (double)bytes * 1e9 / (double)interval_ns;
	bytes_format(text, sizeof(text), per_s < 1e18 ? (uint64_t)(per_s + 0.5) : (uint64_t)1e18);
	snprintf(dst, DURATION_TEXT, "%.30s/s", text);
	return dst;
}

char *text_storage(char dst[TEXT_STORAGE], const char *separator, const struct process_row *p,
		   uint64_t interval_ns)
{
	char value[DURATION_TEXT];
	size_t used = 0;

	const struct {
		bool shown;
		uint64_t bytes;
		const char *words;
	} moved[] = {{p->storage_known && p->read_bytes, p->read_bytes, "read from storage"},
		     {p->storage_known && p->dirtied_bytes, p->dirtied_bytes, "made dirty"}};

	*dst = '\0';
	for (size_t i = 0; i < 2; i++)
		if (interval_ns && moved[i].shown)
			append(dst, TEXT_STORAGE, &used, "%s%s %s", *dst ? ", " : separator,
			       text_byte_rate(value, moved[i].bytes, interval_ns), moved[i].words);
	if (interval_ns && p->d_known && p->d_ns)
		append(dst, TEXT_STORAGE, &used, "%s%s in state D", *dst ? ", " : separator,
		       text_percent(value, p->d_ns, interval_ns));
	return dst;
}

char *text_growth(char dst[DURATION_TEXT], double per_s)
{
	double size = per_s < 0 ? -per_s : per_s;

	*dst = '\0';
	if (size * 3600 < 0.05)
		return dst;
	return speed(dst, size, per_s < 0 ? "-" : "+");
}

char *text_latency(char dst[DURATION_TEXT], const struct latency_row *l, uint64_t ns)
{
	*dst = '\0';
	return l->count ? duration_format(dst, DURATION_TEXT, ns) : dst;
}

char *text_percent(char dst[DURATION_TEXT], uint64_t part, uint64_t whole)
{
	double value = whole ? 100.0 * (double)part / (double)whole : 0;

	if (whole)
		snprintf(dst, DURATION_TEXT, value < 9.95 ? "%.1f %%" : "%.0f %%", value);
	else
		snprintf(dst, DURATION_TEXT, "-");
	return dst;
}

char *text_change(char dst[DURATION_TEXT], uint64_t created, uint64_t exited)
{
	*dst = '\0';
	if (created && exited)
		snprintf(dst, DURATION_TEXT, "+%" PRIu64 " -%" PRIu64, created, exited);
	else if (created)
		snprintf(dst, DURATION_TEXT, "+%" PRIu64, created);
	else if (exited)
		snprintf(dst, DURATION_TEXT, "-%" PRIu64, exited);
	return dst;
}

#define MINUTE_NS (60 * NS_PER_S)

/* About a minute is one: what was counted in it is at most a few seconds' share off. */
static bool is_minute(uint64_t span_ns)
{
	return span_ns >= MINUTE_NS && span_ns < MINUTE_NS + MINUTE_NS / 4;
}

static uint64_t per_minute(uint64_t count, uint64_t span_ns)
{
	return is_minute(span_ns) ? (uint64_t)((double)count * (double)MINUTE_NS / (double)span_ns + 0.5)
				  : count;
}

char *text_minute(char dst[TEXT_MINUTE], uint64_t created, uint64_t ended, uint64_t span_ns)
{
	char change[DURATION_TEXT], span[DURATION_TEXT];

	*dst = '\0';
	if (!span_ns)
		return dst;
	if (!*text_change(change, per_minute(created, span_ns), per_minute(ended, span_ns)))
		snprintf(change, sizeof(change), "+0");
	if (is_minute(span_ns))
		snprintf(dst, TEXT_MINUTE, "%s/min", change);
	else
		snprintf(dst, TEXT_MINUTE, "%s in %.40s", change,
			 duration_format(span, sizeof(span), span_ns));
	return dst;
}

char *text_count(char dst[DURATION_TEXT], uint64_t count)
{
	*dst = '\0';
	if (count)
		snprintf(dst, DURATION_TEXT, "%" PRIu64, count);
	return dst;
}
