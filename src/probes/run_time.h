/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the kernel's counting of the time of BPF programs is switched, which takes CAP_SYS_ADMIN: by this
 * process, or by another one that still has it.
 */
#ifndef TS_PROBES_RUN_TIME_H
#define TS_PROBES_RUN_TIME_H

#include <stdbool.h>

/* The kernel counts until the descriptor is closed. Or a negative errno. */
int run_time__count(void);
/* From now on, fn switches it: 0 or a negative errno. NULL: this process. */
void run_time__by(int (*fn)(void *arg, bool on), void *arg);
/* 0 or a negative errno. */
int run_time__switch(bool on);

#endif
