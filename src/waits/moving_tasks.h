/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runtimes that move what they run between threads. */
#ifndef TS_WAITS_MOVING_TASKS_H
#define TS_WAITS_MOVING_TASKS_H

#include <stdbool.h>

/* Whether a thread of that name runs tasks that continue on other threads. Go's threads have no names of
 * their own: not here. */
bool moving_tasks__runs(const char *thread_name);

#endif
