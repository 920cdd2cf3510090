/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process does just now, in memory that it shares with the one that waits for it: if it gives no
 * answer, the other one knows at what it stopped. Without such memory nothing is noted.
 */
#ifndef TS_UTIL_PROGRESS_H
#define TS_UTIL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Before the fork. false: there is no memory for it. */
bool progress__share(void);
/* This process is the one that is waited for, and has done nothing yet. */
void progress__begin(void);
pid_t progress__of(void); /* 0: none has begun */

/* It works on this process; 0: on none in particular. */
void progress__on(pid_t pid);
pid_t progress__pid(void);
/* It needs something of this file of that process; NULL: of none. One that is longer is not noted. */
#define PROGRESS_FILE 256 /* with its NUL */
void progress__at(const char *file);
/* "": none. As long as the other process runs, it may be parts of two. */
void progress__file(char *buf, size_t size);
/* It waits for something to come: silence means nothing. */
void progress__idle(bool idle);
bool progress__is_idle(void);
/* The command that it has started; 0: none. */
void progress__command(pid_t pid);
pid_t progress__of_command(void);

#endif
