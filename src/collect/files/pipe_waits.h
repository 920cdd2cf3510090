/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pipes that threads wait to write to, with their receivers. */
#ifndef TS_COLLECT_FILES_PIPE_WAITS_H
#define TS_COLLECT_FILES_PIPE_WAITS_H

#include "facts/sample.h"

/* Sets the peer of threads whose write to a pipe has blocked long enough to be reported. Reads the
 * descriptors of all processes once if such threads exist, and costs nothing otherwise. */
void pipe_waits__name(struct sample *s);

#endif
