/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files on a server that does not answer: who opens or reads one waits, and no signal but SIGKILL ends that.
 */
#ifndef TS_TARGET_BOUNDED_OPEN_H
#define TS_TARGET_BOUNDED_OPEN_H

#include "target/mappings.h"
#include "target/process_private.h"

/* Of p only live_dir is there, of m a copy. A descriptor or a negative errno. */
typedef int opener(const struct process *p, const struct mapping *m);

/*
 * Calls open and reads a little of the file, in a thread of its own, which is left to itself if that takes
 * too long; what it opens later is closed. A descriptor or a negative errno. -ETIMEDOUT: no answer in time,
 * or too many others have none.
 */
int open_patiently(opener *open, const struct process *p, const struct mapping *m);
/* Whether some file has not been opened in time and still is not: what is not in memory is better left alone.
 */
bool files_unanswered(void);

#endif
