/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines in words, as words/describe.h does it. */
#ifndef TS_WORDS_DESCRIBE_GO_H
#define TS_WORDS_DESCRIBE_GO_H

#include "report/go_rows.h"
#include "words/describe.h"

/* What the goroutines of a group wait on: "chan 0xc000012345 (1024 of 1024)", "" if it has no name. */
char *describe_go_wait(char *dst, size_t size, const struct go_group_row *row);
/* Who has the other ends of the pipes that they wait on: "write ends held by sleep (4711), sleep (4712),
 * sleep (4713) and 9 more processes (64 looked at)", "" if none is known. */
char *describe_go_ends(char *dst, size_t size, const struct go_group *g);
/* What made the timers: "time.Ticker", "time.AfterFunc(main.expire)", else the function that they call. */
char *describe_go_timers(char *dst, size_t size, const struct go_timer_kind *k);
/* "128 goroutines blocked sending on chan 0xc000012345 (1024/1024); its receiver is in
 * fsync(/var/log/app.log) for 2.1 s" */
char *describe_go_queue(char *dst, size_t size, const struct go_queue_row *q);
/* What it does: "in fsync(/var/log/app.log) at main.go:22 for 1.3 s". */
char *describe_go_doing(char *dst, size_t size, const struct go_reader_row *one);
/* "main.logging.mu (sync.Mutex)", "sync.Mutex at 0xc000012080". */
char *describe_go_lock(char *dst, size_t size, const struct go_lock *l);
/* "49 goroutines wait, at least 10 ms, for main.mu (sync.Mutex) in main.line; likely holder: goroutine 18 in
 * main.line (locked at main.go:19), in fsync(FILE) at main.go:22 for 40 ms" */
char *describe_go_convoy(char *dst, size_t size, const struct go_lock_row *l);
/* "main.go:12", "" if it is not known. */
char *describe_go_line(char *dst, size_t size, const struct frame *f);
/* Where they are, below the runtime's and the synchronisation's own functions: "main.go:12", or a function
 * where the line is not known; "" if neither is. */
char *describe_go_place(char *dst, size_t size, const struct go_group *g);
/* Their creator, in the same form. */
char *describe_go_creator(char *dst, size_t size, const struct go_group *g);
/* Its waits: "2.3 s", "about 5 min .. 10 min", "at least 30 s", "" if none is known. */
char *describe_go_span(char *dst, size_t size, const struct go_group *g);

#endif
