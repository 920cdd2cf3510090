/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the commands: targets, probes, signals, and errors of one sentence. */
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
	bool ended[MAX_TARGETS];                /* whose end the loop has reported */
	size_t process_count;
	struct view_options out;
	const struct view *view;
	struct loop *loop;
	int wake;         /* WAKE_* bits of the turn */
	pid_t child;      /* 0: none */
	int monitor;      /* monitor.h; -1: none */
	int gate;         /* closing it releases the child */
	int outputs[2];   /* for the child's standard output and error, until it has them; -1: as ours */
	int child_status; /* wait status, valid once child_ended */
	bool child_ended;
	bool stopped;                        /* by a signal to us */
	bool collects;                       /* for a viewer in another process */
	bool unwanted;                       /* the viewer has ended */
	bool seen;                           /* something was shown of the targets already */
	rlim_t file_limit;                   /* limit on open files */
	uint64_t started_ns, started_cpu_ns; /* after the first sample */
	int write_error;                     /* errno of the first failed write */
};

/* Prints one sentence on standard error: "threadscope: ...". Returns status. */
int complain(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A file that cannot be written (whole_file.h). Returns STATUS_FAILED. */
int complain_file(const char *path, int err);

/* Maps, programs and links; the rest is for targets and their modules. A snapshot needs fewer. */
#define NEEDED_FILES 128

/* On standard error, if it may not read all of its targets: then the kernel side works, but stacks, locks,
 * names of files and symbols are incomplete. */
void session__note_missing(const struct session *s);

/* Opens signals, output and the processes of -p. Close the session even after a failure. */
int session__open_targets(struct session *s, const struct options *o);
int session__open_processes(struct session *s);
/* Gives up the privileges that reading does not need: at once, or when the command has been forked. What
 * needs them is done by the monitor; -1: by none. */
void session__collects(struct session *s, int monitor);
/* The rest of session__open, in two parts. */
int session__check_limits(const struct session *s);
int session__open_probes(struct session *s, bool events);
/* Opens targets, probes and collector without attaching. Reports its errors and returns an exit status. */
int session__open(struct session *s, const struct options *o, bool events);
/* Attaches and takes the first sample; the caller owns *ret_first. */
int session__attach(struct session *s, struct sample **ret_first);
/* Forks the command, which waits at its gate. Reports its errors and returns an exit status. */
int session__prepare_child(struct session *s);
void session__close_outputs(struct session *s);
/* Creates the ready file and releases the child. */
int session__start(struct session *s);
/* Attaches and starts. On failure *ret_first is NULL. */
int session__begin(struct session *s, struct sample **ret_first);
void session__close(struct session *s);

enum wake { WAKE_EVENTS = 1, WAKE_TIMER = 2, WAKE_STOP = 4, WAKE_ENDED = 8 };
/* One turn of the loop: waits for events, the timer, a signal to stop, the end of all targets, or end_ns
 * (monotonic; LOOP_FOREVER), which is a stop too. Returns WAKE_* bits. */
int session__wait_until(struct session *s, uint64_t end_ns);
/* The probes report the end of a process before others see it: all targets have ended by this sample, and no
 * report follows. */
bool session__is_last(const struct session *s, const struct sample *now);
/* Ticks every interval from now on. */
int session__tick(struct session *s, uint64_t interval_ns);
/* After the last output: flushes the stream and returns the exit status of the run. */
int session__finish(struct session *s, int status);
/* Selects the view and its options, for output to out. */
const struct view *choose_view(const struct options *o, FILE *out, struct view_options *ret);
/* Selects the view and opens its stream. 0 or a negative errno. */
int session__open_output(struct session *s);
/* Flushes. 0: continue; otherwise the run is over, with *ret_status. */
int session__flush(struct session *s, int *ret_status);

/* Checks whether the target can be observed; reports why not. */
int check_process(pid_t asked, const struct process *p);
/* Reports why probes do not work; returns an exit status. */
int complain_probes(int err, const struct features *f);
/* Reports that the kernel shows no threads of a live process. */
int complain_hidden(pid_t pid);

#endif
