/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each command's entry: runs it, returns the exit status. */
#ifndef TS_COMMANDS_H
#define TS_COMMANDS_H

#include "cli/options.h"

int command_top(const struct options *o);
int command_snapshot(const struct options *o);
int command_events(const struct options *o);
int command_doctor(const struct options *o);

#endif
