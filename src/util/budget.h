/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What foreign bytes may cost a run in memory and time: files that targets have mapped, their debug files,
 * perf maps. A file of 20 KB can unpack to gigabytes, and one of 24 MB can take a library of DWARF seconds.
 * Each reader takes the memory before it allocates, and asks for the time in loops as long as the bytes say;
 * who is refused goes on without these names, and the refusal counts.
 *
 * Time is CPU time of the thread: the names of a healthy program do not depend on what else the machine does.
 * It is measured between budget__begin and budget__end. In a long run it comes back slowly, memory when it is
 * freed. Not for more than one thread.
 */
#ifndef TS_UTIL_BUDGET_H
#define TS_UTIL_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* What one process has used. One of many cannot use up what the others need. */
struct budget_share;

/* Memory that was taken; all zero: none. */
struct budget_hold {
	uint64_t bytes;
	struct budget_share *of; /* NULL: nobody's in particular */
};

enum budget_use {
	BUDGET_NAMES,
	BUDGET_STACKS, /* may use what names must leave: without it, names would have no stacks to stand in */
};

/* Both from the start. The defaults are in thresholds.h. */
void budget__limit(uint64_t bytes, uint64_t ns);
uint64_t budget__limit_bytes(void);
uint64_t budget__limit_ns(void);
/* How many processes share it from now on. */
void budget__expect(size_t processes);

struct budget_share *budget_share__new(void);
void budget_share__put(struct budget_share *s); /* NULL is fine; lives on as long as it holds memory */

/* What follows is done for that process (NULL: for none in particular). May be nested; the outermost counts.
 */
void budget__begin(struct budget_share *of, enum budget_use use);
void budget__end(void);

/* False: refused, and nothing is taken. */
bool budget__take(struct budget_hold *h, uint64_t bytes);
void budget__drop(struct budget_hold *h, uint64_t bytes); /* UINT64_MAX: all of it */

/* Is there time left, for something that takes about so long? Outside of begin and end: always. */
bool budget__has_time(uint64_t ns);
/* For loops of short steps: looks at the clock now and then. */
static inline bool budget__ticks(unsigned *steps)
{
	return (++*steps & 63) || budget__has_time(0);
}

/*
 * Some of it is done by another process (symbols/parser.h), which has a budget of its own for each request:
 * what is left of this one. There, budget__grant begins the turn, and budget__end ends it.
 */
uint64_t budget__left_ns(void);
uint64_t budget__left_bytes(void);
void budget__grant(uint64_t ns, uint64_t bytes);
/* CPU time that it has spent in the turn under way. */
void budget__spent_elsewhere(uint64_t ns);
/* It holds that much now: also beyond what is left, because it is so. */
void budget__holds(struct budget_hold *h, uint64_t bytes);

/* A file, or a part of one, is left out: it costs too much, or its server gives no answer. file: budget__file
 * of it, and counted once however often it is tried; 0: not known which. */
void budget__refuse(uint64_t file);
/* How many files that were, since start. */
uint64_t budget__refused(void);
/* Which file it is, by device and inode; never 0. */
uint64_t budget__file(const struct stat *st);

/* Taken now, and spent (without what has come back), of the whole run. */
uint64_t budget__bytes(void);
uint64_t budget__spent_ns(void);

#endif
