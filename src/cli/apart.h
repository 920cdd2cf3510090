/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command in two processes. The one that was started, the viewer, forks the collector, opens what is
 * written, gives up its privileges, and shows what comes down a pipe in the saved form. The collector reads
 * the kernel and the targets, and prints nothing: its complaints go down another pipe. What hangs or ends it
 * leaves a viewer that answers, and, of top and logs, another collector takes its place (starter.h).
 */
#ifndef TS_CLI_APART_H
#define TS_CLI_APART_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/options.h"
#include "cli/starter.h"

/* One fixed size, so that a pipe takes it whole. */
struct apart_request {
	enum apart_wish {
		APART_GO = 1, /* what is written is open, and nothing stands against the run */
		APART_STOP,   /* one last sample */
	} wish;
	int signal; /* of APART_STOP: for the command; 0: it has it already, or there is no command */
};

struct apart {
	bool collects;   /* this is the collector */
	pid_t collector; /* viewer: the first one; 0: it was reaped after the next one began */
	unsigned number; /* viewer: of the one that there is, as the starter counts; 0: it is the first one */
	struct starter starter; /* viewer; fd -1: no other collector can be started */
	uint64_t run_ticks;     /* later collector: when the run began, as process__ticks_now; else 0 */
	int samples, messages, requests; /* this side's ends; -1: closed */
	bool stops;                      /* collector: before it began, somebody wished for its end... */
	int signal;                      /* ...with this signal, see apart_request */
	int streams[2];                  /* collector: standard output and error, for a command; else -1 */
	pid_t monitor_pid;               /* viewer; of a later collector: its own; 0: none */
	int monitor;                     /* monitor.h; -1: there is no monitor */
};

/* Forks, with a monitor where what o asks for needs one. again: other collectors may take its place. 0 or a
 * negative errno. The child has collects set, complains to its viewer, ends with it, and leaves signals to
 * it. */
int apart__fork(struct apart *a, const struct options *o, bool again);
/* The same of a later collector, in a child of the starter: ends as starter__next has them, which are its own
 * from now on. */
int apart__join(struct apart *ret, const struct options *o, const int ends[STARTER_ENDS]);
/* Of either side. */
void apart__close(struct apart *a);

/* Collector: waits until the viewer wishes to begin. false: it does not, or has gone. */
bool apart__may_go(struct apart *a);
/* Collector: the standard streams, once a command has them. */
void apart__close_streams(struct apart *a);
/* Collector: the pipe, which is the caller's from now on. */
int apart__take_samples(struct apart *a);
/* Viewer: a later collector takes the place of the one that there was. 0 or a negative errno: nothing has
 * changed. See starter__next. */
int apart__next(struct apart *a, uint64_t count, uint64_t duration_ns);
/* Viewer: the PID of the collector, only to look at it; 0: not known. */
pid_t apart__pid(const struct apart *a);
/* Viewer: whether the collector has ended, once, and its wait status. */
bool apart__ended(struct apart *a, int *ret_how);
/* Viewer, now and again: the first collector, if it has ended only after another one took its place. */
void apart__reap_first(struct apart *a);
/* Viewer: SIGKILL. */
void apart__kill(struct apart *a);
/* Viewer. */
void apart__request(const struct apart *a, enum apart_wish wish, int signal);

/* This process, or the viewer that it collects for. */
bool apart__is_own(pid_t pid);

#endif
