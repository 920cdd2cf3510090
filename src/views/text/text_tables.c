/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of an interval. Each prints at most max rows, and the number of further rows. */
#include <inttypes.h>

#include "words/describe.h"
#include "util/append.h"
#include "views/text/text_parts.h"
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

	for (size_t i = 0; i < report->process_count && i < max; i++) {
		const struct process_row *r = &report->processes[i];
		char end[TEXT_END];

		text_end(end, r);
#include "views/text/text_cells.h"
#include "report/columns/processes.def"
	}
	table__print(t, out);
	table__free(t);
	text_more(out, max, report->process_count, "process", "processes");
}

static void lock_cells(struct table *t, const struct interval_report *report, const struct lock_row *r)
{
	const struct naming naming = naming__of_interval(report);
	char lock[DESCRIBE_WAIT], owner[DESCRIBE_NAME + 24], words[DESCRIBE_WAIT + DESCRIBE_NAME + 32];

	describe_owner(owner, sizeof(owner), &naming, r->kind, r->owner_tid);
	snprintf(words, sizeof(words), "%s%s%s", describe_lock(lock, sizeof(lock), r), *owner ? ", " : "",
		 owner);
#include "views/text/text_cells.h"
#include "report/columns/locks.def"
}

/* In the order of their rank. */
void text_locks(FILE *out, const struct interval_report *r, size_t max)
{
	struct table t = text_table(COLUMNS_OF_LOCKS);

	for (size_t i = 0; i < r->ranked_locks && i < max; i++)
		lock_cells(&t, r, &r->locks[r->lock_rank[i]]);
	if (r->ranked_locks) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, r->ranked_locks, "lock", "locks");
}

void text_creators(FILE *out, const struct interval_report *report, size_t max)
{
	struct table table = text_table(COLUMNS_OF_CREATORS), *t = &table;
	char words[DESCRIBE_WAIT];

	for (size_t i = 0; i < report->creator_count && i < max; i++) {
		const struct creator_row *r = &report->creators[i];

		describe_creator(words, sizeof(words), &r->stack, 8);
#include "views/text/text_cells.h"
#include "report/columns/creators.def"
	}
	if (report->creator_count) {
		text_line(out, "%s", "");
		table__print(t, out);
	}
	table__free(t);
	text_more(out, max, report->creator_count, "creator", "creators");
}

/* The name of a file, the number of other processes that write to it, and its damage. */
static char *file_words(char *dst, size_t size, const struct file_row *f, size_t others)
{
	char name[TEXT_FILE_NAME];
	size_t used = 0;

	if (!*f->path) {
		append(dst, size, &used, "(%s, name unknown)", file_kind__name(f->kind));
		return dst;
	}
	append(dst, size, &used, "%.600s", text_file_name(name, sizeof(name), f));
	if (others)
		append(dst, size, &used, " (and %zu more %s)", others, others == 1 ? "process" : "processes");
	append(dst, size, &used, "%s%s",
	       !f->append && !f->rest && f->writers > 1 && file_kind__is_file(f->kind) ? " (not O_APPEND)"
										       : "",
	       f->torn_known && f->torn_lines ? " (lines torn)" : "");
	return dst;
}

/* On a narrow screen, names have lines of their own. */
#define NARROW_COLUMNS 160

/* others: further processes that write to the file */
static void file_cells(struct table *t, const struct interval_report *report, const struct file_row *r,
		       size_t others, bool narrow)
{
	char words[TEXT_FILE_NAME];

	file_words(words, sizeof(words), r, others);
	if (narrow) {
		table__line(t, "%s", words);
		*words = '\0';
	}
#include "views/text/text_cells.h"
#include "report/columns/files.def"
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

void text_files(const struct view_options *o, FILE *out, const struct interval_report *r, size_t max)
{
	struct table t = text_table(COLUMNS_OF_FILES);
	bool narrow = o->refresh && o->columns && o->columns < NARROW_COLUMNS;
	size_t connections = 0, connections_shown = 0, files = 0, files_shown = 0;

	for (size_t i = 0; i < r->file_group_count; i++) {
		const struct file_group *g = &r->file_groups[i];
		const struct file_row *f = &r->files[g->first];

		*(f->connection ? &connections : &files) += 1;
		if (connections_shown + files_shown == max ||
		    (f->connection && connections > SHOWN_CONNECTIONS))
			continue;
		file_cells(&t, r, f, g->sums.count - 1, narrow);
		*(f->connection ? &connections_shown : &files_shown) += 1;
	}
	if (files + connections) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	more_files(out, files - files_shown, connections - connections_shown);
}
