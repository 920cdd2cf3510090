/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands share: targets, probes, signals, and errors in one sentence. */
#ifndef TS_CLI_SESSION_H
#define TS_CLI_SESSION_H

#include <stdio.h>
#include <sys/resource.h>

#include "cli/options.h"
#include "probes/probes.h"
#include "util/loop.h"
#include "collect/collector.h"
#include "views/view.h"

struct session {
	const struct options *o;
	struct features features;
	struct probes *probes;
	struct collector *collector;
	struct process *processes[MAX_TARGETS]; /* of -p */
	bool ended[MAX_TARGETS];                /* that the loop has told of */
	size_t process_count;
	struct view_options out;
	const struct view *view;
	struct loop *loop;
	int wake;         /* WAKE_* bits of the turn */
	pid_t child;      /* 0: none */
	int gate;         /* closing it lets the child go on */
	int child_status; /* wait status, valid once child_ended */
	bool child_ended;
	bool stopped;                        /* by a signal to us */
	rlim_t file_limit;                   /* how many files we may have open */
	uint64_t started_ns, started_cpu_ns; /* when the first sample had been taken */
	int write_error;                     /* errno of the first write of output that failed */
};

/* One sentence on standard error: "threadscope: ...". Returns status. */
int complain(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Signals, output, the processes of -p. Close it also after a failure. */
int session__open_targets(struct session *s, const struct options *o);
/* Targets, probes, collector; nothing is attached yet. Returns an exit status, complained about. */
int session__open(struct session *s, const struct options *o, bool events);
/* Attaches and takes the first sample; the caller owns *ret_first. */
int session__attach(struct session *s, struct sample **ret_first);
/* Tells the ready file and lets the child go. */
int session__start(struct session *s);
/* Both. On a failure *ret_first is NULL. */
int session__begin(struct session *s, struct sample **ret_first);
void session__close(struct session *s);

enum wake { WAKE_EVENTS = 1, WAKE_TIMER = 2, WAKE_STOP = 4, WAKE_ENDED = 8 };
/* One turn of the loop: waits for events, the timer, a signal to stop, the end of all targets, or end_ns
 * (monotonic; LOOP_FOREVER), which is a stop too. Returns WAKE_* bits. */
int session__wait_until(struct session *s, uint64_t end_ns);
/* Ticks every interval from now on. */
int session__tick(struct session *s, uint64_t interval_ns);
/* The last output has been written: the exit status to end with, after a look at the stream. */
int session__finish(struct session *s, int status);
/* The view that is asked for, and what it is to show, to out. */
const struct view *choose_view(const struct options *o, FILE *out, struct view_options *ret);
/* Chooses the view and opens its stream. 0 or a negative errno. */
int session__open_output(struct session *s);
/* Flushes; 0 to go on, else: the run is over, with *ret_status. */
int session__flush(struct session *s, int *ret_status);

/* Whether the target is one that can be looked at; complains if not. */
int check_process(pid_t asked, const struct process *p);
/* Why probes could not be had, as a sentence; returns an exit status. */
int complain_probes(int err, const struct features *f);
/* The process lives, but the kernel shows none of its threads here. */
int complain_hidden(pid_t pid);

#endif
