/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command in two processes. The one that was started, the viewer, forks the collector, opens what is
 * written, gives up its privileges, and shows what comes down a pipe in the saved form. The collector reads
 * the kernel and the targets, and prints nothing: its complaints go down another pipe. What hangs or ends it
 * leaves a viewer that answers.
 */
#ifndef TS_CLI_APART_H
#define TS_CLI_APART_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/options.h"

/* One fixed size, so that a pipe takes it whole. */
struct apart_request {
	enum apart_wish {
		APART_GO = 1, /* what is written is open, and nothing stands against the run */
		APART_STOP,   /* one last sample */
	} wish;
	int signal; /* of APART_STOP: for the command; 0: it has it already, or there is no command */
};

struct apart {
	bool collects; /* this is the collector */
	pid_t collector;
	int samples, messages, requests; /* this side's ends; -1: closed */
	bool stops;                      /* collector: before it began, somebody wished for its end... */
	int signal;                      /* ...with this signal, see apart_request */
	int streams[2];                  /* collector: standard output and error, for a command; else -1 */
	pid_t monitor_pid;               /* viewer */
	int monitor;                     /* monitor.h; -1: there is no monitor */
};

/* Forks, with a monitor where what o asks for needs one. 0 or a negative errno. The child has collects set,
 * complains to its viewer, ends with it, and leaves signals to it. */
int apart__fork(struct apart *a, const struct options *o);
/* Of either side. */
void apart__close(struct apart *a);

/* Collector: waits until the viewer wishes to begin. false: it does not, or has gone. */
bool apart__may_go(struct apart *a);
/* Collector: the standard streams, once a command has them. */
void apart__close_streams(struct apart *a);
/* Collector: the pipe, which is the caller's from now on. */
int apart__take_samples(struct apart *a);
/* Viewer. */
void apart__request(const struct apart *a, enum apart_wish wish, int signal);

/* This process, or the viewer that it collects for. */
bool apart__is_own(pid_t pid);

#endif
