/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations, sizes and times as text, and durations from text. Pure. */
#ifndef TS_UTIL_DURATION_H
#define TS_UTIL_DURATION_H

#include <stddef.h>
#include <stdint.h>

/* The buffer size for every format below. */
#define DURATION_TEXT 48

/*
 * Reads "100ns", "500us", "10ms", "1.5s", "2m", "1h": digits, at most one
 * point between digits, a unit; nothing before, between or after.
 * -EINVAL: not such a text. -ERANGE: more than INT64_MAX nanoseconds (292
 * years), or finer than a nanosecond.
 */
int duration_parse(const char *text, uint64_t *ret_ns);

/* "340 ns", "8.1 us", "812 us", "2.3 s", "97.4 s", "4 min 12 s", "3 h 5 min", "12 d 4 h". Returns dst. */
char *duration_format(char *dst, size_t size, uint64_t ns);

/* "812 B", "1.2 MiB", "640 MiB". Returns dst. */
char *bytes_format(char *dst, size_t size, uint64_t bytes);

/* A rate in a suitable unit: "900/s", "0.5/min". Returns dst. */
char *rate_format(char *dst, size_t size, double per_s);

/* "100,213". Returns dst. */
char *count_format(char *dst, size_t size, uint64_t count);

/* CLOCK_REALTIME as "2026-11-22T03:10:18.123456Z". Returns dst. */
char *time_format_iso(char *dst, size_t size, uint64_t time_ns);

/* The same as local time, "03:10:18.123". Returns dst. */
char *time_format_clock(char *dst, size_t size, uint64_t time_ns);

/* And its date, "2026-11-22". Returns dst. */
char *time_format_day(char *dst, size_t size, uint64_t time_ns);

#endif
