/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs in which programs record their commits, each with a sync: that is what they are for. */
#ifndef TS_WAITS_COMMIT_LOG_H
#define TS_WAITS_COMMIT_LOG_H

#include <stdbool.h>

bool commit_log__is(const char *path);

#endif
