/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of an interval. Each prints at most max rows, and the number of further rows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "util/append.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"

void text_heading(struct table *t, const char *const *names)
{
	t->heading = true;
	for (size_t i = 0; i < t->columns; i++)
		table__cell(t, "%s", names[i]);
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

bool text_is_go(const struct interval_report *r, pid_t pid)
{
	const struct process_row *p = text_process(r, pid);

	return p && p->go;
}

void text_process_table(FILE *out, const struct interval_report *r, size_t max)
{
	static const char *const headings[] = {"PID",       "COMMAND",   "THREADS",   "CHANGE",
					       "RUNNING",   "BLOCKED",   "CPU",       "WRITES",
					       "WRITE p99", "FSYNC p99", "FUTEX p99", ""};
	struct table t = {.columns = 12, .right = 0x7fd};
	char a[DURATION_TEXT];

	text_heading(&t, headings);
	for (size_t i = 0; i < r->process_count && i < max; i++) {
		const struct process_row *p = &r->processes[i];

		table__cell(&t, "%d", (int)p->pid);
		table__cell(&t, "%.40s", p->comm);
		table__cell(&t, "%" PRIu64, p->threads);
		table__cell(&t, "%s", text_change(a, p->created, p->exited));
		table__cell(&t, "%" PRIu64, p->running);
		table__cell(&t, "%" PRIu64, p->blocked);
		table__cell(&t, "%s", text_percent(a, p->cpu_ns, r->interval_ns));
		table__cell(&t, "%s", text_rate(a, p->writes.count, r->interval_ns));
		table__cell(&t, "%s", text_latency(a, &p->writes, p->writes.p99_ns));
		table__cell(&t, "%s", text_latency(a, &p->fsyncs, p->fsyncs.p99_ns));
		table__cell(&t, "%s", text_latency(a, &p->futex, p->futex.p99_ns));
		table__cell(&t, "%s", p->ended ? "ended" : "");
	}
	table__print(&t, out);
	table__free(&t);
	text_more(out, max, r->process_count, "process", "processes");
}

static void lock_cells(struct table *t, const struct interval_report *r, const struct lock_row *l)
{
	struct naming naming = {r->threads, r->thread_count, r->locks, r->lock_count, false};
	char text[DESCRIBE_WAIT], owner[DESCRIBE_NAME + 24], a[DURATION_TEXT];

	describe_owner(owner, sizeof(owner), &naming, l->kind, l->owner_tid);
	text_pid_cell(t, r, l->pid);
	table__cell(t, "%zu", l->waiter_count);
	table__cell(t, "%s", text_rate(a, l->waits.count, r->interval_ns));
	table__cell(t, "%s", duration_format(a, sizeof(a), l->wait_ns));
	table__cell(t, "%s", text_latency(a, &l->waits, l->waits.p50_ns));
	table__cell(t, "%s", text_latency(a, &l->waits, l->waits.p99_ns));
	table__cell(t, "%s", text_latency(a, &l->waits, l->waits.max_ns));
	table__cell(t, "%s%s%s", describe_lock(text, sizeof(text), l), *owner ? ", " : "", owner);
}

static bool for_work(const struct interval_report *r, const struct lock_row *l)
{
	return l->kind == LOCK_CONDVAR || (l->kind == LOCK_FUTEX && text_is_go(r, l->pid));
}

/* Contended locks first, then those at which workers wait for work. */
void text_locks(FILE *out, const struct interval_report *r, size_t max)
{
	static const char *const headings[] = {"PID", "WAITERS", "WAITS", "WAITED",
					       "p50", "p99",     "MAX",   "LOCK"};
	struct table t = {.columns = 8, .right = 0x7f};
	size_t used = 0;

	text_heading(&t, headings);
	for (int work = 0; work < 2; work++) {
		for (size_t i = 0; i < r->lock_count; i++) {
			const struct lock_row *l = &r->locks[i];

			if (for_work(r, l) == work && (l->waits.count || l->waiter_count) && used++ < max)
				lock_cells(&t, r, l);
		}
	}
	if (used) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, used, "lock", "locks");
}

void text_creators(FILE *out, const struct interval_report *r, size_t max)
{
	static const char *const headings[] = {"PID",    "ALIVE",  "CREATED",
					       "EXITED", "GROWTH", "THREADS CREATED BY"};
	struct table t = {.columns = 6, .right = 0x1f};
	char stack[DESCRIBE_WAIT], a[DURATION_TEXT];

	text_heading(&t, headings);
	for (size_t i = 0; i < r->creator_count && i < max; i++) {
		const struct creator_row *c = &r->creators[i];

		describe_creator(stack, sizeof(stack), &c->stack, 8);
		text_pid_cell(&t, r, c->pid);
		table__cell(&t, "%" PRIu64, c->alive);
		table__cell(&t, "%" PRIu64, c->created);
		table__cell(&t, "%" PRIu64, c->exited);
		table__cell(&t, "%s", text_growth(a, c->growth_per_s));
		table__cell(&t, "%s", *stack ? stack : "(stack unknown)");
	}
	if (r->creator_count) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	text_more(out, max, r->creator_count, "creator", "creators");
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
	       f->torn_lines && f->of_lines ? " (lines torn)" : "");
	return dst;
}

/* On a narrow screen, names have lines of their own. */
#define NARROW_COLUMNS 160

/* others: further processes that write to the file */
static void file_cells(struct table *t, const struct interval_report *r, const struct file_row *f,
		       size_t others, bool narrow)
{
	const struct latency_row *w = &f->writes, *s = &f->fsyncs;
	uint64_t interval_ns = r->interval_ns;
	char a[DURATION_TEXT], words[TEXT_FILE_NAME];

	file_words(words, sizeof(words), f, others);
	if (narrow)
		table__line(t, "%s", words);
	text_pid_cell(t, r, f->pid);
	table__cell(t, "%s", text_rate(a, w->count, interval_ns));
	table__cell(t, "%s", text_byte_rate(a, f->bytes, interval_ns));
	table__cell(t, "%s", text_latency(a, w, w->p50_ns));
	table__cell(t, "%s", text_latency(a, w, w->p99_ns));
	table__cell(t, "%s", text_latency(a, w, w->max_ns));
	table__cell(t, "%s", text_rate(a, s->count, interval_ns));
	table__cell(t, "%s", text_latency(a, s, s->p99_ns));
	table__cell(t, "%s", text_latency(a, s, s->max_ns));
	if (f->in_flight)
		table__cell(t, "%zu for %s", f->in_flight,
			    duration_format(a, sizeof(a), f->oldest_in_flight_ns));
	else
		table__cell(t, "%s", "");
	table__cell(t, "%s", text_count(a, f->errors + f->fsync_errors));
	table__cell(t, "%s", text_count(a, f->short_writes));
	table__cell(t, "%" PRIu64, f->writers);
	table__cell(t, "%s", f->unsynced_bytes ? bytes_format(a, sizeof(a), f->unsynced_bytes) : "");
	table__cell(t, "%s", narrow ? "" : words);
}

static bool is_used(const struct file_row *f)
{
	return f->writes.count || f->fsyncs.count || f->in_flight || f->unsynced_bytes;
}

static size_t others(const struct interval_report *r, const size_t *first, size_t file)
{
	size_t count = 0;

	for (size_t i = file + 1; i < r->file_count; i++)
		count += first[i] == file && is_used(&r->files[i]);
	return count;
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
	static const char *const headings[] = {"PID",    "WRITES", "BYTES",     "p50",       "p99",
					       "MAX",    "FSYNCS", "FSYNC p99", "FSYNC MAX", "IN FLIGHT",
					       "ERRORS", "SHORT",  "WRITERS",   "UNSYNCED",  "FILE"};
	struct table t = {.columns = 15, .right = 0x3fff};
	size_t *first = text_first_rows(r, is_used);
	bool narrow = o->refresh && o->columns && o->columns < NARROW_COLUMNS;
	size_t connections = 0, connections_shown = 0, files = 0, files_shown = 0;

	text_heading(&t, headings);
	for (size_t i = 0; i < r->file_count; i++) {
		const struct file_row *f = &r->files[i];
		bool connection = file_row__is_connection(f);

		if (!is_used(f) || first[i] != i)
			continue;
		*(connection ? &connections : &files) += 1;
		if (connections_shown + files_shown == max || (connection && connections > SHOWN_CONNECTIONS))
			continue;
		file_cells(&t, r, f, others(r, first, i), narrow);
		*(connection ? &connections_shown : &files_shown) += 1;
	}
	free(first);
	if (files + connections) {
		text_line(out, "%s", "");
		table__print(&t, out);
	}
	table__free(&t);
	more_files(out, files - files_shown, connections - connections_shown);
}
