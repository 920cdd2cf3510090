/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goroutines in the format of Go's own traceback (runtime/traceback.go,
 * goroutineheader and printcreatedby), for the tools that read it. Arguments are unknown: "(...)", as Go
 * prints for inlined calls. Without labels, which those tools take for a broken line.
 */
#include <inttypes.h>
#include <string.h>

#include "report/go_rows.h"
#include "views/text/text_parts.h"

#define NS_PER_MIN UINT64_C(60000000000)

static void frame(FILE *out, const struct frame *f)
{
	text_line(out, "%s(...)", f->function ? f->function : "?");
	fputc('\t', out); /* as Go prints it; all other text is escaped */
	text_part(out, "%s:%d", f->file && *f->file ? f->file : "?", f->line);
	if (!f->inlined)
		text_part(out, " +0x%" PRIx64, f->offset);
	text_line(out, "%s", "");
}

static void header(FILE *out, const struct go_row *i, const struct go_group *g)
{
	text_part(out, "goroutine %" PRIu64 " [%s%s", i->goid, g->state, i->scanning ? " (scan)" : "");
	if (i->wait_known && i->wait_ns >= NS_PER_MIN)
		text_part(out, ", %" PRIu64 " minutes", i->wait_ns / NS_PER_MIN);
	if (i->locked)
		text_part(out, "%s", ", locked to thread");
	text_line(out, "%s", "]:");
}

static void creator(FILE *out, const struct go_row *i, const struct frame *f)
{
	if (!f->function)
		return;
	text_part(out, "created by %s", f->function);
	if (i->parent)
		text_part(out, " in goroutine %" PRIu64, i->parent);
	text_line(out, "%s", "");
	fputc('\t', out);
	text_line(out, "%s:%d +0x%" PRIx64, f->file && *f->file ? f->file : "?", f->line, f->offset);
}

void text_traceback(const struct view_options *o, FILE *out, const struct snapshot_report *s)
{
	const struct go_report *r = s->go;

	for (size_t k = 0; k < r->reading->list_count; k++) {
		const struct go_row *i = &r->reading->list[k];
		const struct go_group *g = &r->groups[i->group].g;

		if (g->system && !o->all)
			continue;
		header(out, i, g);
		if (!g->stack.count && g->stack.end == STACK_RUNNING)
			fputs("\tgoroutine running on other thread; stack unavailable\n", out);
		for (size_t n = 0; n < g->stack.count; n++)
			frame(out, &g->stack.frames[n]);
		creator(out, i, &g->created_by);
		text_line(out, "%s", "");
	}
}
