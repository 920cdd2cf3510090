/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the process inherited: standard streams, limits, signal dispositions. threadscope changes some of them
 * for itself; a command that it starts gets the original ones.
 */
#ifndef TS_CLI_INHERITED_H
#define TS_CLI_INHERITED_H

#include <stdbool.h>
#include <sys/resource.h>

/* Called first: saves the state, and keeps the first file opened from taking the descriptor of a closed
 * standard stream. */
void inherited__keep(void);
/* Raises the limits on open files and locked memory as far as allowed. Returns the limit on open files. */
rlim_t inherited__raise_limits(void);
/* Whether the parent ignores this signal, as nohup does with SIGHUP. Only for signals that threadscope
 * handles. */
bool inherited__ignores(int signal);
/* In a child, before exec: restores limits, signals and their mask. */
void inherited__give_back(void);

#endif
