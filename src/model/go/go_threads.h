/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins the goroutines with the kernel's view of the threads that they are on. */
#ifndef TS_MODEL_GO_GO_THREADS_H
#define TS_MODEL_GO_GO_THREADS_H

#include "report/go_rows.h"
#include "util/arena.h"

/* In a; from must live as long. threads: by TID. */
const struct go_report *go_threads__join(struct arena *a, const struct go_reading *from,
					 const struct thread_row *threads, size_t thread_count);

#endif
