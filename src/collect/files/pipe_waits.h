/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pipes that threads wait to write to, with who should empty them. */
#ifndef TS_COLLECT_FILES_PIPE_WAITS_H
#define TS_COLLECT_FILES_PIPE_WAITS_H

#include "facts/sample.h"

/* Sets the peer of threads that have been blocked in a write to a pipe for so long that it is told. Goes
 * through the descriptors of all processes, once, where there are such threads, and costs nothing else. */
void pipe_waits__name(struct sample *s);

#endif
