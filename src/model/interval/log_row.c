// SPDX-License-Identifier: GPL-2.0-or-later
/* The state of a log from its file's totals: errors, damage, and the data that a crash of the machine would
 * lose. */
#include <string.h>

#include "model/interval/model_private.h"
#include "util/clock.h"
#include "util/histogram.h"

#define O_DSYNC_BIT 010000u /* include/uapi/asm-generic/fcntl.h; O_SYNC has one more */
#define O_SYNC_BIT  04000000u

/* Files of the kernel: a write is a command, without lines, and reaches no disk. */
static bool kernels_own(const char *fs)
{
	static const char *const NAMES[] = {"proc",       "sysfs",      "cgroup",   "cgroup2",     "debugfs",
					    "tracefs",    "securityfs", "configfs", "selinuxfs",   "bpf",
					    "efivarfs",   "fusectl",    "nsfs",     "binfmt_misc", "resctrl",
					    "rpc_pipefs", "nfsd",       "pstore",   "smackfs"};

	for (size_t i = 0; fs && i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (!strcmp(fs, NAMES[i]))
			return true;
	return false;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The counters are of 32 bits, and may wrap. Returns the sum. */
static uint64_t errors_since(uint64_t *ret, const __u32 *now, const __u32 *before)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < TS_IO_ERRORS; i++) {
		ret[i] = (uint32_t)(now[i] - (before ? before[i] : 0));
		sum += ret[i];
	}
	return sum;
}

uint64_t log_row__errors(const __u32 *kinds)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < TS_IO_ERRORS; i++)
		sum += kinds[i];
	return sum;
}

static uint64_t written(const struct ts_file *t)
{
	return gained_since(histogram__total(t->writes.buckets), log_row__errors(t->errors));
}

/* Has another process's sync of this inode, or a syncfs, begun after this row's last write? */
static bool synced_by_others(const struct sample *s, const struct sample_file *f)
{
	for (size_t i = 0; i < s->file_count; i++) {
		const struct sample_file *o = &s->files[i];

		if (o->key.dev != f->key.dev)
			continue;
		if (o->totals.synced_fs_ns > f->totals.last_ns)
			return true;
		if (o->key.inode == f->key.inode && o->key.generation == f->key.generation &&
		    o->totals.synced_ns > f->totals.last_ns)
			return true;
	}
	return false;
}

static void fill_syncs(struct file_row *r, const struct sample *s, const struct sample_file *f,
		       const struct ts_file *b, struct file_memory *memory)
{
	const struct ts_file *now = &f->totals;

	r->fsync_ns = gained_since(now->sync_ns, b ? b->sync_ns : 0);
	r->single_fsyncs = gained_since(now->single_syncs, b ? b->single_syncs : 0);
	r->fsync_tid = now->syncers ? 0 : (pid_t)now->sync_tid;
	r->several_synced = now->syncers;
	r->sync_known = f->key.kind == TS_FILE_REGULAR && !kernels_own(f->fs);
	if (!r->sync_known)
		return;
	/* The flag of the last used open file, if all writes had it. */
	if ((now->flags & O_DSYNC_BIT) && now->safe_bytes >= now->bytes)
		r->sync_flag = now->flags & O_SYNC_BIT ? "O_SYNC" : "O_DSYNC";
	r->unsynced_bytes =
		gained_since(now->bytes, larger(now->synced_bytes, memory->covered_bytes) + now->safe_bytes);
	r->unsynced_writes = gained_since(written(now), larger(now->synced_writes, memory->covered_writes) +
								now->safe_writes);
	if (!r->unsynced_bytes)
		r->unsynced_writes = 0; /* of nothing */
	if (!r->unsynced_writes || !synced_by_others(s, f))
		return;
	memory->covered_bytes = gained_since(now->bytes, now->safe_bytes);
	memory->covered_writes = gained_since(written(now), now->safe_writes);
	r->unsynced_writes = r->unsynced_bytes = 0;
}

/*
 * Pages of a database and other binary data, some of which end in a newline by chance, are not lines. Where
 * most writes do not end one, they must be parts of text; a program that writes each line in ten parts is at
 * the limit.
 */
static bool ends_lines(const struct ts_file *t)
{
	uint64_t all = written(t);

	/* The first observed write may be a page. */
	if (t->overwrites && all < 4)
		return false;
	if (t->page_writes * 2 > all)
		return false;
	if (t->partial_writes * 2 <= all)
		return true;
	return t->partial_writes * 10 <= all * 9 && t->text_parts * 10 >= t->partial_writes * 9;
}

static enum line_writers writers_of(const struct sample *s, uint32_t tgid)
{
	for (size_t low = 0, high = s->process_count; low < high;) {
		size_t middle = (low + high) / 2;

		if (s->processes[middle].pid == (pid_t)tgid)
			return s->processes[middle].writers;
		if (s->processes[middle].pid < (pid_t)tgid)
			low = middle + 1;
		else
			high = middle;
	}
	return WRITERS_UNKNOWN;
}

/*
 * Whether writers are told apart: otherwise a single one that moves between threads looks like several. As
 * evidence, most of them come back to the line that another one has torn.
 */
static bool can_separate_writers(const struct ts_file *t, enum line_writers who)
{
	if (!(t->torn_lines + t->torn_unknown))
		return true;
	return (who == WRITERS_THREADS || who == WRITERS_GOROUTINES) &&
	       t->torn_proven * 2 >= t->torn_lines + t->torn_unknown + t->torn_shared;
}

/* Replaced from its beginning on, again and again: a file of state, of which nothing is lost. */
static bool is_replaced(const struct ts_file *t)
{
	return t->rewrites * 2 >= t->overwrites;
}

void log_row__fill(struct file_row *r, const struct sample *s, const struct sample_file *f,
		   const struct sample_file *before, struct file_memory *memory)
{
	const struct ts_file *now = &f->totals, *b = before ? &before->totals : NULL;

	r->errors = errors_since(r->errors_by, now->errors, b ? b->errors : NULL);
	memcpy(r->other_errno, now->other_errno, sizeof(r->other_errno));
	memcpy(r->other_sync_errno, now->other_sync_errno, sizeof(r->other_sync_errno));
	r->total_broken = now->errors[TS_IO_EPIPE];
	r->synced_ever = now->last_sync_ns > 0;
	r->fsync_errors = errors_since(r->fsync_errors_by, now->sync_errors, b ? b->sync_errors : NULL);
	r->of_lines = ends_lines(now);
	r->torn_known = (f->key.kind == TS_FILE_REGULAR || f->key.kind == TS_FILE_PIPE ||
			 f->key.kind == TS_FILE_TTY) &&
			!kernels_own(f->fs) && r->of_lines &&
			can_separate_writers(now, writers_of(s, f->key.tgid));
	r->torn_lines = gained_since(now->torn_lines, b ? b->torn_lines : 0);
	r->overwrites = kernels_own(f->fs) ? 0 : gained_since(now->overwrites, b ? b->overwrites : 0);
	r->overwritten = r->overwrites && r->of_lines && !is_replaced(now);
	r->holes = gained_since(now->cuts, b ? b->cuts : 0);
	r->hole_from = now->cut_size;
	r->hole_to = now->cut_at;
	fill_syncs(r, s, f, b, memory);
}
