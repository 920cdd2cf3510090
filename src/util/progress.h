/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process does just now, in memory that it shares with the one that waits for it: if it gives no
 * answer, the other one knows at what it stopped. Without such memory nothing is noted.
 */
#ifndef TS_UTIL_PROGRESS_H
#define TS_UTIL_PROGRESS_H

#include <stdbool.h>
#include <sys/types.h>

/* Before the fork. false: there is no memory for it. */
bool progress__share(void);

/* It works on this process; 0: on none in particular. */
void progress__on(pid_t pid);
pid_t progress__pid(void);
/* It waits for something to come: silence means nothing. */
void progress__idle(bool idle);
bool progress__is_idle(void);
/* The command that it has started; 0: none. */
void progress__command(pid_t pid);
pid_t progress__of_command(void);

#endif
