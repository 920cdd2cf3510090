/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that a person talks to, of a command that collects in another one (apart.h): reads what comes,
 * and answers signals meanwhile. It waits for no target: where the collector dies or gives no answer, it says
 * so, and another one takes its place, or the run ends.
 */
#ifndef TS_CLI_VIEWER_H
#define TS_CLI_VIEWER_H

#include "cli/apart.h"
#include "cli/session.h"
#include "facts/saved/saved.h"

struct viewer {
	struct session s; /* output and signals alone */
	struct apart *apart;
	FILE *in; /* what the collector writes */
	struct saved_reader *reader;
	struct saved_head head;
	int signals;       /* a signalfd; -1: none */
	uint64_t end_ns;   /* then the collector ends by itself; LOOP_FOREVER: never */
	bool stopping;     /* it was asked to */
	bool plain;        /* it prints, and writes no samples */
	bool over;         /* it has written its last */
	bool damaged;      /* what came makes no sense */
	bool given_up;     /* and said so */
	bool complained;   /* the collector, of something */
	bool ended;        /* the collector has, ... */
	int how;           /* ...with this wait status */
	bool held;         /* at the last look, and not by the kernel's own work */
	bool halted;       /* at the last look: by a signal, while this process runs */
	unsigned quiet;    /* looks in a row that found the collector waiting for what does not come */
	uint64_t cpu_ns;   /* of the collector at the last look */
	uint64_t restarts; /* collectors that have taken the place of another */
	uint64_t began_ns; /* monotonic; the last of them, or the first */
	unsigned tries;    /* that were started one soon after the other */
	char buffer[64 << 10];
};

/* Signals and output. Reports errors; closes nothing. Returns an exit status. */
int viewer__prepare(struct viewer *v, struct apart *a, const struct options *o);
/* The same, until the collector has opened its targets: 0, and what is written can be opened. Reports errors;
 * closes nothing. Returns an exit status. */
int viewer__open(struct viewer *v, struct apart *a, const struct options *o);
/* What is written is open: gives up all privileges, and lets the collector begin. Returns an exit status. */
int viewer__begin(struct viewer *v);

/* Prints what the collector prints, as it is, to its end. Returns an exit status. */
int viewer__copy(struct viewer *v);

/* The next sample, with threadscope's cost of both processes. 0; else nothing follows: -ENODATA: it ended as
 * it should. Reports what else it is. */
int viewer__sample(struct viewer *v, struct sample **ret);
/* The next snapshot, whose sample follows, or a note: *ret_noted. As viewer__sample. */
int viewer__snapshot(struct viewer *v, struct saved_snapshot *ret, bool *ret_noted);

/*
 * Nothing follows: if the collector was killed or gave no answer, though nobody asked it to end, and not the
 * last ones as well soon after they began, says so and starts another one, with count and duration_ns as in
 * the options of what is left. true: it has opened the targets, and waits for viewer__begin; its first sample
 * is a base line.
 */
bool viewer__restart(struct viewer *v, uint64_t count, uint64_t duration_ns);

/* Nothing follows, and what came is to be shown: the collector ended as it should, or without a word. */
bool viewer__may_show(const struct viewer *v);

/* Ends the collector, if it has not ended, and returns the exit status of the run: status, unless it is 0 and
 * the collector's is not. Closes what the viewer has, but its output. */
int viewer__end(struct viewer *v, int status);
void viewer__close(struct viewer *v);

#endif
