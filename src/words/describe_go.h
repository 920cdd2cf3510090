/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines in words, as words/describe.h does it. */
#ifndef TS_WORDS_DESCRIBE_GO_H
#define TS_WORDS_DESCRIBE_GO_H

#include "report/go_rows.h"
#include "words/describe.h"

/* What the goroutines of a group wait on: "chan 0xc000012345 (1024 of 1024)", "" if it has no name. */
char *describe_go_wait(char *dst, size_t size, const struct go_group_row *row);
/* "128 goroutines blocked sending on chan 0xc000012345 (1024/1024); its receiver is in
 * fsync(/var/log/app.log) for 2.1 s" */
char *describe_go_queue(char *dst, size_t size, const struct go_queue_row *q);
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
