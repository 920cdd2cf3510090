// SPDX-License-Identifier: GPL-2.0-or-later
/* One interval of logs: hanging calls first, then the files, the worst first. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "util/append.h"
#include "util/heap.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"

#define SHOWN_FINDINGS 5
#define SHOWN_FILES    20 /* without a terminal's height */

/* ---- files --------------------------------------------------------------------- */

struct calls { /* one kind of them on one file */
	const char *name;
	const struct latency_row *now, *total;
	uint64_t bytes, errors, short_writes; /* in the interval */
	uint64_t total_bytes, total_errors, total_short_writes;
};

static void calls_cells(struct table *t, const char *name, const char *calls, const char *bytes,
			const struct latency_row *latency, uint64_t errors, uint64_t short_writes)
{
#include "views/text/text_cells.h"
#include "report/columns/log_calls.def"
}

static void calls_now(struct table *t, const struct interval_report *r, const struct calls *c)
{
	char name[DURATION_TEXT], calls[DURATION_TEXT], bytes[DURATION_TEXT];

	snprintf(name, sizeof(name), "  %s", c->name);
	calls_cells(t, name, text_rate(calls, c->now->count, r->interval_ns),
		    text_byte_rate(bytes, c->bytes, r->interval_ns), c->now, c->errors, c->short_writes);
}

static void calls_total(struct table *t, const struct interval_report *r, const struct calls *c)
{
	char name[2 * DURATION_TEXT], calls[DURATION_TEXT], bytes[DURATION_TEXT] = "", watched[DURATION_TEXT];

	duration_format(watched, sizeof(watched), r->watched_ns);
	if (c->now->count)
		snprintf(name, sizeof(name), "    in %s", watched);
	else
		snprintf(name, sizeof(name), "  %s in %s", c->name, watched);
	if (c->total_bytes)
		bytes_format(bytes, sizeof(bytes), c->total_bytes);
	calls_cells(t, name, text_count(calls, c->total->count), bytes, c->total, c->total_errors,
		    c->total_short_writes);
}

static void calls_rows(struct table *t, const struct interval_report *r, const struct calls *c)
{
	if (c->now->count)
		calls_now(t, r, c);
	if (c->total->count)
		calls_total(t, r, c);
}

static const char *process_name(const struct interval_report *r, pid_t pid)
{
	const struct process_row *p = text_process(r, pid);

	return p ? p->comm : "";
}

/* Process, descriptor, flags and number of writers. */
static void file_line(struct table *t, const struct interval_report *r, const struct file_row *f)
{
	char process[48] = "", fd[24] = "", flight[DURATION_TEXT + 32] = "", a[DURATION_TEXT];
	const char *append = "", *sync = f->sync_flag ? f->sync_flag : "", *fs = f->fs ? f->fs : "";
	char name[TEXT_FILE_NAME], writers[40];

	if (r->process_count > 1)
		snprintf(process, sizeof(process), "%.16s (%d)  ", process_name(r, f->pid), (int)f->pid);
	if (f->fd >= 0)
		snprintf(fd, sizeof(fd), "fd %d, ", f->fd);
	if (f->hangs)
		snprintf(flight, sizeof(flight), "; %zu in flight for %.40s", f->in_flight,
			 duration_format(a, sizeof(a), f->oldest_in_flight_ns));
	if (f->writers && !f->rest && file_kind__is_file(f->kind))
		append = f->append ? ", O_APPEND" : f->writers > 1 || f->overwrites ? ", not O_APPEND" : "";
	snprintf(writers, sizeof(writers), f->writers ? "%" PRIu64 " %s" : "synced only", f->writers,
		 f->writers == 1 ? "writer" : "writers");
	table__line(t, "%s%s  (%s%s%s%s%s%s%s)%s", process, text_file_name(name, sizeof(name), f), fd,
		    writers, append, *sync ? ", " : "", sync, *fs ? ", " : "", fs, flight);
	if (f->host_path)
		table__line(t, "  on this host: %.1000s", f->host_path);
}

static void all_calls(struct table *t, const struct interval_report *r, const struct file_row *f)
{
	const struct file_detail *d = f->detail;
	const struct calls writes = {.name = "writes",
				     .now = &f->writes,
				     .total = &d->total_writes,
				     .bytes = f->bytes,
				     .errors = f->errors,
				     .short_writes = f->short_writes,
				     .total_bytes = d->total_bytes,
				     .total_errors = d->total_errors,
				     .total_short_writes = d->total_short_writes};
	const struct calls syncs = {.name = "syncs",
				    .now = &f->fsyncs,
				    .total = &d->total_fsyncs,
				    .errors = f->fsync_errors,
				    .total_errors = d->total_fsync_errors};

	calls_rows(t, r, &writes);
	calls_rows(t, r, &syncs);
	if (f->total_uring_writes + f->total_uring_fsyncs)
		table__line(t,
			    "  by io_uring: %" PRIu64 " of %" PRIu64 " writes, %" PRIu64 " of %" PRIu64
			    " syncs",
			    f->total_uring_writes, d->total_writes.count, f->total_uring_fsyncs,
			    d->total_fsyncs.count);
}

void text_file_calls(struct table *t, const struct interval_report *r, const struct file_row *f)
{
	file_line(t, r, f);
	if (f->detail)
		all_calls(t, r, f);
	text_damage_lines(t, f);
}

static void file_block(struct table *t, const struct interval_report *r, const struct file_row *f)
{
	text_file_calls(t, r, f);
	if (f->slow)
		text_slow_lines(t, f->slow);
}

/* Connections are not logs: a few are shown, and the sums of the others. */
#define SHOWN_CONNECTIONS 3
#define SUMS_TEXT         256

static const char *sums_text(char line[SUMS_TEXT], const struct interval_report *r, const struct file_sums *c)
{
	char a[DURATION_TEXT], b[DURATION_TEXT];
	size_t used = 0;

	*line = '\0';
	if (c->writes)
		append(line, SUMS_TEXT, &used, "writes %s, %s", text_rate(a, c->writes, r->interval_ns),
		       text_byte_rate(b, c->bytes, r->interval_ns));
	if (c->syncs)
		append(line, SUMS_TEXT, &used, "%ssyncs %s", used ? ", " : "",
		       text_rate(a, c->syncs, r->interval_ns));
	if (used)
		append(line, SUMS_TEXT, &used, ", max %s", duration_format(a, sizeof(a), c->max_ns));
	else
		append(line, SUMS_TEXT, &used, "no calls in this interval");
	if (c->errors)
		append(line, SUMS_TEXT, &used, ", %" PRIu64 " failed", c->errors);
	return line;
}

static void sums_line(struct table *t, const struct interval_report *r, const struct file_sums *c,
		      const char *what)
{
	char line[SUMS_TEXT];

	table__line(t, "%s: %s (--all shows each)", what, sums_text(line, r, c));
}

static void connections_line(struct table *t, const struct interval_report *r, const struct file_sums *c,
			     size_t count)
{
	char what[64];

	snprintf(what, sizeof(what), "and %zu more %s", count, count == 1 ? "connection" : "connections");
	sums_line(t, r, c, what);
}

/* Of a file that several processes write (a server's workers), the worst row, with the sums of all. */
static void group_block(struct table *t, const struct interval_report *r, const struct file_group *g)
{
	char what[64];

	file_block(t, r, &r->files[g->first]);
	if (g->sums.count < 2)
		return;
	snprintf(what, sizeof(what), "  all %zu processes", g->sums.count);
	sums_line(t, r, &g->sums, what);
}

/* At most max. Returns how many there would be, beside the connections that are summed up. */
static size_t groups(struct table *t, const struct interval_report *r, size_t max)
{
	size_t connections = 0, files = 0;
	struct file_sums rest = {0};

	for (size_t i = 0; i < r->file_group_count; i++) {
		const struct file_group *g = &r->file_groups[i];

		if (r->files[g->first].connection && connections++ >= SHOWN_CONNECTIONS)
			file_sums__add(&rest, &g->sums);
		else if (files++ < max)
			group_block(t, r, g);
	}
	if (connections > SHOWN_CONNECTIONS)
		connections_line(t, r, &rest, connections - SHOWN_CONNECTIONS);
	return files;
}

static void files(const struct view_options *o, FILE *out, const struct interval_report *r)
{
	struct table t = text_table(COLUMNS_OF_LOG_CALLS);
	size_t max = SHOWN_FILES, count = r->file_count;

	if (!o->all)
		count = groups(&t, r, max);
	for (size_t i = 0; o->all && i < count && i < max; i++)
		file_block(&t, r, &r->files[i]);
	if (r->file_count) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, count, "file", "files");
}

/* ---- writes that no call shows ------------------------------------------------------- */

#define SHOWN_MAPPED 4

static void mapped(FILE *out, const struct interval_report *r)
{
	char bytes[DURATION_TEXT], process[48] = "";

	if (!r->mapped_count)
		return;
	text_line(out, "%s", "");
	text_line(out, "not counted: writes through mapped memory (msync calls are counted), to");
	for (size_t i = 0; i < r->mapped_count && i < SHOWN_MAPPED; i++) {
		const struct mapped_row *f = &r->mapped[i];

		if (r->process_count > 1)
			snprintf(process, sizeof(process), " by %.16s (%d)", process_name(r, f->pid),
				 (int)f->pid);
		text_line(out, "  %.1000s  (%s mapped%s)", f->path,
			  bytes_format(bytes, sizeof(bytes), f->bytes), process);
	}
	text_more(out, SHOWN_MAPPED, r->mapped_count, "mapped file", "mapped files");
}

/* ---- the report ------------------------------------------------------------------ */

static void findings(const struct view_options *o, FILE *out, const struct interval_report *r)
{
	struct finding *list = HEAP_NEW(struct finding, r->finding_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < r->finding_count; i++)
		if (finding__of_logs(&r->findings[i]))
			list[count++] = r->findings[i];
	text_findings(o, out, list, count, SHOWN_FINDINGS);
	free(list);
}

/* Files and connections are summed up separately. */
static void several_processes(FILE *out, const struct interval_report *r)
{
	size_t files = 0, connections = 0;
	struct file_sums sums = {0};
	char line[SUMS_TEXT];

	for (size_t i = 0; i < r->file_group_count; i++) {
		const struct file_group *g = &r->file_groups[i];

		if (r->files[g->first].connection) {
			connections += g->sums.count;
			continue;
		}
		files += !r->files[g->first].rest;
		file_sums__add(&sums, &g->sums);
	}
	text_part(out, "%zu processes, %zu %s", r->process_count, files, files == 1 ? "file" : "files");
	if (files)
		text_part(out, ": %s", sums_text(line, r, &sums));
	if (connections)
		text_part(out, "; %zu %s", connections, connections == 1 ? "connection" : "connections");
	text_line(out, "%s", "");
}

void text_logs_heading(const struct view_options *o, FILE *out, const struct interval_report *r)
{
	char clock[DURATION_TEXT], end[TEXT_END], stop[DESCRIBE_STOP];

	text_part(out, "%.8s  ", time_format_clock(clock, sizeof(clock), r->time_ns));
	if (r->process_count == 1) {
		text_part(out, "%.120s (%d)%s%s: ", r->processes[0].comm, (int)r->processes[0].pid,
			  r->processes[0].ended ? ", " : "", text_end(end, &r->processes[0]));
		if (r->processes[0].stop.by)
			text_part(out, "%s. ", describe_stop(stop, sizeof(stop), &r->processes[0].stop));
		text_io_sentence(out, &r->processes[0], r->interval_ns);
		text_line(out, "%s", "");
	} else if (r->process_count) {
		several_processes(out, r);
	} else {
		text_no_process(o, out);
	}
}

static void no_log(const struct view_options *o, FILE *out, const struct interval_report *r)
{
	char a[DURATION_TEXT];

	text_line(out, "no writes to logs%s in %s%s", o->some_files ? " that match --log-file" : "",
		  duration_format(a, sizeof(a), r->watched_ns),
		  o->some_files ? " (a glob matches the whole path: '*/access.log')" : "");
	if (o->worker_count && r->process_count == 1)
		text_line(out, "%zu %s of the same name %s not watched; use -n '%.120s'", o->worker_count,
			  o->worker_count == 1 ? "child process" : "child processes",
			  o->worker_count == 1 ? "is" : "are", r->processes[0].comm);
}

#define SHOWN_UNSEEN 4

/* Returns their number. */
static size_t unseen_processes(FILE *out, const struct interval_report *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].calls_unseen && count++ < SHOWN_UNSEEN)
			text_line(out, "not counted: writes and syncs of %s (%d), which runs 32-bit code",
				  r->processes[i].comm, (int)r->processes[i].pid);
	text_more(out, SHOWN_UNSEEN, count, "such process", "such processes");
	return count;
}

void text_logs(const struct view_options *o, const struct interval_report *r)
{
	FILE *out = o->out;
	size_t unseen;

	text_logs_heading(o, out, r);
	findings(o, out, r);
	text_calls(out, r);
	files(o, out, r);
	unseen = unseen_processes(out, r);
	if (!r->file_count && (!unseen || unseen < r->process_count))
		no_log(o, out, r);
	if (r->uring_hidden)
		text_line(out, "not counted: writes and syncs by io_uring ('threadscope doctor' shows why)");
	mapped(out, r);
	text_losses(o, out, r->losses, r->loss_count);
	text_cost(out, &r->cost);
	text_line(out, "%s", "");
}
