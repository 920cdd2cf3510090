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
#define LINES_A_FILE   6

/* ---- files --------------------------------------------------------------------- */

static void latency_cells(struct table *t, const struct latency_row *l)
{
	char a[DURATION_TEXT];

	table__cell(t, "%s", text_latency(a, l, l->p50_ns));
	table__cell(t, "%s", text_latency(a, l, l->p90_ns));
	table__cell(t, "%s", text_latency(a, l, l->p99_ns));
	table__cell(t, "%s", text_latency(a, l, l->p999_ns));
	table__cell(t, "%s", text_latency(a, l, l->max_ns));
}

struct calls { /* one kind of them on one file */
	const char *name;
	const struct latency_row *now, *total;
	uint64_t bytes, errors, short_writes; /* in the interval */
	uint64_t total_bytes, total_errors, total_short_writes;
};

static void calls_now(struct table *t, const struct interval_report *r, const struct calls *c)
{
	char a[DURATION_TEXT];

	table__cell(t, "  %s", c->name);
	table__cell(t, "%s", text_rate(a, c->now->count, r->interval_ns));
	table__cell(t, "%s", text_byte_rate(a, c->bytes, r->interval_ns));
	latency_cells(t, c->now);
	table__cell(t, "%s", text_count(a, c->errors));
	table__cell(t, "%s", text_count(a, c->short_writes));
}

static void calls_total(struct table *t, const struct interval_report *r, const struct calls *c)
{
	char a[DURATION_TEXT];

	duration_format(a, sizeof(a), r->watched_ns);
	if (c->now->count)
		table__cell(t, "    in %s", a);
	else
		table__cell(t, "  %s in %s", c->name, a);
	table__cell(t, "%s", text_count(a, c->total->count));
	table__cell(t, "%s", c->total_bytes ? bytes_format(a, sizeof(a), c->total_bytes) : "");
	latency_cells(t, c->total);
	table__cell(t, "%s", text_count(a, c->total_errors));
	table__cell(t, "%s", text_count(a, c->total_short_writes));
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
	if (f->oldest_in_flight_ns >= TEXT_MIN_AGE_NS)
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

static void file_block(struct table *t, const struct interval_report *r, const struct file_row *f)
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

	file_line(t, r, f);
	calls_rows(t, r, &writes);
	calls_rows(t, r, &syncs);
	if (f->total_uring_writes + f->total_uring_fsyncs)
		table__line(t,
			    "  by io_uring: %" PRIu64 " of %" PRIu64 " writes, %" PRIu64 " of %" PRIu64
			    " syncs",
			    f->total_uring_writes, d->total_writes.count, f->total_uring_fsyncs,
			    d->total_fsyncs.count);
	text_damage_lines(t, f);
	if (f->slow)
		text_slow_lines(t, f->slow);
}

static size_t most_files(const struct view_options *o)
{
	if (!o->refresh || !o->rows)
		return SHOWN_FILES;
	return o->rows > 4 * LINES_A_FILE ? (o->rows - 10) / LINES_A_FILE : 2;
}

/* Connections are not logs: a few are shown, and the sums of the others. */
#define SHOWN_CONNECTIONS 3
#define SUMS_TEXT         256

struct sums {
	size_t count;
	uint64_t writes, bytes, syncs, errors, max_ns;
};

static void add(struct sums *c, const struct file_row *f)
{
	c->count++;
	c->writes += f->writes.count;
	c->bytes += f->bytes;
	c->syncs += f->fsyncs.count;
	c->errors += f->errors + f->fsync_errors;
	if (f->writes.max_ns > c->max_ns)
		c->max_ns = f->writes.max_ns;
	if (f->fsyncs.max_ns > c->max_ns)
		c->max_ns = f->fsyncs.max_ns;
}

static const char *sums_text(char line[SUMS_TEXT], const struct interval_report *r, const struct sums *c)
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

static void sums_line(struct table *t, const struct interval_report *r, const struct sums *c,
		      const char *what)
{
	char line[SUMS_TEXT];

	table__line(t, "%s: %s (--all shows each)", what, sums_text(line, r, c));
}

static void connections_line(struct table *t, const struct interval_report *r, const struct sums *c)
{
	char what[64];

	snprintf(what, sizeof(what), "and %zu more %s", c->count,
		 c->count == 1 ? "connection" : "connections");
	sums_line(t, r, c, what);
}

/* For a file that several processes write (a server's workers), the worst row is shown, with the sums of all.
 */
static void all_line(struct table *t, const struct interval_report *r, const size_t *first, size_t shown)
{
	struct sums all = {0};
	char what[64];

	for (size_t i = shown; i < r->file_count; i++)
		if (first[i] == shown)
			add(&all, &r->files[i]);
	if (all.count < 2)
		return;
	snprintf(what, sizeof(what), "  all %zu processes", all.count);
	sums_line(t, r, &all, what);
}

static void files(const struct view_options *o, FILE *out, const struct interval_report *r)
{
	static const char *const headings[] = {"",    "CALLS", "BYTES", "p50",    "p90",
					       "p99", "p99.9", "MAX",   "FAILED", "SHORT"};
	struct table t = {.columns = 10, .right = 0x3fe};
	size_t max = most_files(o), connections = 0, others = 0;
	size_t *first = o->all ? NULL : text_first_rows(r, NULL);
	struct sums rest = {0};

	text_heading(&t, headings);
	for (size_t i = 0; i < r->file_count; i++) {
		const struct file_row *f = &r->files[i];

		if (first && first[i] != i)
			continue;
		if (!o->all && file_row__is_connection(f) && connections++ >= SHOWN_CONNECTIONS) {
			add(&rest, f);
			continue;
		}
		if (others++ >= max)
			continue;
		file_block(&t, r, f);
		if (first)
			all_line(&t, r, first, i);
	}
	free(first);
	if (rest.count)
		connections_line(&t, r, &rest);
	if (r->file_count) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, others, "file", "files");
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
	size_t *first = text_first_rows(r, NULL), files = 0, connections = 0;
	struct sums sums = {0};
	char line[SUMS_TEXT];

	for (size_t i = 0; i < r->file_count; i++) {
		if (file_row__is_connection(&r->files[i])) {
			connections++;
			continue;
		}
		files += !r->files[i].rest && first[i] == i;
		add(&sums, &r->files[i]);
	}
	free(first);
	text_part(out, "%zu processes, %zu %s", r->process_count, files, files == 1 ? "file" : "files");
	if (files)
		text_part(out, ": %s", sums_text(line, r, &sums));
	if (connections)
		text_part(out, "; %zu %s", connections, connections == 1 ? "connection" : "connections");
	text_line(out, "%s", "");
}

void text_logs_heading(const struct view_options *o, FILE *out, const struct interval_report *r)
{
	char clock[DURATION_TEXT];

	text_part(out, "%.8s  ", time_format_clock(clock, sizeof(clock), r->time_ns));
	if (r->process_count == 1) {
		text_part(out, "%.120s (%d)%s: ", r->processes[0].comm, (int)r->processes[0].pid,
			  r->processes[0].ended ? ", ended" : "");
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
	struct screen screen;
	FILE *out = screen__begin(&screen, o);
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
	if (!o->refresh)
		text_line(out, "%s", "");
	screen__end(&screen, o);
}
