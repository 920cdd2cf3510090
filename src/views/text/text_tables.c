/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of an interval. Each prints at most max rows, and the number of further rows. */
#include <inttypes.h>

#include "words/describe.h"
#include "views/text/text_parts.h"
#include "views/text/text_rows.h"
#include "views/text/text_units.h"

struct table text_table(enum column_table which)
{
	const struct column *columns;
	struct table t = {0};
	bool heading = false;

	columns = columns__of(which, &t.columns);
	for (size_t i = 0; i < t.columns; i++) {
		t.right |= columns[i].right ? 1u << i : 0;
		heading = heading || *columns[i].heading;
	}
	t.heading = heading;
	for (size_t i = 0; heading && i < t.columns; i++)
		table__cell(&t, "%s", columns[i].heading);
	return t;
}

/* The PID, if the report has several processes. */
void text_pid_cell(struct table *t, const struct interval_report *r, pid_t pid)
{
	if (r->process_count > 1)
		table__cell(t, "%d", (int)pid);
	else
		table__cell(t, "%s", "");
}

const struct process_row *text_process(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return &r->processes[i];
	return NULL;
}

void text_process_table(FILE *out, const struct interval_report *report, size_t max)
{
	struct table table = text_table(COLUMNS_OF_PROCESSES), *t = &table;

	for (size_t i = 0; i < report->process_count && i < max; i++)
		text_process_cells(t, report, &report->processes[i]);
	table__print(t, out);
	table__free(t);
	text_more(out, max, report->process_count, "process", "processes");
}

static void more_locks(FILE *out, size_t shown, size_t more, size_t idle)
{
	const char *locks = more + idle == 1 ? "lock" : "locks";

	if (!idle)
		text_more(out, shown, shown + more, "lock", "locks");
	else if (more)
		text_line(out, "... and %zu more %s, %zu of them where idle workers wait", more + idle, locks,
			  idle);
	else
		text_line(out, "%s%zu %s where idle workers wait", shown ? "... and " : "", idle, locks);
}

/* In the order of their rank; of those where idle workers wait, only how many there are. */
void text_locks(FILE *out, const struct interval_report *r, size_t max)
{
	struct table t = text_table(COLUMNS_OF_LOCKS);
	size_t worth = r->ranked_locks - r->idle_locks, shown = worth < max ? worth : max;

	for (size_t i = 0; i < shown; i++)
		text_lock_cells(&t, r, &r->locks[r->lock_rank[i]]);
	if (r->ranked_locks)
		text_line(out, "%s", "");
	if (shown)
		table__print(&t, out);
	table__free(&t);
	more_locks(out, shown, worth - shown, r->idle_locks);
}

void text_creators(FILE *out, const struct interval_report *report, size_t max)
{
	struct table table = text_table(COLUMNS_OF_CREATORS), *t = &table;

	for (size_t i = 0; i < report->creator_count && i < max; i++)
		text_creator_cells(t, report, &report->creators[i]);
	if (report->creator_count) {
		text_line(out, "%s", "");
		table__print(t, out);
	}
	table__free(t);
	text_more(out, max, report->creator_count, "creator", "creators");
}

static void more_files(FILE *out, size_t files, size_t connections)
{
	if (files && connections)
		text_line(out, "... and %zu more %s, %zu more %s", files, files == 1 ? "file" : "files",
			  connections, connections == 1 ? "connection" : "connections");
	else if (files)
		text_more(out, 0, files, "file", "files");
	else
		text_more(out, 0, connections, "connection", "connections");
}

/* Connections are not logs: the worst two suffice here. */
#define SHOWN_CONNECTIONS 2

void text_files(FILE *out, const struct interval_report *r, size_t max)
{
	struct table t = text_table(COLUMNS_OF_FILES);
	size_t connections = 0, connections_shown = 0, files = 0, files_shown = 0;

	for (size_t i = 0; i < r->file_group_count; i++) {
		const struct file_group *g = &r->file_groups[i];
		const struct file_row *f = &r->files[g->first];

		*(f->connection ? &connections : &files) += 1;
		if (connections_shown + files_shown == max ||
		    (f->connection && connections > SHOWN_CONNECTIONS))
			continue;
		text_file_cells(&t, r, f, &g->sums);
		*(f->connection ? &connections_shown : &files_shown) += 1;
	}
	if (files + connections) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	more_files(out, files - files_shown, connections - connections_shown);
}
