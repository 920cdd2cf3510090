/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The top of each table on the first screen, a line each, and where findings lead. */
#ifndef TS_SCREEN_OVERVIEW_TOPS_H
#define TS_SCREEN_OVERVIEW_TOPS_H

#include "screen/scene.h"

enum top_section {
	TOP_FINDINGS,
	TOP_THREADS,
	TOP_GOROUTINES,
	TOP_LOCKS,
	TOP_LOGS,
	TOP_CREATORS,
	TOP_SECTIONS
};

#define TOP_TEXT 2048 /* room for a line */

/* Rows of the section's view that belong here. */
size_t tops__count(const struct scene *s, enum top_section section);
uint64_t tops__identity(const struct scene *s, enum top_section section, size_t i);
/* shown: how many of its rows have room; it says how many are left out. */
char *tops__heading(const struct scene *s, enum top_section section, size_t shown, char dst[TOP_TEXT]);
char *tops__text(const struct scene *s, enum top_section section, size_t i, char dst[TOP_TEXT]);
/* Its row in its own view, opened. */
struct place tops__place(const struct scene *s, enum top_section section, size_t i);
/* What the finding speaks of: the lock, the thread, the log, the creator. */
struct place tops__of_finding(const struct scene *s, const struct found *f);

#endif
