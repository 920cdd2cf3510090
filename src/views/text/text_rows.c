// SPDX-License-Identifier: GPL-2.0-or-later
/* text_rows.h, from the tables of columns. */
#include "views/text/text_rows.h"

#include <inttypes.h>
#include <math.h>

#include "util/append.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "words/describe_go.h"

#define SHOWN_COMMAND 160

void text_process_cells(struct table *t, const struct interval_report *report, const struct process_row *r)
{
	char end[TEXT_END], name[DESCRIBE_PROCESS], command[SHOWN_COMMAND];

	text_end(end, r);
	describe_process(name, r);
	describe_command(command, sizeof(command), r);
#include "views/text/text_cells.h"
#include "report/columns/processes.def"
}

double text_process_value(const struct interval_report *report, const struct process_row *r, size_t column)
{
	double values[TABLE_COLUMNS], *v = values;

	(void)report;
#include "views/text/text_values.h"
#include "report/columns/processes.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}

void text_lock_cells(struct table *t, const struct interval_report *report, const struct lock_row *r)
{
	const struct naming naming = naming__of_interval(report);
	char lock[DESCRIBE_WAIT], owner[DESCRIBE_HOLDER], signal[DESCRIBE_HOLDER];
	char words[DESCRIBE_WAIT + 2 * DESCRIBE_HOLDER + 8];

	describe_holder(owner, sizeof(owner), &naming, r);
	snprintf(words, sizeof(words), "%s%s%s%s", describe_lock(lock, sizeof(lock), r), *owner ? ", " : "",
		 owner, describe_signal(signal, sizeof(signal), &naming, r));
#include "views/text/text_cells.h"
#include "report/columns/locks.def"
}

double text_lock_value(const struct interval_report *report, const struct lock_row *r, size_t column)
{
	double values[TABLE_COLUMNS], *v = values;

	(void)report;
#include "views/text/text_values.h"
#include "report/columns/locks.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}

void text_creator_cells(struct table *t, const struct interval_report *report, const struct creator_row *r)
{
	char words[DESCRIBE_WAIT];

	if (r->cause)
		snprintf(words, sizeof(words), "%s", r->cause);
	else
		describe_creator(words, sizeof(words), &r->stack, 8);
#include "views/text/text_cells.h"
#include "report/columns/creators.def"
}

double text_creator_value(const struct interval_report *report, const struct creator_row *r, size_t column)
{
	double values[TABLE_COLUMNS], *v = values;

	(void)report;
#include "views/text/text_values.h"
#include "report/columns/creators.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}

/* The row has the figures of one process: " (1 of 10 processes; all: writes 2215/s, syncs 2215/s)". */
static void add_sums(char *dst, size_t size, size_t *used, const struct file_sums *sums, uint64_t interval_ns)
{
	char rate[DURATION_TEXT];

	if (sums->count < 2)
		return;
	append(dst, size, used, " (1 of %zu processes", sums->count);
	if (interval_ns && sums->writes)
		append(dst, size, used, "; all: writes %s", text_rate(rate, sums->writes, interval_ns));
	if (interval_ns && sums->syncs)
		append(dst, size, used, "%ssyncs %s",
		       sums->writes ? ", " : "; all: ", text_rate(rate, sums->syncs, interval_ns));
	append(dst, size, used, ")");
}

/* The name of a file, what all of its processes do, and its damage. */
static char *file_words(char *dst, size_t size, const struct file_row *f, const struct file_sums *sums,
			uint64_t interval_ns)
{
	char name[TEXT_FILE_NAME];
	size_t used = 0;

	if (!*f->path) {
		append(dst, size, &used, "(%s, name unknown)", file_kind__name(f->kind));
		return dst;
	}
	append(dst, size, &used, "%.600s", text_file_name(name, sizeof(name), f));
	add_sums(dst, size, &used, sums, interval_ns);
	append(dst, size, &used, "%s%s",
	       !f->append && !f->rest && f->writers > 1 && file_kind__is_file(f->kind) ? " (not O_APPEND)"
										       : "",
	       f->torn_known && f->torn_lines ? " (lines torn)" : "");
	return dst;
}

void text_file_cells(struct table *t, const struct interval_report *report, const struct file_row *r,
		     const struct file_sums *sums)
{
	char words[TEXT_FILE_NAME];

	file_words(words, sizeof(words), r, sums, report->interval_ns);
#include "views/text/text_cells.h"
#include "report/columns/files.def"
}

double text_file_value(const struct interval_report *report, const struct file_row *r, size_t column)
{
	double values[TABLE_COLUMNS], *v = values;

	(void)report;
#include "views/text/text_values.h"
#include "report/columns/files.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}

void text_go_group_cells(struct table *t, const struct interval_report *report, pid_t pid,
			 const struct go_group_row *r)
{
#include "views/text/text_cells.h"
#include "report/columns/go_groups.def"
}

double text_go_group_value(const struct interval_report *report, pid_t pid, const struct go_group_row *r,
			   size_t column)
{
	double values[TABLE_COLUMNS], *v = values;

	(void)report;
#include "views/text/text_values.h"
#include "report/columns/go_groups.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}

void text_go_creator_cells(struct table *t, const struct interval_report *report, pid_t pid,
			   const struct go_creator_row *r)
{
	char line[DESCRIBE_NAME], words[4096 + DESCRIBE_NAME];

	describe_go_line(line, sizeof(line), &r->created_by);
	snprintf(words, sizeof(words), "%s%s%s", r->created_by.function, *line ? " at " : "", line);
#include "views/text/text_cells.h"
#include "report/columns/go_creators.def"
}

double text_go_creator_value(const struct interval_report *report, pid_t pid, const struct go_creator_row *r,
			     size_t column)
{
	double values[TABLE_COLUMNS], *v = values;

	(void)report;
#include "views/text/text_values.h"
#include "report/columns/go_creators.def"
	return column < (size_t)(v - values) ? values[column] : NAN;
}
