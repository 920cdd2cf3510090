// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of a file: name, peer, errors and damage. */
#include <inttypes.h>
#include <string.h>

#include "util/append.h"
#include "util/duration.h"
#include "views/text/text_parts.h"
#include "words/describe.h"

char *text_file_name(char *dst, size_t size, const struct file_row *f)
{
	size_t used = 0;

	if (!*f->path) {
		append(dst, size, &used, "a %s of unknown name", file_kind__name(f->kind));
		return dst;
	}
	append(dst, size, &used, "%.1000s%s", f->path, f->deleted ? " (deleted)" : "");
	if (f->peer)
		append(dst, size, &used, " to %.200s", f->peer);
	return dst;
}

static void put(char *dst, size_t size, size_t *used, uint64_t count, const char *one, const char *more)
{
	if (count)
		append(dst, size, used, "%s%" PRIu64 " %s", *used ? "; " : "", count,
		       count == 1 ? one : more);
}

static void put_errors(char *dst, size_t size, size_t *used, const uint64_t *by, const uint32_t other[2],
		       const char *what, enum ts_file_kind kind)
{ /* what: one of them */
	char names[OTHER_ERRORS];

	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++) {
		if (!by[e])
			continue;
		append(dst, size, used, "%s%" PRIu64 " %s%s failed, %s", *used ? "; " : "", by[e], what,
		       by[e] == 1 ? "" : "s",
		       e == TS_IO_OTHER ? describe_other_errors(names, other) : io_error__name(e));
		if (io_error__meaning(e, kind))
			append(dst, size, used, " (%s)", io_error__meaning(e, kind));
	}
}

/* Which errors may have cost data is said by a finding: not those of a full pipe, for one. */
static void errors_line(struct table *t, const struct file_row *f)
{
	char line[512] = "";
	size_t used = 0;

	put_errors(line, sizeof(line), &used, f->errors_by, f->other_errno, "write", f->kind);
	put_errors(line, sizeof(line), &used, f->fsync_errors_by, f->other_sync_errno, "sync", f->kind);
	if (used)
		table__line(t, "  errors: %s", line);
}

void text_damage_lines(struct table *t, const struct file_row *f)
{
	char line[512] = "", a[DURATION_TEXT];
	size_t used = 0;

	errors_line(t, f);
	if (f->torn_known)
		put(line, sizeof(line), &used, f->torn_lines, "line torn", "lines torn");
	if (f->overwritten)
		put(line, sizeof(line), &used, f->overwrites, "overwrite of another writer's data",
		    "overwrites of another writer's data");
	put(line, sizeof(line), &used, f->holes, "hole of NUL bytes", "holes of NUL bytes");
	if (used)
		table__line(t, "  damage: %s", line);
	if (f->sync_known && f->unsynced_writes)
		table__line(t, "  not synced: %s in %" PRIu64 " %s",
			    bytes_format(a, sizeof(a), f->unsynced_bytes), f->unsynced_writes,
			    f->unsynced_writes == 1 ? "write" : "writes");
}
