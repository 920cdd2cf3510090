/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that Go's runtime creates, and the goroutines that it needs them for. Pure. */
#ifndef TS_MODEL_GO_GO_KEEPERS_H
#define TS_MODEL_GO_GO_KEEPERS_H

#include "report/go_rows.h"
#include "util/arena.h"

/* The call that creates the thread is the runtime's own, also through cgo; not C code that a Go program has
 * called. */
bool call_stack__creates_for_go(const struct call_stack *s);
/* Of C that a Go program has called: its frames and the call's, which changes to another stack, so that what
 * seems to follow it is not called by it. Returns 0 without such a call. */
size_t call_stack__in_c(const struct call_stack *s);
/* The goroutines that keep the most threads for themselves, those that grow first; NULL: none, or unknown. */
const struct go_group *go_process__keepers(const struct go_process *p);
/* "goroutines in syscall.Read at main.go:12, created at main.go:34". */
const char *go_group__keeping_text(struct arena *a, const struct go_group *g);
/* Up to one thread for each P and a few for system calls are usual, for nothing in particular. */
bool go_process__few_threads(const struct go_process *p, uint64_t threads);

#endif
