/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last lines that a command has printed on its standard output and error, in the order in which they were
 * read. Bounded in lines and bytes; what no longer fits is counted. A line ends with LF, CR LF or a CR alone
 * (a progress display writes over its line: here each state is a line).
 */
#ifndef TS_SCREEN_OUTPUT_LOG_H
#define TS_SCREEN_OUTPUT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTPUT_LINES      50000u
#define OUTPUT_BYTES      (4u << 20) /* of all kept lines together, with what describes them */
#define OUTPUT_LINE_BYTES 16384u     /* of one; the rest of it is counted */

enum output_stream { OUTPUT_STANDARD, OUTPUT_ERROR, OUTPUT_STREAMS };

struct output_line {
	uint64_t wall_ns;  /* when it began to come */
	uint64_t left_out; /* bytes: of the line; of a gap, in its place */
	uint32_t length;
	uint8_t stream; /* enum output_stream */
	bool gap;       /* stands for lines that were never seen; it has no text */
	char text[];    /* as printed: any bytes */
};

struct output_log {
	struct output_line **lines; /* a ring of OUTPUT_LINES; NULL: no line so far */
	size_t count, bytes;
	uint64_t arrived; /* in all, gaps among them; the last one has this number, the first was 1 */
	uint64_t gaps;    /* of these */
	uint64_t until;   /* while paused: later ones are not shown; 0: all are */
	uint64_t lost;    /* bytes that were never seen */
	struct output_line *open[OUTPUT_STREAMS]; /* lines that have not ended; NULL: none */
	bool after_cr[OUTPUT_STREAMS];
	bool over;         /* no more comes: both have ended */
	char message[128]; /* why, if they have not; "": they have, or still run */
};

/* What was read of a stream, in any pieces. */
void output_log__add(struct output_log *l, enum output_stream stream, uint64_t wall_ns, const char *bytes,
		     size_t size);
/* So many bytes between what was added and what comes next were never seen. */
void output_log__lose(struct output_log *l, uint64_t wall_ns, uint64_t bytes);
/* No more comes. message: why, in a sentence; NULL: both streams have ended. */
void output_log__end(struct output_log *l, const char *message);
/* Of the number; NULL: it is no longer kept, or has not come. */
const struct output_line *output_log__line(const struct output_log *l, uint64_t number);
/* The line that has not ended yet; NULL: no such line, or not shown while paused. */
const struct output_line *output_log__open(const struct output_log *l, enum output_stream stream);
/* The numbers of the oldest line kept and of the last one shown; 0 without lines. */
uint64_t output_log__first(const struct output_log *l);
uint64_t output_log__last(const struct output_log *l);
/* Paused, it stands still: what comes is kept, and shown later. */
void output_log__pause(struct output_log *l, bool paused);
/* For a terminal: tabs become blanks, everything that could disturb a screen is escaped, and bytes that were
 * left out are counted at its end. For free(). */
char *output_line__text(const struct output_line *line);
/* Forgets all of it. */
void output_log__free(struct output_log *l);

#endif
