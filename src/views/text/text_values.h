/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before a table of columns (report/column.h), as text_cells.h: each becomes a number to sort by, *v++. NAN:
 * its text counts.
 */
#define C(heading, align, needs, cell, ...) *v++ = VALUE_##cell(__VA_ARGS__);

#ifndef VALUE_TEXT
#define VALUE_TEXT(...)                  NAN
#define VALUE_TWO_TEXTS(...)             NAN
#define VALUE_THREAD(...)                NAN
#define VALUE_WORDS(...)                 NAN
#define VALUE_ID(value)                  ((double)(value))
#define VALUE_OWN_PID(value)             ((double)(value))
#define VALUE_NUMBER(value)              ((double)(value))
#define VALUE_COUNT(value)               ((double)(value))
#define VALUE_CHANGE(more, less)         ((double)(more) - (double)(less))
#define VALUE_SPENT(ns)                  ((double)(ns))
#define VALUE_CALLS(latency, member)     ((double)(latency).member)
#define VALUE_SHARE(ns)                  ((double)(ns))
#define VALUE_RATE(count)                ((double)(count))
#define VALUE_BYTE_RATE(bytes)           ((double)(bytes))
#define VALUE_BYTE_RATE_IF(known, bytes) ((known) ? (double)(bytes) : -1)
#define VALUE_SHARE_KNOWN(known, ns)     ((known) ? (double)(ns) : -1)
#define VALUE_BYTES(bytes)               ((double)(bytes))
#define VALUE_DURATION(ns)               ((double)(ns))
#define VALUE_AGE(is, wait)              ((is) ? (double)(wait)->duration_ns : -1)
#define VALUE_SINCE(ns)                  ((double)(ns))
#define VALUE_LASTING(is, ns)            ((is) ? (double)(ns) : -1)
#define VALUE_SHARE_OF(part, whole)      ((double)(part))
#define VALUE_SHARE_IF(ns)               ((double)(ns))
#define VALUE_LATENCY(latency, member)   ((double)(latency).member)
#define VALUE_GROWTH(per_s)              ((double)(per_s))
#define VALUE_GROWTH_OVER(span_ns, rate) ((double)(rate))
#define VALUE_IN_FLIGHT(count, ns)       ((count) ? (double)(ns) : 0)
#endif
