/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks of glibc's dynamic loader, which are members of one variable. Pure.
 *
 * sysdeps/generic/ldsodefs.h, struct rtld_global: the number of namespaces is followed by recursive mutexes,
 * one behind the other. Where they begin differs between versions, as the namespaces before them grow; so
 * they are known by that number and by their kind, which no thread changes.
 */
#ifndef TS_COLLECT_LOCKS_LOADER_LOCKS_H
#define TS_COLLECT_LOCKS_LOADER_LOCKS_H

#include <stdint.h>

#define LOADER_VARIABLE     "_rtld_global"
#define LOADER_LOCKS        3
#define LOADER_LOCK_BYTES   40 /* a pthread_mutex_t */
#define LOADER_BYTES_BEFORE (8 + (LOADER_LOCKS - 1) * LOADER_LOCK_BYTES)
#define LOADER_BYTES        (LOADER_BYTES_BEFORE + LOADER_LOCK_BYTES)

/* The member of that variable that is a lock with these bytes before and in it: "_dl_load_lock"; NULL: none
 * that is known. */
const char *loader_locks__member(const uint8_t bytes[LOADER_BYTES]);

#endif
