/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of a report as text. Each writes at most DURATION_TEXT bytes to dst and returns it; "" means none.
 */
#ifndef TS_VIEWS_TEXT_TEXT_UNITS_H
#define TS_VIEWS_TEXT_TEXT_UNITS_H

#include "report/report.h"
#include "util/duration.h"

/* "900/s"; below one per second "1 in 5.0 s"; "-", unknown, if the interval is 0. */
char *text_rate(char dst[DURATION_TEXT], uint64_t count, uint64_t interval_ns);
/* "117 KiB/s" */
char *text_byte_rate(char dst[DURATION_TEXT], uint64_t bytes, uint64_t interval_ns);
#define TEXT_STORAGE (4 * DURATION_TEXT)
/* "300 MiB/s read, 12 KiB/s made dirty, 93 % in state D": of storage, behind the separator; "" for none of
 * these. What is not known is left out. */
char *text_storage(char dst[TEXT_STORAGE], const char *separator, const struct process_row *p,
		   uint64_t interval_ns);
/* Of threads: "+39.0/min", "-1.2/h" */
char *text_growth(char dst[DURATION_TEXT], double per_s);
/* ns, a value of l; "" if l counted nothing: a percentile of nothing is not 0. */
char *text_latency(char dst[DURATION_TEXT], const struct latency_row *l, uint64_t ns);
/* "0.9 %", "123 %"; "-", unknown, if whole is 0. */
char *text_percent(char dst[DURATION_TEXT], uint64_t part, uint64_t whole);
/* "+3 -1" */
char *text_change(char dst[DURATION_TEXT], uint64_t created, uint64_t exited);
#define TEXT_MINUTE (2 * DURATION_TEXT)
/* The same of the last minute: "+25 -3/min", "+0/min"; over a shorter or longer time as it is: "+5 in 3.0 s".
 * "" where span_ns is 0, unknown. */
char *text_minute(char dst[TEXT_MINUTE], uint64_t created, uint64_t ended, uint64_t span_ns);
/* "7"; "" for 0 */
char *text_count(char dst[DURATION_TEXT], uint64_t count);

#endif
