/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the process got from its parent: standard streams, limits, what becomes of signals. threadscope
 * changes some of it for itself; a command that it starts gets it as it was.
 */
#ifndef TS_CLI_INHERITED_H
#define TS_CLI_INHERITED_H

#include <stdbool.h>
#include <sys/resource.h>

/* First of all: remembers it, and keeps closed standard streams from being taken by the first file opened. */
void inherited__keep(void);
/* Raises the limits on open files and locked memory as far as allowed. Returns that on open files. */
rlim_t inherited__raise_limits(void);
/* Whether the parent has this signal ignored, as nohup has SIGHUP. Only of those that threadscope takes. */
bool inherited__ignores(int signal);
/* In a child, before exec: limits, signals and their mask as they were. */
void inherited__give_back(void);

#endif
