/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the names of Go functions say. Pure. */
#ifndef TS_WORDS_GO_NAMES_H
#define TS_WORDS_GO_NAMES_H

#include "report/report.h"

/* A function of Go's own library or runtime: "internal/poll.(*FD).Write", "golang.org/x/sys/unix.Fsync". The
 * program's own are in main or in a module. Not C's functions of such names, which clones have:
 * "time.constprop.0". */
bool frame__of_go_library(const struct frame *f);
/* A function of the runtime itself: "runtime.newosproc". */
bool frame__of_go_runtime(const struct frame *f);
/* The innermost frame of the program itself; NO_FRAME: none, all are the library's. */
#define NO_FRAME SIZE_MAX
size_t call_stack__of_go_program(const struct call_stack *s);
/* It writes or syncs a file, pipe or socket before it returns: "os.(*File).Sync", "net.(*conn).Write". */
bool go_name__writes(const char *function);

#endif
