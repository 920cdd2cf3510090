/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small process ("ts-monitor") that keeps the privileges which the viewer and the collector have given up,
 * and does a few fixed things with them: it creates the files that the command line names, and switches the
 * kernel's counting of the probes' time on and off. It reads no byte of a target, and looks into none of a
 * file's.
 */
#ifndef TS_CLI_MONITOR_H
#define TS_CLI_MONITOR_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "cli/options.h"

enum monitor_file { MONITOR_PPROF, MONITOR_FLAMEGRAPH };

/* Starts it where o asks for something that needs it; else *ret_pid stays 0 and the ends -1. ends: [0] the
 * viewer's, with which it ends, and [1] the collector's. 0 or a negative errno. */
int monitor__start(const struct options *o, int ret_ends[2], pid_t *ret_pid);

/* Of the viewer: creates the file that this option names, as whole_file__write does. */
int monitor__write(int monitor, enum monitor_file which, int (*write)(FILE *out, const void *arg),
		   const void *arg);
/* Of the collector. --ready-file: 0 or a negative errno. */
int monitor__ready(int monitor);
/* The same of the kernel's counting. */
int monitor__count_bpf_time(int monitor, bool on);

#endif
