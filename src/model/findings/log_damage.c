// SPDX-License-Identifier: GPL-2.0-or-later
/* What the rows of files say of logs: lines dropped, torn, overwritten, not safe, or dearly synced. */
#include "model/findings/log_damage.h"

#include <inttypes.h>
#include <string.h>

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
	return *row->path ? row->path : "a file whose name is not known";
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

static const char *meaning(enum ts_io_error error)
{
	static const char *const meanings[TS_IO_ERRORS] = {
		[TS_IO_EAGAIN] = "it is full and not to be waited for",
		[TS_IO_ENOSPC] = "the disk is full",
		[TS_IO_EIO] = "the device failed",
		[TS_IO_EDQUOT] = "the quota is used up",
		[TS_IO_EFBIG] = "the file may not grow further",
		[TS_IO_EPIPE] = "nobody reads it any more",
		[TS_IO_ECONNRESET] = "the other end has closed it",
		[TS_IO_ECONNREFUSED] = "nobody is there to take it",
	};

	return meanings[error];
}

/* "12 with ENOSPC (the disk is full), 3 with EIO (the device failed)" */
static const char *errors_text(struct arena *a, const uint64_t *by)
{
	const char *text = "";

	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++) {
		if (!by[e])
			continue;
		text = arena__format(a, "%s%s%" PRIu64 " with %s", text, *text ? ", " : "", by[e],
				     e == TS_IO_OTHER ? "another error" : io_error__name(e));
		if (meaning(e))
			text = arena__format(a, "%s (%s)", text, meaning(e));
	}
	return text;
}

/*
 * A write that failed is a line lost, unless the program tries again. Sockets
 * that are full for the moment are the daily life of servers, which do, and so
 * are clients that go away before they have got all.
 */
static void dropped_writes(const struct subject *s)
{
	const struct file_row *row = s->row;
	bool socket = row->kind == TS_FILE_SOCKET, hard = false;
	uint64_t by[TS_IO_ERRORS], failed = 0, part = socket ? 0 : row->short_writes;
	const char *text = "", *name = path_of(row);

	if (row->peer)
		name = arena__format(s->f->arena, "%s to %s", name, row->peer);
	memcpy(by, row->errors_by, sizeof(by));
	if (socket)
		by[TS_IO_EAGAIN] = 0;
	if (row->connection)
		by[TS_IO_EPIPE] = by[TS_IO_ECONNRESET] = 0;
	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++) {
		failed += by[e];
		hard = hard || (by[e] && (e == TS_IO_ENOSPC || e == TS_IO_EIO || e == TS_IO_EDQUOT));
	}
	if (!failed && !part)
		return;
	if (failed)
		text = arena__format(s->f->arena, "%" PRIu64 " of %" PRIu64 " writes to %s failed: %s",
				     failed, row->writes.count > failed ? row->writes.count : failed, name,
				     errors_text(s->f->arena, by));
	else
		text = arena__format(s->f->arena, "writes to %s", name);
	if (part)
		text = arena__format(s->f->arena, "%s%s%" PRIu64 " took only a part of what was given", text,
				     failed ? "; " : ": ", part);
	text = arena__format(s->f->arena,
			     "%s; what was not written is lost unless the program writes it again", text);
	add(s, FINDING_DROPPED_WRITES, hard ? SEVERITY_CRITICAL : SEVERITY_USUAL, text);
}

/* EINVAL and the like (a sync of a pipe) say nothing of the data. */
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
			  "%" PRIu64 " %s of %s failed: %s; what was written since the last good one may be "
			  "lost for good, and a later sync that succeeds does not bring it back",
			  failed, failed == 1 ? "sync" : "syncs", path_of(row),
			  errors_text(s->f->arena, by)));
}

/* ---- damage ---------------------------------------------------------------------- */

static void torn_lines(const struct subject *s)
{
	const struct file_row *row = s->row;

	if (!row->torn_known || !row->torn_lines || !row->of_lines)
		return;
	add(s, FINDING_TORN_LINES, SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "%" PRIu64 " %s in %s: a thread wrote into a line that another one had not ended; "
			  "each line has to be one write, or all of its writes under one lock",
			  row->torn_lines, row->torn_lines == 1 ? "line torn" : "lines torn", path_of(row)));
}

static void overwrites(const struct subject *s)
{
	const struct file_row *row = s->row;

	if (!row->overwrites || !row->of_lines)
		return;
	add(s, FINDING_OVERWRITES, SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "%" PRIu64 " %s to %s went over what another writer had written there: it is not "
			  "open with O_APPEND, and its writers do not share a position",
			  row->overwrites, row->overwrites == 1 ? "write" : "writes", path_of(row)));
}

/*
 * What is written to a file without a name is gone when its last descriptor is closed. Scratch files are made
 * so on purpose, but neither in lines nor with O_APPEND. One that is closed by now was deleted by the
 * program's own rotation.
 */
static bool is_deleted_log(const struct file_row *row)
{
	return row->deleted && row->open && row->append && row->of_lines && row->sync_known &&
	       row->writes.count && strncmp(row->path, "/memfd:", 7) != 0;
}

/* The rows of one log that stand for a finding: of the first one that does, their number and writes; 0: told
 * already, with an earlier row. */
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
			  "%" PRIu64
			  " %s to %s, which is deleted: nobody can find what it says, and its disk "
			  "space stays taken, until its writers open their log anew",
			  writes, writes == 1 ? "write" : "writes", path_of(s->row)));
}

/* ---- syncs ------------------------------------------------------------------------- */

static const char *share(struct arena *a, uint64_t ns, uint64_t of_ns)
{
	return arena__format(a, "%.0f %%", of_ns ? (double)ns * 100 / (double)of_ns : 0);
}

/* Not more than the other, or little. */
static bool nearly(uint64_t count, uint64_t other)
{
	return count * 100 <= other * (100 + SYNC_PER_WRITE_SLACK_PERCENT);
}

/*
 * Nearly every sync found one write, and nearly every write its sync. Where several threads sync at a time,
 * as those of libuv's pool do, one may find two writes and the next none: there the numbers alone decide.
 */
static bool syncs_each_write(const struct file_row *row)
{
	uint64_t writes = row->writes.count, syncs = row->fsyncs.count;

	if (syncs < SYNC_PER_WRITE_MIN || !nearly(writes, syncs))
		return false;
	return row->single_fsyncs * 100 >= syncs * (100 - SYNC_PER_WRITE_SLACK_PERCENT) ||
	       (!row->fsync_tid && nearly(syncs, writes));
}

static const struct process_row *process_of(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return &r->processes[i];
	return NULL;
}

/* A thread that has ended has no name any more, but that of a main thread is its process's. */
static const char *syncer(const struct subject *s, char dst[DESCRIBE_NAME])
{
	struct naming n = {.threads = s->r->threads, .thread_count = s->r->thread_count};
	const struct process_row *p = process_of(s->r, s->row->pid);

	if (p && p->ended && s->row->fsync_tid == p->pid)
		return describe_thread(dst, DESCRIBE_NAME, p->comm, p->pid);
	return describe_tid(dst, DESCRIBE_NAME, &n, s->row->fsync_tid);
}

/* One finding a log, however many processes write to it. */
static void sync_per_write(const struct subject *s)
{
	const struct file_row *row = s->row;
	uint64_t syncs = 0, ns = 0, interval = s->r->interval_ns;
	char thread[DESCRIBE_NAME];
	const char *whose = "a thread's time, over several threads";
	size_t rows = 0;

	if (!syncs_each_write(row))
		return;
	for (size_t i = 0; i < s->r->file_count; i++) {
		const struct file_row *other = &s->r->files[i];

		if (other != row &&
		    (!*row->path || strcmp(other->path, row->path) || !syncs_each_write(other)))
			continue;
		if (!rows++ && other != row)
			return; /* told with that one */
		syncs += other->fsyncs.count;
		ns += other->fsync_ns;
	}
	if (rows > 1)
		whose = arena__format(s->f->arena, "a thread's time, over %zu processes", rows);
	else if (row->fsync_tid)
		whose = arena__format(s->f->arena, "the time of %s", syncer(s, thread));
	add(s, FINDING_SYNC_PER_WRITE,
	    ns * 100 >= interval * SYNC_PER_WRITE_WARNING_PERCENT ? SEVERITY_WARNING : SEVERITY_USUAL,
	    arena__format(s->f->arena, "every write to %s is followed by fsync: %.0f syncs/s cost %s of %s",
			  path_of(row), interval ? (double)syncs * 1e9 / (double)interval : 0,
			  share(s->f->arena, ns, interval), whose));
}

/* No sync is called: each write is one. */
static bool writes_are_syncs(const struct file_row *row)
{
	return row->sync_flag && row->writes.count >= SYNC_PER_WRITE_MIN;
}

static void write_is_sync(const struct subject *s)
{
	const struct file_row *row = s->row;
	uint64_t writes, interval = s->r->interval_ns;
	char p50[DURATION_TEXT];

	if (!writes_are_syncs(row) || !sum_writes(s, writes_are_syncs, &writes))
		return;
	add(s, FINDING_SYNC_PER_WRITE,
	    row->writes.count * row->writes.p50_ns * 100 >= interval * SYNC_PER_WRITE_WARNING_PERCENT
		    ? SEVERITY_WARNING
		    : SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "every write to %s waits until it is on the disk, as it is open with %s: %.0f "
			  "writes/s, half of them take %s or longer",
			  path_of(row), row->sync_flag,
			  interval ? (double)writes * 1e9 / (double)interval : 0,
			  duration_format(p50, sizeof(p50), row->writes.p50_ns)));
}

/* In memory: neither a kill nor a sync makes a difference. */
static bool in_memory(const struct file_row *row)
{
	return row->fs && (!strcmp(row->fs, "tmpfs") || !strcmp(row->fs, "ramfs"));
}

static void unsynced_at_exit(const struct subject *s)
{
	const struct file_row *row = s->row;
	const struct process_row *p = process_of(s->r, row->pid);
	char bytes[DURATION_TEXT];

	/* Of a file without a name nothing is left anyway. */
	if (!p || !p->ended || !row->sync_known || !row->unsynced_bytes || row->deleted)
		return;
	/* Of all the machine's processes those that take care, or append: each compiler leaves a file. */
	if (s->r->every_process && !row->append && !row->fsync_tid && !row->fsyncs.count)
		return;
	add(s, FINDING_UNSYNCED_AT_EXIT, SEVERITY_USUAL,
	    arena__format(s->f->arena,
			  "%s (%d) ended with %s in %" PRIu64
			  " %s to %s not synced: the kernel has them, a kill loses none, but a crash of the "
			  "machine %s",
			  p->comm, (int)p->pid, bytes_format(bytes, sizeof(bytes), row->unsynced_bytes),
			  row->unsynced_writes, row->unsynced_writes == 1 ? "write" : "writes", path_of(row),
			  in_memory(row) ? "loses the whole file: it is in memory only" : "now would"));
}

void findings__logs(struct findings *f, const struct interval_report *r)
{
	for (size_t i = 0; i < r->file_count; i++) {
		const struct subject s = {f, r, &r->files[i]};

		dropped_writes(&s);
		failed_sync(&s);
		torn_lines(&s);
		overwrites(&s);
		deleted_log(&s);
		sync_per_write(&s);
		write_is_sync(&s);
		unsynced_at_exit(&s);
	}
}
