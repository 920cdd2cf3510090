/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The details of a group of equal goroutines, and of a creator of goroutines. */
#ifndef TS_SCREEN_GOROUTINE_DETAIL_H
#define TS_SCREEN_GOROUTINE_DETAIL_H

#include "report/go_rows.h"
#include "screen/scene.h"

uint64_t goroutines__identity(const struct process_row *p, const struct go_group_row *r);
/* Groups of the processes of the report, without those of Go's runtime: how many, and the ith. false: there
 * are fewer. */
size_t goroutines__group_count(const struct scene *s);
bool goroutines__group_at(const struct scene *s, size_t i, const struct process_row **ret_process,
			  const struct go_group_row **ret);
/* "128 goroutines: chan send, 3.9 s, at main.go:12, created at main.go:9, +14/s" */
void goroutines__line(const struct scene *s, const struct process_row *process, const struct go_group_row *r,
		      char *dst, size_t size);
/* The group that a finding on goroutines speaks of; the view if it is not known. */
struct place goroutines__place(const struct scene *s, const struct found *f);
void goroutines__write(const struct scene *s, const struct process_row *process, const struct go_group_row *r,
		       struct page *p);
void goroutines__preview(const struct go_group_row *r, struct page *p);
void goroutine_creator__write(const struct process_row *process, const struct go_creator_row *r,
			      struct page *p);

#endif
