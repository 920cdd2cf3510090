/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sections that several text documents share, and the documents themselves. */
#ifndef TS_VIEWS_TEXT_TEXT_PARTS_H
#define TS_VIEWS_TEXT_TEXT_PARTS_H

#include "model/interval/heatmap.h"
#include "words/describe.h"
#include "report/column.h"
#include "views/text/text_out.h"

/* At most max findings. */
void text_findings(const struct view_options *o, FILE *out, const struct finding *findings, size_t count,
		   size_t max);
/* "lost: nothing", or the losses, in colour: part of the last line. */
void text_losses(const struct view_options *o, FILE *out, const struct loss_row *losses, size_t count);
/* "... and 3 more LOCKS" if count is more than shown; one, more: the noun in the singular and the plural. */
void text_more(FILE *out, size_t shown, size_t count, const char *one, const char *more);

/* The tables of an interval: at most max rows each. */
/* NULL: not in the report. */
const struct process_row *text_process(const struct interval_report *r, pid_t pid);
void text_process_table(FILE *out, const struct interval_report *r, size_t max);
void text_locks(FILE *out, const struct interval_report *r, size_t max);
void text_creators(FILE *out, const struct interval_report *r, size_t max);
void text_files(FILE *out, const struct interval_report *r, size_t max);
/* Calls timed by call and place, if they are. */
void text_timed(FILE *out, const struct interval_report *r, size_t max);
/* A table with these columns, and their headings as its first row where they have some. */
struct table text_table(enum column_table which);
/* A cell with the PID if the report has several processes, otherwise an empty one. */
void text_pid_cell(struct table *t, const struct interval_report *r, pid_t pid);

/* "100213 goroutines, 20/s created, ...": a line, if it is a Go program. */
void text_go_line(FILE *out, const struct interval_report *r, const struct process_row *row);

/* Its groups and creators, as last read: two tables. */
void text_go_groups(FILE *out, const struct interval_report *r, size_t max);
void text_go_creators(FILE *out, const struct interval_report *r, size_t max);

/* "writes 900/s, ...; fsyncs ...": a part of a line. */
void text_io_sentence(FILE *out, const struct process_row *p, uint64_t interval_ns);
/* No target exists; with -n, the names. */
void text_no_process(const struct view_options *o, FILE *out);
/* "; cost: 1 % of a CPU, 12 MiB": the rest of the last line. */
void text_cost(FILE *out, const struct cost_row *c);

/* For logs: the first line, and the hanging calls. */
void text_logs_heading(const struct view_options *o, FILE *out, const struct interval_report *r);
void text_calls(FILE *out, const struct interval_report *r);
/* The path, "(deleted)", and the peer. Fills dst and returns it. */
char *text_file_name(char *dst, size_t size, const struct file_row *f);
#define TEXT_FILE_NAME 1400 /* buffer size for a name */
/* Lines of the table of files: errors, torn lines and overwrites of the interval; unsynced data. */
void text_damage_lines(struct table *t, const struct file_row *f);
void text_slow_lines(struct table *t, const struct file_slow *s);

/* Who writes to a file, a table of its calls (columns: COLUMNS_OF_LOG_CALLS), and its damage. */
void text_file_calls(struct table *t, const struct interval_report *r, const struct file_row *f);
/* "43 % journal commit, 2 % running": of a whole, the largest parts first, without small ones. */
char *text_stall_parts(char *dst, size_t size, const uint64_t *parts, uint64_t whole);
/* Latency over time of one kind of calls. false: there were none, and nothing is printed. */
bool text_heat(const struct view_options *o, FILE *out, const struct heatmap *h, enum heat_kind kind);

/* The parts of a snapshot: deadlocks and locks with their owners; threads with their stacks. */
void text_chains(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		 const struct naming *n);
void text_stacks(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		 const struct naming *n);

/* Goroutines: a summary of goroutines and threads, then groups with their stacks. */
void text_goroutines(const struct view_options *o, FILE *out, const struct snapshot_report *r);
/* Each goroutine, in the format of Go's own traceback. */
void text_traceback(const struct view_options *o, FILE *out, const struct snapshot_report *r);

void text_interval(const struct view_options *o, const struct interval_report *r);
void text_logs(const struct view_options *o, const struct interval_report *r);
void text_heatmap(const struct view_options *o, const struct heatmap *h, const struct interval_report *r);
/* The summary of a snapshot that others follow. */
void text_snapshot_summary(const struct view_options *o, const struct snapshot_report *r);
void text_snapshot(const struct view_options *o, const struct snapshot_report *r);
void text_event(const struct view_options *o, const struct event_row *e);
void text_doctor(const struct view_options *o, const struct doctor_report *r);

/* How it ended in the interval; "": it has not. */
#define TEXT_END 48
char *text_end(char dst[TEXT_END], const struct process_row *p);

#endif
