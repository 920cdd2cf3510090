/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line per distinct stack, `frame;frame;... count`, root first, as flame graph tools read it. The counts
 * add up to the threads that are shown. With --by wait-time they are microseconds so far; with --by off-cpu
 * those between several snapshots; otherwise the last snapshot counts.
 */
#include "views/export/folded.h"

#include <inttypes.h>

/* ';', ' ' and line ends would break the format. */
static void put_frames(FILE *out, const char *frames)
{
	for (; *frames; frames++)
		fputc(*frames == '\n' ? ';' : *frames == ';' ? ':' : *frames == ' ' ? '_' : *frames, out);
}

void folded__print(const struct view_options *o, const struct fold *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct fold_line *l = &f->lines[i];

		if (o->by_off_cpu ? !l->off_cpu_ns : o->by_wait_time ? !l->blocked : !l->threads)
			continue;
		put_frames(o->out, l->frames);
		fprintf(o->out, " %" PRIu64 "\n",
			o->by_off_cpu     ? l->off_cpu_ns / 1000
			: o->by_wait_time ? l->wait_ns / 1000
					  : l->threads);
	}
}

static void snapshot(const struct view_options *o, const struct snapshot_report *r)
{
	struct fold f = {0};

	fold__add(&f, r, o->idle, true);
	folded__print(o, &f);
	fold__free(&f);
}

const struct view view_folded = {.name = "folded", .snapshot = snapshot};
