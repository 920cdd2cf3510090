// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of a file: name, peer and damage. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/append.h"
#include "util/duration.h"
#include "util/heap.h"
#include "views/text/text_parts.h"

struct numbered {
	const struct file_row *row;
	size_t index;
};

static int by_inode(const void *a, const void *b)
{
	const struct file_row *x = ((const struct numbered *)a)->row, *y = ((const struct numbered *)b)->row;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return x < y ? -1 : x > y;
}

static bool same_file(const struct file_row *x, const struct file_row *y)
{
	return x->inode && x->inode == y->inode && x->device == y->device && x->generation == y->generation;
}

size_t *text_first_rows(const struct interval_report *r, bool (*counts)(const struct file_row *))
{
	struct numbered *list = HEAP_NEW(struct numbered, r->file_count + 1);
	size_t *first = HEAP_NEW(size_t, r->file_count + 1), count = 0;

	for (size_t i = 0; i < r->file_count; i++) {
		first[i] = i;
		if (!counts || counts(&r->files[i]))
			list[count++] = (struct numbered){&r->files[i], i};
	}
	qsort(list, count, sizeof(*list), by_inode);
	for (size_t i = 1; i < count; i++)
		if (same_file(list[i - 1].row, list[i].row))
			first[list[i].index] = first[list[i - 1].index];
	free(list);
	return first;
}

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

static void put_errors(char *dst, size_t size, size_t *used, const uint64_t *by, const char *what)
{ /* what: one of them */
	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++)
		if (by[e])
			append(dst, size, used, "%s%" PRIu64 " %s%s failed, %s", *used ? "; " : "", by[e],
			       what, by[e] == 1 ? "" : "s",
			       e + 1 == TS_IO_ERRORS ? "another error" : io_error__name(e));
}

void text_damage_lines(struct table *t, const struct file_row *f)
{
	char line[512] = "", a[DURATION_TEXT];
	size_t used = 0;

	put_errors(line, sizeof(line), &used, f->errors_by, "write");
	put_errors(line, sizeof(line), &used, f->fsync_errors_by, "sync");
	if (f->torn_known && f->of_lines)
		put(line, sizeof(line), &used, f->torn_lines, "line torn", "lines torn");
	if (f->of_lines)
		put(line, sizeof(line), &used, f->overwrites, "overwrite of another writer's data",
		    "overwrites of another writer's data");
	if (used)
		table__line(t, "  damage: %s", line);
	if (f->sync_known && f->unsynced_writes)
		table__line(t, "  not synced: %s in %" PRIu64 " %s",
			    bytes_format(a, sizeof(a), f->unsynced_bytes), f->unsynced_writes,
			    f->unsynced_writes == 1 ? "write" : "writes");
}
