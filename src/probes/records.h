/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an iterator's program writes about one process: records of one size. */
#ifndef TS_PROBES_RECORDS_H
#define TS_PROBES_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* True: no more are wanted. */
typedef bool (*record_fn)(void *arg, const void *record);

/* program: descriptor of the iterator's program, which itself leaves out other processes. */
int records__read(int program, pid_t pid, size_t size, record_fn fn, void *arg);

#endif
