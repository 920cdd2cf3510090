/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounded open of files on unresponsive file servers: opening or reading such a file blocks, and only SIGKILL
 * ends that.
 */
#ifndef TS_TARGET_BOUNDED_OPEN_H
#define TS_TARGET_BOUNDED_OPEN_H

#include "target/mappings.h"
#include "target/process_private.h"

/* p has only live_dir, m is a copy. Returns a descriptor or a negative errno. */
typedef int opener(const struct process *p, const struct mapping *m);

/*
 * Calls open and reads a little of the file in a separate thread, which is abandoned if that takes too long;
 * a descriptor that it opens later is closed. Returns a descriptor or a negative errno. -ETIMEDOUT: no
 * response in time, or too many other files without one.
 */
int open_patiently(opener *open, const struct process *p, const struct mapping *m);
/* Whether an open is still pending after its time limit: then memory that is not present must not be read.
 */
bool files_unanswered(void);

#endif
