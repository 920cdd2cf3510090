/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/perfmap.h"

#include "util/clock.h"
#include "util/heap.h"

#define FILE_BYTES_MAX (64u << 20)
#define NAME_BYTES_MAX 1023
#define LINES_MAX      (4u << 20)
#define SORT_NS        200 /* of a line */
/* A compiler that is busy writes lines all the time, and each reading begins at the first one. */
#define REST 50 /* as many times what the last reading took, until the next */

static bool hex(const char **at, const char *end, uint64_t *ret)
{
	uint64_t v = 0;
	const char *s = *at;

	if (end - s > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	const char *first = s;
	for (; s < end && isxdigit((unsigned char)*s); s++) {
		if (v >> 60)
			return false;
		v = v << 4 | (uint64_t)(isdigit((unsigned char)*s) ? *s - '0' : (*s | 0x20) - 'a' + 10);
	}
	if (s == first || s == end || *s != ' ')
		return false;
	*at = s + 1;
	*ret = v;
	return true;
}

/* Lines that are not of the format are left out. */
static void add_line(struct perfmap *m, const char *at, const char *end)
{
	char name[NAME_BYTES_MAX + 1];
	uint64_t start, size;
	size_t n;

	if (!hex(&at, end, &start) || !hex(&at, end, &size) || !size || start + size < start)
		return;
	n = (size_t)(end - at);
	if (n && at[n - 1] == '\r')
		n--;
	if (!n || memchr(at, '\0', n))
		return;
	if (n > NAME_BYTES_MAX)
		n = NAME_BYTES_MAX;
	memcpy(name, at, n);
	name[n] = '\0';
	symtab__push_owned(&m->functions, start, size, name);
}

/* The last of several at one address must survive sorting: each gets its position as rank, then the others
 * are dropped. */
static int compare(const void *a, const void *b)
{
	const struct elf_symbol *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void merge(struct elf_symbol *list, struct elf_symbol *scratch, size_t n)
{
	/* A stable sort, bottom up; qsort is not stable. */
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t low = 0; low < n; low += 2 * width) {
			size_t mid = low + width < n ? low + width : n,
			       high = mid + width < n ? mid + width : n;
			size_t i = low, j = mid, k = low;

			while (i < mid && j < high)
				scratch[k++] = compare(&list[i], &list[j]) <= 0 ? list[i++] : list[j++];
			while (i < mid)
				scratch[k++] = list[i++];
			while (j < high)
				scratch[k++] = list[j++];
		}
		memcpy(list, scratch, n * sizeof(*list));
	}
}

static int finish(struct symtab *t)
{
	struct elf_symbol *scratch;
	size_t n = 0;

	if (!t->count)
		return 0;
	if (!budget__has_time(t->count * SORT_NS) || !budget__take(&t->hold, t->count * sizeof(*scratch)))
		return -E2BIG;
	scratch = heap__try(t->count, sizeof(*scratch));
	if (scratch)
		merge(t->list, scratch, t->count);
	free(scratch);
	budget__drop(&t->hold, t->count * sizeof(*scratch));
	if (!scratch)
		return -ENOMEM;
	for (size_t i = 0; i < t->count; i++) {
		if (n && t->list[n - 1].start == t->list[i].start)
			n--;
		t->list[n++] = t->list[i];
	}
	t->count = n;
	return 0;
}

int perfmap__parse(struct perfmap *m, const char *text, size_t len)
{
	const char *end = text + len;
	size_t lines = 0;
	unsigned steps = 0;
	int err;

	while (text < end && lines++ < LINES_MAX && budget__ticks(&steps)) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));

		if (!eol)
			break; /* still being written */
		add_line(m, text, eol);
		text = eol + 1;
	}
	err = steps && !budget__has_time(0) ? -E2BIG : finish(&m->functions);
	if (!err && !m->functions.refused)
		return 0;
	budget__refuse(m->file);
	symtab__free(&m->functions);
	return -E2BIG;
}

static char *read_file(int fd, size_t len, size_t *ret)
{
	char *text = heap__try(len + 1, 1);
	size_t done = 0;
	ssize_t n;

	while (text && done < len && (n = pread(fd, text + done, len - done, (off_t)done)) > 0)
		done += (size_t)n;
	*ret = done;
	return text;
}

int perfmap__refresh(struct perfmap *m, const struct process *p)
{
	char path[64], *text;
	struct stat st;
	struct budget_hold text_hold = {0};
	uint64_t begun_ns;
	size_t len;
	int fd, changed = 0;

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", process__ns_pid(p));
	fd = process__open_path(p, path, FILE_BYTES_MAX);
	if (fd < 0)
		return 0;
	/* Any user can write to /tmp. It may also have grown since. */
	if (fstat(fd, &st) < 0 || (st.st_uid != process__uid(p) && st.st_uid != 0) ||
	    (uint64_t)st.st_size > FILE_BYTES_MAX)
		goto out;
	uint64_t mtime = timespec_ns(st.st_mtim);
	if (mtime == m->mtime_ns && (uint64_t)st.st_size == m->bytes)
		goto out;
	if (m->rest_until_ns && monotonic_ns() < m->rest_until_ns)
		goto out;
	begun_ns = monotonic_ns();
	m->file = budget__file(&st);
	budget__begin(process__budget(p), BUDGET_NAMES);
	perfmap__free(m);
	if (budget__take(&text_hold, (uint64_t)st.st_size)) {
		text = read_file(fd, (size_t)st.st_size, &len);
		if (text)
			perfmap__parse(m, text, len);
		free(text);
		budget__drop(&text_hold, UINT64_MAX);
	} else {
		budget__refuse(m->file);
	}
	budget__end();
	m->mtime_ns = mtime;
	m->bytes = (uint64_t)st.st_size;
	changed = 1;
	m->rest_until_ns = begun_ns + (monotonic_ns() - begun_ns) * REST;
out:
	close(fd);
	return changed;
}

void perfmap__free(struct perfmap *m)
{
	symtab__free(&m->functions);
	m->mtime_ns = m->bytes = 0;
}
