// SPDX-License-Identifier: GPL-2.0-or-later
/* Goroutines of Go programs: groups of equal ones, and who creates them. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/go_rows.h"
#include "screen/goroutine_detail.h"
#include "screen/identity.h"
#include "screen/scene.h"
#include "util/heap.h"
#include "views/text/text_parts.h"
#include "views/text/text_rows.h"

static bool applies(const struct scene *s)
{
	for (size_t i = 0; s->r && i < s->r->process_count; i++)
		if (s->r->processes[i].go)
			return true;
	return false;
}

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_GO_GROUPS, ret_count);
}

/* ---- rows: groups, then who creates goroutines ------------------------------------------------------ */

/* A row's group is the process; its index that of the group, or CREATORS + that of the creator. */
#define CREATORS ((size_t)1 << 32)
#define HEADING  SIZE_MAX

static const struct process_row *process_of(const struct scene *s, const struct grid_row *row)
{
	return &s->r->processes[row->group];
}

static const struct go_group_row *group_of(const struct scene *s, const struct grid_row *row)
{
	return &process_of(s, row)->go->groups[row->index];
}

static const struct go_creator_row *creator_of(const struct scene *s, const struct grid_row *row)
{
	return &process_of(s, row)->go->creators[row->index - CREATORS];
}

uint64_t goroutines__identity(const struct process_row *p, const struct go_group_row *r)
{
	uint64_t id = identity__add(IDENTITY_SEED + 6, (uint64_t)p->pid);

	if (r->g.id)
		return identity__add(id, r->g.id);
	id = identity__text(id, r->g.state);
	for (size_t i = 0; i < r->g.stack.count; i++)
		id = identity__add(id, r->g.stack.frames[i].address);
	id = identity__add(id, r->g.created_by.address);
	return identity__text(id, r->g.created_by.function);
}

static uint64_t creator_identity(const struct process_row *p, const struct go_creator_row *r)
{
	uint64_t id =
		identity__text(identity__add(IDENTITY_SEED + 9, (uint64_t)p->pid), r->created_by.function);

	return identity__add(identity__text(id, r->created_by.file), (uint64_t)r->created_by.line);
}

static void group_rows(const struct scene *s, struct grid *g, size_t process)
{
	const struct process_row *p = &s->r->processes[process];

	for (size_t k = 0; p->go && k < p->go->group_count; k++) {
		const struct go_group_row *r = &p->go->groups[k];

		grid__add(g, &(struct grid_row){.id = goroutines__identity(p, r),
						.index = k,
						.group = process,
						.style = r->leak       ? STYLE_WARNING
							 : r->g.system ? STYLE_DIM
								       : STYLE_PLAIN});
	}
}

static void creator_rows(const struct scene *s, struct grid *g, size_t process)
{
	const struct process_row *p = &s->r->processes[process];

	for (size_t k = 0; p->go && k < p->go->creator_count; k++)
		if (p->go->creators[k].created_by.function)
			grid__add(g, &(struct grid_row){.id = creator_identity(p, &p->go->creators[k]),
							.index = CREATORS + k,
							.group = process,
							.depth = 1});
}

static void rows(const struct scene *s, struct grid *g)
{
	size_t before;

	for (size_t i = 0; i < s->r->process_count; i++)
		group_rows(s, g, i);
	grid__add(g, &(struct grid_row){
			     .id = IDENTITY_SEED, .index = HEADING, .style = STYLE_HEADING, .still = true});
	before = g->count;
	for (size_t i = 0; i < s->r->process_count; i++)
		creator_rows(s, g, i);
	if (g->count == before)
		g->count--; /* of nothing, no heading */
}

/* The column of creators under this one of groups: of the same heading, and the last one under the last. */
static size_t column_of_creators(const struct scene *s, size_t column)
{
	size_t count, groups;
	const struct column *list = columns__of(COLUMNS_OF_GO_CREATORS, &count);
	const struct column *above = columns(s, &groups);

	if (column + 1 == groups)
		return count - 1;
	for (size_t i = 0; i + 1 < count; i++)
		if (!strcmp(list[i].heading, above[column].heading))
			return i;
	return count;
}

static void creator_cells(const struct scene *s, const struct grid_row *row, struct table *t)
{
	struct table creators = {.columns = TABLE_COLUMNS};
	size_t count;

	columns(s, &count);
	text_go_creator_cells(&creators, s->r, process_of(s, row)->pid, creator_of(s, row));
	for (size_t i = 0; i < count; i++) {
		size_t from = column_of_creators(s, i);

		table__safe_cell(t, heap__string(from < creators.count ? creators.cells[from] : ""));
	}
	table__free(&creators);
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;
	size_t count;

	if (row->index == HEADING) {
		columns(s, &count);
		while (count-- > 1)
			table__cell(t, "%s", "");
		table__cell(t, "%s", "GOROUTINES CREATED BY");
	} else if (row->index >= CREATORS) {
		creator_cells(s, row, t);
	} else {
		text_go_group_cells(t, s->r, process_of(s, row)->pid, group_of(s, row));
	}
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	if (row->index >= CREATORS) /* they keep their order below their heading */
		return NAN;
	return text_go_group_value(s->r, process_of(s, row)->pid, group_of(s, row), column);
}

/* ---- the line above them ------------------------------------------------------------------------------ */

#define SHOWN_PROGRAMS 4

/* The counts, as the table in print has them, with what else is known of the scheduler. */
static char *counts(const struct scene *s, const struct process_row *p)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = heap__stream(&text, &length);

	text_go_line(out, s->r, p);
	if (!p->go->problem) {
		fflush(out);
		fseek(out, length ? (long)length - 1 : 0, SEEK_SET); /* instead of the line end */
		if (p->go->system)
			fprintf(out, "; and %" PRIu64 " of the runtime", p->go->system);
		if (p->go->threads)
			fprintf(out, "; %" PRIu64 " %s", p->go->threads,
				p->go->threads == 1 ? "thread" : "threads");
		if (p->go->threads && p->go->threads_max)
			fprintf(out, " (at most %" PRIu64 ")", p->go->threads_max);
		if (p->go->procs)
			fprintf(out, "; GOMAXPROCS %" PRIu64, p->go->procs);
		fputc('\n', out);
	}
	fclose(out);
	return text;
}

static unsigned head(const struct scene *s, struct canvas *c, unsigned row, unsigned rows)
{
	struct page p = {0};
	size_t shown = 0, all = 0;
	unsigned used;

	for (size_t i = 0; i < s->r->process_count; i++) {
		char *text;

		if (!s->r->processes[i].go || all++ >= SHOWN_PROGRAMS)
			continue;
		shown++;
		text = counts(s, &s->r->processes[i]);
		page__lines(&p, STYLE_PLAIN, text);
		free(text);
	}
	if (all > shown)
		page__line(&p, STYLE_DIM, 2, "  and %zu more Go programs", all - shown);
	used = page__draw(&p, c, row, rows > 4 ? rows / 2 : 0);
	page__free(&p);
	return used;
}

/* ---- where a finding leads -------------------------------------------------------------------------- */

/* Senders to the channel that the sentence names: there may be several full ones. */
static bool sends_to(const struct go_group_row *r, const char *summary)
{
	char channel[64];

	if (strcmp(r->g.state, "chan send") != 0 && strcmp(r->g.state, "select") != 0)
		return false;
	snprintf(channel, sizeof(channel), "chan 0x%" PRIx64 " ", r->g.wait.address);
	return r->g.wait.address && strstr(summary, channel);
}

/* Whether a group is what it speaks of, the more the higher; 0: it is not. */
static double matches(const struct go_group_row *r, const struct found *f)
{
	switch (f->kind) {
	case FINDING_GOROUTINE_LEAK:
		return r->leak ? (double)r->g.count : 0;
	case FINDING_GOROUTINE_GROWTH:
		return r->span_ns ? r->growth_per_s : 0;
	case FINDING_LOG_QUEUE_FULL:
		return sends_to(r, f->summary) ? (double)r->g.count : 0;
	default:
		return 0;
	}
}

struct place goroutines__place(const struct scene *s, const struct found *f)
{
	struct place to = {.view = VIEW_GOROUTINES};
	double most = 0;

	for (size_t i = 0; i < s->r->process_count; i++) {
		const struct process_row *p = &s->r->processes[i];

		for (size_t k = 0; p->pid == f->pid && p->go && k < p->go->group_count; k++) {
			double m = matches(&p->go->groups[k], f);

			if (m <= most)
				continue;
			most = m;
			to.id = goroutines__identity(p, &p->go->groups[k]);
			to.detail = true;
		}
	}
	return to;
}

/* ---- details ---------------------------------------------------------------------------------------------
 */

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	if (row->index < CREATORS)
		goroutines__preview(group_of(s, row), p);
}

static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	for (size_t i = 0; i < s->r->process_count; i++) {
		const struct process_row *process = &s->r->processes[i];

		for (size_t k = 0; process->go && k < process->go->group_count; k++)
			if (goroutines__identity(process, &process->go->groups[k]) == id) {
				goroutines__write(s, process, &process->go->groups[k], p);
				return true;
			}
		for (size_t k = 0; process->go && k < process->go->creator_count; k++)
			if (creator_identity(process, &process->go->creators[k]) == id) {
				goroutine_creator__write(process, &process->go->creators[k], p);
				page__findings(p, s, VIEW_GOROUTINES, id);
				return true;
			}
	}
	return false;
}

const struct screen_view view_goroutines = {
	.title = "goroutines",
	.applies = applies,
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.head = head,
	.preview = preview,
	.detail = detail,
	.empty = "goroutines not read yet",
};
