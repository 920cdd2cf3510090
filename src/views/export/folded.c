/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line per distinct stack, `frame;frame;... count`, root first, as flame
 * graph tools read it. The counts add up to the number of threads; with --by wait-time they are microseconds.
 */
#include <inttypes.h>

#include "views/export/fold.h"
#include "views/view.h"

/* ';', ' ' and line ends would break the format. */
static void put_frames(FILE *out, const char *frames)
{
	for (; *frames; frames++)
		fputc(*frames == '\n' ? ';' : *frames == ';' ? ':' : *frames == ' ' ? '_' : *frames, out);
}

static void snapshot(const struct view_options *o, const struct snapshot_report *r)
{
	struct fold f;

	fold__stacks(&f, r);
	for (size_t i = 0; i < f.count; i++) {
		const struct fold_line *line = &f.lines[i];

		if (o->by_wait_time && !line->blocked)
			continue;
		put_frames(o->out, line->frames);
		fprintf(o->out, " %" PRIu64 "\n", o->by_wait_time ? line->wait_ns / 1000 : line->threads);
	}
	fold__free(&f);
}

const struct view view_folded = {.name = "folded", .snapshot = snapshot};
