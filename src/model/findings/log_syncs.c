// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings about syncs: one for each write, and data that was not synced when its process ended. */
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#include "model/findings/interval_finders.h"
#include "model/findings/log_names.h"
#include "thresholds.h"
#include "util/duration.h"
#include "waits/commit_log.h"
#include "words/describe.h"

/* The files of one log in an interval: rotated generations, segments of a commit log, rows of several
 * processes. */
struct log_syncs {
	const struct file_row *first;
	struct log_name name;
	uint64_t writes, syncs, single, sync_ns;
	size_t files; /* with different paths */
	bool one_process, one_thread, of_commits;
	pid_t tid; /* of the one thread */
};

/* For each row: whether it counts. */
typedef bool counts_fn(const struct file_row *row);

static void add_row(struct log_syncs *l, const struct file_row *row)
{
	if (!l->first) {
		*l = (struct log_syncs){.first = row,
					.name = l->name,
					.one_process = true,
					.one_thread = true,
					.tid = row->fsync_tid};
	}
	l->writes += row->writes.count;
	l->syncs += row->fsyncs.count;
	l->single += row->single_fsyncs;
	l->sync_ns += row->fsync_ns;
	l->one_process = l->one_process && row->pid == l->first->pid;
	l->one_thread = l->one_thread && row->fsync_tid && row->fsync_tid == l->tid;
	l->of_commits = l->of_commits || log_name__for_commits(row->path, row->of_lines);
	l->files += row == l->first || strcmp(row->path, l->first->path) != 0;
}

static struct log_name name_of(const struct file_row *row)
{
	return log_name__of(row->path, commit_log__is(row->path));
}

/* Of generations that different threads sync, one is no longer a log: an archive is written, for example. */
static bool is_same_log(const struct file_row *a, const struct file_row *b)
{
	struct log_name x = name_of(a), y = name_of(b);

	if (a == b)
		return true;
	if (!log_name__same(&x, &y))
		return false;
	return (a->pid == b->pid && a->fsync_tid == b->fsync_tid) || !strcmp(a->path, b->path) ||
	       commit_log__is(a->path);
}

/* Sums up the log of row i. False: an earlier row has. */
static bool sum_log(const struct interval_report *r, size_t i, counts_fn *counts, struct log_syncs *ret)
{
	const struct file_row *row = &r->files[i];

	*ret = (struct log_syncs){.name = name_of(row)};
	for (size_t k = 0; k < r->file_count; k++) {
		const struct file_row *other = &r->files[k];

		if (!counts(other) || !is_same_log(row, other))
			continue;
		if (k < i)
			return false;
		add_row(ret, other);
	}
	return true;
}

static const struct process_row *process_of(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return &r->processes[i];
	return NULL;
}

/* An ended thread has no name, but the name of a main thread is that of its process. */
static const char *thread_name(const struct interval_report *r, const struct log_syncs *l,
			       char dst[DESCRIBE_NAME])
{
	struct naming n = {.threads = r->threads, .thread_count = r->thread_count};
	const struct process_row *p = process_of(r, l->first->pid);

	if (p && p->ended && l->tid == p->pid)
		return describe_thread(dst, DESCRIBE_NAME, p->comm, p->pid);
	return describe_tid(dst, DESCRIBE_NAME, &n, l->tid);
}

static size_t processes_of(const struct interval_report *r, const struct log_syncs *l, counts_fn *counts)
{
	size_t count = 0;

	for (size_t i = 0; i < r->process_count; i++) {
		bool found = false;

		for (size_t k = 0; !found && k < r->file_count; k++) {
			const struct file_row *f = &r->files[k];

			found = f->pid == r->processes[i].pid && counts(f) && is_same_log(l->first, f);
		}
		count += found;
	}
	return count;
}

static const char *whose(struct findings *f, const struct interval_report *r, const struct log_syncs *l,
			 counts_fn *counts)
{
	char thread[DESCRIBE_NAME];

	if (!l->one_process)
		return arena__format(f->arena, "summed over %zu processes", processes_of(r, l, counts));
	if (l->one_thread)
		return arena__format(f->arena, "all by %s", thread_name(r, l, thread));
	return "summed over several threads";
}

static const char *path_of(struct findings *f, const struct log_syncs *l)
{
	if (!*l->first->path)
		return "a file of unknown name";
	if (l->files < 2)
		return l->first->path;
	return arena__format(f->arena, "%s%.*s", commit_log__is(l->first->path) ? "the files of " : "",
			     (int)l->name.length, l->first->path);
}

static void add(struct findings *f, const struct log_syncs *l, enum severity severity, const char *summary)
{
	findings__add(f, &(struct finding){.kind = FINDING_SYNC_PER_WRITE,
					   .severity = l->of_commits ? SEVERITY_INFO : severity,
					   .summary = summary,
					   .path = *l->first->path ? l->first->path : NULL,
					   .pid = l->first->pid});
}

static const char *expected(const struct log_syncs *l)
{
	return commit_log__is(l->first->path) ? "; expected of a commit log" : "";
}

/* ---- a sync for each write ------------------------------------------------------- */

/* Not more than the other, or little. */
static bool nearly(uint64_t count, uint64_t other)
{
	return count * 100 <= other * (100 + SYNC_PER_WRITE_SLACK_PERCENT);
}

/* By fsync or fdatasync: sync_file_range, as PostgreSQL calls it for its checkpoints, only begins to write.
 */
static bool syncs(const struct file_row *row)
{
	return row->fsyncs.count > 0 && (row->fsync_tid || row->several_synced);
}

/*
 * Nearly every sync covers one write, and nearly every write has its sync. If several threads sync at the
 * same time, as those of libuv's pool do, one sync may cover two writes and the next none: then only the
 * totals count.
 */
static bool syncs_each_write(const struct log_syncs *l)
{
	if (l->syncs < SYNC_PER_WRITE_MIN || !nearly(l->writes, l->syncs))
		return false;
	return l->single * 100 >= l->syncs * (100 - SYNC_PER_WRITE_SLACK_PERCENT) ||
	       (!l->one_thread && nearly(l->syncs, l->writes));
}

/* The syncs of one thread that ended in the interval may have begun before it. */
static uint64_t of_interval(const struct log_syncs *l, uint64_t interval)
{
	return l->one_thread && l->sync_ns > interval ? interval : l->sync_ns;
}

static const char *per_second(struct findings *f, uint64_t ns, uint64_t of_ns)
{
	return arena__format(f->arena, "%.2f s per second", of_ns ? (double)ns / (double)of_ns : 0);
}

static void sync_per_write(struct findings *f, const struct interval_report *r, size_t i)
{
	uint64_t interval = r->interval_ns;
	struct log_syncs l;

	if (!syncs(&r->files[i]) || !sum_log(r, i, syncs, &l) || !syncs_each_write(&l))
		return;
	add(f, &l,
	    l.sync_ns * 100 >= interval * SYNC_PER_WRITE_WARNING_PERCENT ? SEVERITY_WARNING : SEVERITY_USUAL,
	    arena__format(f->arena, "every write to %s is followed by fsync: %.0f syncs/s take %s, %s%s",
			  path_of(f, &l), interval ? (double)l.syncs * 1e9 / (double)interval : 0,
			  per_second(f, of_interval(&l, interval), interval), whose(f, r, &l, syncs),
			  expected(&l)));
}

/* No sync is called: each write includes one. */
static bool waits(const struct file_row *row)
{
	return row->sync_flag && row->writes.count > 0;
}

static void write_is_sync(struct findings *f, const struct interval_report *r, size_t i)
{
	const struct file_row *row = &r->files[i];
	uint64_t interval = r->interval_ns;
	char p50[DURATION_TEXT];
	struct log_syncs l;

	if (!waits(row) || !sum_log(r, i, waits, &l) || l.writes < SYNC_PER_WRITE_MIN)
		return;
	add(f, &l,
	    row->writes.count * row->writes.p50_ns * 100 >= interval * SYNC_PER_WRITE_WARNING_PERCENT
		    ? SEVERITY_WARNING
		    : SEVERITY_USUAL,
	    arena__format(f->arena,
			  "every write to %s waits for the disk, because the file is open with %s: %.0f "
			  "writes/s, median %s%s",
			  path_of(f, &l), row->sync_flag,
			  interval ? (double)l.writes * 1e9 / (double)interval : 0,
			  duration_format(p50, sizeof(p50), row->writes.p50_ns), expected(&l)));
}

/* ---- not synced at the end ---------------------------------------------------------- */

/* In memory only: a sync does nothing. */
static bool in_memory(const struct file_row *row)
{
	return row->fs && (!strcmp(row->fs, "tmpfs") || !strcmp(row->fs, "ramfs"));
}

/* Each compiler leaves a file: one that is meant to last was synced before, or is appended to. */
static bool should_last(const struct file_row *row)
{
	return row->append || row->synced_ever;
}

static void unsynced_at_exit(struct findings *f, const struct interval_report *r, const struct file_row *row)
{
	const struct process_row *p = process_of(r, row->pid);
	char bytes[DURATION_TEXT], end[DESCRIBE_NAME];
	bool killed;

	/* Nothing remains of a deleted file anyway. */
	if (!p || !p->ended || !row->sync_known || !row->unsynced_bytes || row->deleted || !should_last(row))
		return;
	killed = p->exit_known && WIFSIGNALED(p->exit_code);
	describe_end(end, sizeof(end), p->exit_known, p->exit_code);
	findings__add(
		f, &(struct finding){
			   .kind = FINDING_UNSYNCED_AT_EXIT,
			   .path = *row->path ? row->path : NULL,
			   .pid = row->pid,
			   .summary = arena__format(
				   f->arena, "%s (%d) %s%s with %s in %" PRIu64 " %s to %s not synced: %s%s",
				   p->comm, (int)p->pid, killed ? "was " : "", end,
				   bytes_format(bytes, sizeof(bytes), row->unsynced_bytes),
				   row->unsynced_writes, row->unsynced_writes == 1 ? "write" : "writes",
				   *row->path ? row->path : "a file of unknown name",
				   in_memory(row)
					   ? "in memory only, the whole file is lost if the machine crashes"
					   : "in the page cache only, lost if the machine crashes now",
				   killed ? "; any lines that it had not written yet are lost" : "")});
}

void findings__log_syncs(struct findings *f, const struct interval_facts *facts)
{
	const struct interval_report *r = facts->report;

	for (size_t i = 0; i < r->file_count; i++) {
		sync_per_write(f, r, i);
		write_is_sync(f, r, i);
		unsynced_at_exit(f, r, &r->files[i]);
	}
}
