/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry of each command: runs it and returns the exit status. */
#ifndef TS_CLI_COMMANDS_H
#define TS_CLI_COMMANDS_H

#include "cli/options.h"

struct sample;
struct saved_snapshot;
struct saved_writer;

int command_top(const struct options *o);
int command_snapshot(const struct options *o);
int command_events(const struct options *o);
int command_doctor(const struct options *o);
int command_logs(const struct options *o);
int command_replay(const struct options *o);

/*
 * --save, for top and snapshot. *ret stays NULL without it, and with a NULL
 * writer nothing is saved. Each reports its errors and returns an exit status. The
 * caller ends with saved_writer__close.
 */
int save__open(const struct options *o, bool snapshot, bool every_process, struct saved_writer **ret);
int save__sample(const struct options *o, struct saved_writer *to, const struct sample *s);
int save__snapshot(const struct options *o, struct saved_writer *to, const struct sample *s,
		   const struct saved_snapshot *h);

#endif
