/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a process is stopped as a whole: nothing else is worth knowing of it then. Pure. */
#ifndef TS_MODEL_ROWS_STOPS_H
#define TS_MODEL_ROWS_STOPS_H

#include "facts/sample.h"
#include "report/report.h"

/* Of the threads of one process: each that has not ended is stopped, or about to be, as one in
 * uninterruptible sleep is. */
struct stop_row stop__of(const struct sample_thread *threads, size_t count);

#endif
