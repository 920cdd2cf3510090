/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before a table of columns (report/column.h): each becomes a cell of the table t. In sight are r, the row;
 * report, the interval's; and the words that the columns' file names.
 */
#define C(heading, align, needs, cell, ...) CELL_##cell(__VA_ARGS__);

#ifndef CELL_TEXT
#define CELL_OF(size, text)                 \
	do {                                \
		char a[size];               \
		table__cell(t, "%s", text); \
	} while (0)
#define CELL_UNITS(text)           CELL_OF(DURATION_TEXT, text)
#define CELL_TEXT(text)            table__cell(t, "%s", text)
#define CELL_TWO_TEXTS(text, more) table__cell(t, "%s%s", text, more)
#define CELL_ID(value)             table__cell(t, "%d", (int)(value))
#define CELL_OWN_PID(value)        text_pid_cell(t, report, value)
#define CELL_NUMBER(value)         table__cell(t, "%" PRIu64, (uint64_t)(value))
#define CELL_COUNT(value)          CELL_UNITS(text_count(a, value))
/* What is counted or measured over the interval is unknown if it has no length. */
#define CELL_COUNTED(text)          CELL_UNITS(report->interval_ns ? (text) : "-")
#define CELL_CHANGE(more, less)     CELL_COUNTED(text_change(a, more, less))
#define CELL_SPENT(ns)              CELL_COUNTED(duration_format(a, sizeof(a), ns))
#define CELL_CALLS(latency, member) CELL_COUNTED(text_latency(a, &(latency), (latency).member))
#define CELL_SHARE(ns)              CELL_UNITS(text_percent(a, ns, report->interval_ns))
#define CELL_RATE(count)            CELL_UNITS(text_rate(a, count, report->interval_ns))
#define CELL_BYTE_RATE(bytes)       CELL_UNITS(text_byte_rate(a, bytes, report->interval_ns))
/* Nothing for none; not known is a dash. */
#define CELL_BYTE_RATE_IF(known, bytes) \
	CELL_UNITS((known) ? text_byte_rate(a, bytes, report->interval_ns) : "-")
#define CELL_SHARE_KNOWN(known, ns)                                                            \
	CELL_UNITS(!(known) || !report->interval_ns ? "-"                                      \
		   : (ns)                           ? text_percent(a, ns, report->interval_ns) \
						    : "")
#define CELL_BYTES(bytes) CELL_UNITS((bytes) ? bytes_format(a, sizeof(a), bytes) : "")
#define CELL_DURATION(ns) CELL_UNITS(duration_format(a, sizeof(a), ns))
/* Of a wait: it may have begun after the sample was taken. */
#define CELL_SINCE(ns) CELL_UNITS((ns) ? duration_format(a, sizeof(a), ns) : "just now")
/* Nothing for what does not last. */
#define CELL_LASTING(is, ns)       CELL_UNITS((is) ? duration_format(a, sizeof(a), ns) : "")
#define CELL_SHARE_OF(part, whole) CELL_UNITS(text_percent(a, part, whole))
/* Of a wait: "at least 2.3 s". */
#define CELL_AGE(is, wait) CELL_OF(DESCRIBE_AGE, (is) ? describe_age(a, sizeof(a), wait) : "")
/* Nothing for no time at all. */
#define CELL_SHARE_IF(ns)             CELL_UNITS((ns) ? text_percent(a, ns, report->interval_ns) : "")
#define CELL_LATENCY(latency, member) CELL_UNITS(text_latency(a, &(latency), (latency).member))
#define CELL_GROWTH(per_s)            CELL_UNITS(text_growth(a, per_s))
/* Once read, growth is not known. */
#define CELL_GROWTH_OVER(span_ns, per_s) CELL_UNITS((span_ns) ? text_growth(a, per_s) : "?")
#define CELL_THREAD(name, tid)           CELL_OF(DESCRIBE_NAME, describe_thread(a, sizeof(a), name, tid))
#define CELL_WORDS(describe, what)       CELL_OF(DESCRIBE_WAIT, describe(a, sizeof(a), what))
#define CELL_IN_FLIGHT(count, ns)                                                               \
	do {                                                                                    \
		char a[DURATION_TEXT];                                                          \
		if (count)                                                                      \
			table__cell(t, "%zu for %s", count, duration_format(a, sizeof(a), ns)); \
		else                                                                            \
			table__cell(t, "%s", "");                                               \
	} while (0)
#endif
