// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings from the rows of files: dropped writes, failed syncs, torn lines, overwrites, holes, deleted logs.
 */
#include "model/findings/interval_finders.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "thresholds.h"
#include "util/duration.h"
#include "words/describe.h"

struct subject {
	struct findings *f;
	const struct interval_report *r;
	const struct file_row *row;
};

static const char *path_of(const struct file_row *row)
{
	return *row->path ? row->path : "a file of unknown name";
}

static void add(const struct subject *s, enum finding_kind kind, enum severity severity, const char *summary)
{
	findings__add(s->f, &(struct finding){.kind = kind,
					      .severity = severity,
					      .summary = summary,
					      .path = *s->row->path ? s->row->path : NULL,
					      .pid = s->row->pid});
}

/* ---- errors ------------------------------------------------------------------- */

/* "EBADF (not open for writing)"; of errors that have no counter of their own. */
static const char *other_text(struct arena *a, const uint32_t other[2], enum ts_file_kind kind)
{
	char names[OTHER_ERRORS];
	const char *what = other[0] == EBADF && kind == TS_FILE_NONE ? "not an open descriptor"
								     : errno__meaning(other[0]);

	describe_other_errors(names, other);
	return what && !other[1] ? arena__format(a, "%s (%s)", names, what) : arena__string(a, names);
}

/* "12 with ENOSPC (disk full), 3 with EIO (device error)" */
static const char *errors_text(struct arena *a, const uint64_t *by, const uint32_t other[2],
			       enum ts_file_kind kind)
{
	const char *text = "";

	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++) {
		if (!by[e])
			continue;
		text = arena__format(a, "%s%s%" PRIu64 " with %s", text, *text ? ", " : "", by[e],
				     e == TS_IO_OTHER ? other_text(a, other, kind) : io_error__name(e));
		if (io_error__meaning(e, kind))
			text = arena__format(a, "%s (%s)", text, io_error__meaning(e, kind));
	}
	return text;
}

static const struct process_row *process_of(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return &r->processes[i];
	return NULL;
}

/* A pipeline ends so, when head has seen enough: the writer gets one error, and ends. */
static bool goes_on_without_reader(const struct subject *s)
{
	const struct process_row *p = process_of(s->r, s->row->pid);

	return p && !p->ended && s->row->total_broken > 1;
}

/* "writes to pipe:[1] of app (12)": nothing else shows where a pipe belongs. */
static const char *name_of(const struct subject *s)
{
	const struct file_row *row = s->row;
	const struct process_row *p = process_of(s->r, row->pid);
	const char *name = path_of(row);

	if (row->peer)
		name = arena__format(s->f->arena, "%s to %s", name, row->peer);
	else if (row->kind == TS_FILE_PIPE && p)
		name = arena__format(s->f->arena, "%s of %s (%d)", name, p->comm, (int)p->pid);
	return name;
}

/*
 * A failed write is a lost line unless the program retries. EAGAIN of sockets, and clients that disconnect
 * early, are normal for servers; the overflow row has the connections that found no room. An event loop goes
 * on with the rest of what it writes into a pipe to another program when there is room: info, but not for
 * standard output and error, where most writers are not made for it.
 */
static void dropped_writes(const struct subject *s)
{
	const struct file_row *row = s->row;
	bool socket = row->kind == TS_FILE_SOCKET || row->rest, hard = false;
	bool full = row->kind == TS_FILE_PIPE && row->fd > STDERR_FILENO;
	uint64_t by[TS_IO_ERRORS], failed = 0, part = socket ? 0 : row->short_writes;
	const char *text = "", *name = name_of(s);

	memcpy(by, row->errors_by, sizeof(by));
	if (socket)
		by[TS_IO_EAGAIN] = 0;
	if (row->connection || row->rest)
		by[TS_IO_EPIPE] = by[TS_IO_ECONNRESET] = 0;
	if (row->kind == TS_FILE_PIPE && !goes_on_without_reader(s))
		by[TS_IO_EPIPE] = 0;
	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++) {
		failed += by[e];
		full = full && (!by[e] || e == TS_IO_EAGAIN);
		hard = hard || (by[e] && (e == TS_IO_ENOSPC || e == TS_IO_EIO || e == TS_IO_EDQUOT));
	}
	if (!failed && !part)
		return;
	if (failed)
		text = arena__format(s->f->arena, "%" PRIu64 " of %" PRIu64 " writes to %s failed: %s",
				     failed, row->writes.count > failed ? row->writes.count : failed, name,
				     errors_text(s->f->arena, by, row->other_errno, row->kind));
	else
		text = arena__format(s->f->arena, "writes to %s", name);
	if (part)
		text = arena__format(s->f->arena, "%s%s%" PRIu64 " short %s", text, failed ? "; " : ": ",
				     part, part == 1 ? "write" : "writes");
	text = arena__format(
		s->f->arena, "%s; %s", text,
		full ? "nothing is lost if it writes the rest when there is room, as event loops do"
		     : "the unwritten data is lost unless the program retries");
	add(s, FINDING_DROPPED_WRITES,
	    hard   ? SEVERITY_CRITICAL
	    : full ? SEVERITY_INFO
		   : SEVERITY_USUAL,
	    text);
}

/* Other errors, such as EINVAL for a pipe, do not concern the data. */
static void failed_sync(const struct subject *s)
{
	const struct file_row *row = s->row;
	uint64_t by[TS_IO_ERRORS] = {0}, failed;

	by[TS_IO_EIO] = row->fsync_errors_by[TS_IO_EIO];
	by[TS_IO_ENOSPC] = row->fsync_errors_by[TS_IO_ENOSPC];
	by[TS_IO_EDQUOT] = row->fsync_errors_by[TS_IO_EDQUOT];
	failed = by[TS_IO_EIO] + by[TS_IO_ENOSPC] + by[TS_IO_EDQUOT];
	if (!failed)
		return;
	add(s, FINDING_FAILED_SYNC, SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "%" PRIu64 " %s of %s failed: %s; data written since the last successful sync may "
			  "be lost, and a later successful sync does not recover it",
			  failed, failed == 1 ? "sync" : "syncs", path_of(row),
			  errors_text(s->f->arena, by, row->other_sync_errno, row->kind)));
}

/* ---- damage ---------------------------------------------------------------------- */

static void torn_lines(const struct subject *s)
{
	const struct file_row *row = s->row;

	if (!row->torn_known || !row->torn_lines)
		return;
	add(s, FINDING_TORN_LINES, SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "%" PRIu64 " %s in %s: a writer wrote into another one's unfinished line; write "
			  "each line with one call, or hold a lock across its writes",
			  row->torn_lines, row->torn_lines == 1 ? "line torn" : "lines torn", path_of(row)));
}

static void overwrites(const struct subject *s)
{
	const struct file_row *row = s->row;

	if (!row->overwritten)
		return;
	add(s, FINDING_OVERWRITES, SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "%" PRIu64 " %s to %s overwrote another writer's data: the file is not open with "
			  "O_APPEND, and its writers do not share a file position",
			  row->overwrites, row->overwrites == 1 ? "write" : "writes", path_of(row)));
}

static void log_hole(const struct subject *s)
{
	const struct file_row *row = s->row;
	char from[DURATION_TEXT], to[DURATION_TEXT];

	if (!row->holes)
		return;
	add(s, FINDING_LOG_HOLE, SEVERITY_USUAL,
	    arena__format(
		    s->f->arena,
		    "%s was cut from %s to %s, and its writer went on at %s: the gap reads as NUL bytes; "
		    "open it with O_APPEND",
		    path_of(row), bytes_format(to, sizeof(to), row->hole_to),
		    bytes_format(from, sizeof(from), row->hole_from), to));
}

/*
 * The contents of a deleted file are lost when its last descriptor is closed. Scratch files are deleted on
 * purpose, but are not written in lines with O_APPEND. A file that is closed by now is a self-rotated log.
 */
static bool is_deleted_log(const struct file_row *row)
{
	return row->deleted && row->open && row->append && row->of_lines && row->sync_known &&
	       row->writes.count && strncmp(row->path, "/memfd:", 7) != 0;
}

/* Sums up the rows of one log that count, at the first of them: returns their number, and their writes in
 * *ret. 0: an earlier row has reported them. */
static size_t sum_writes(const struct subject *s, bool (*counts)(const struct file_row *), uint64_t *ret)
{
	const struct file_row *row = s->row;
	size_t rows = 0;

	*ret = 0;
	for (size_t i = 0; i < s->r->file_count; i++) {
		const struct file_row *other = &s->r->files[i];

		if (other != row && (!*row->path || strcmp(other->path, row->path) || !counts(other)))
			continue;
		if (!rows++ && other != row)
			return 0;
		*ret += other->writes.count;
	}
	return rows;
}

static void deleted_log(const struct subject *s)
{
	uint64_t writes;

	if (!is_deleted_log(s->row) || !sum_writes(s, is_deleted_log, &writes))
		return;
	add(s, FINDING_DELETED_LOG, SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "%" PRIu64 " %s to %s, which is deleted: contents unreachable and space not freed "
			  "until its writers reopen it",
			  writes, writes == 1 ? "write" : "writes", path_of(s->row)));
}

void findings__logs(struct findings *f, const struct interval_facts *facts)
{
	const struct interval_report *r = facts->report;

	for (size_t i = 0; i < r->file_count; i++) {
		const struct subject s = {f, r, &r->files[i]};

		dropped_writes(&s);
		failed_sync(&s);
		torn_lines(&s);
		overwrites(&s);
		log_hole(&s);
		deleted_log(&s);
	}
}
