/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/maps. Format: fs/proc/task_mmu.c, show_map_vma. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "target/bounded_open.h"
#include "target/mappings.h"
#include "target/process_private.h"
#include "util/heap.h"

#define MAPS_MAX (256u << 20) /* bytes; 65530 mappings with long paths are about 300 MB at most */

/* seq_path escapes only newlines, as \012. */
static void unescape(char *path)
{
	char *to = path;

	for (const char *from = path; *from;) {
		if (strncmp(from, "\\012", 4) == 0) {
			*to++ = '\n';
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Skips a number and its terminator. Without sscanf, which would take a tenth of a snapshot: a process of
 * 10,000 threads has 20,000 lines. */
static bool take(char **at, unsigned base, char end, uint64_t *ret)
{
	uint64_t n = 0;
	char *from = *at;

	for (; (unsigned)digit(**at) < base; (*at)++)
		n = n * base + (unsigned)digit(**at);
	*ret = n;
	return *at > from && *at - from <= 20 && *(*at)++ == end;
}

bool mapping__parse(char *line, struct mapping *ret)
{
	uint64_t major, minor;
	struct mapping m = {0};
	char *at = line, *perms;

	if (!take(&at, 16, '-', &m.start) || !take(&at, 16, ' ', &m.end) || m.start >= m.end)
		return false;
	perms = at;
	if (strnlen(perms, 5) < 5 || perms[4] != ' ')
		return false;
	at += 5;
	if (!take(&at, 16, ' ', &m.offset) || !take(&at, 16, ':', &major) || !take(&at, 16, ' ', &minor) ||
	    !take(&at, 10, ' ', &m.inode))
		return false;
	m.dev_major = (unsigned)major;
	m.dev_minor = (unsigned)minor;
	m.readable = perms[0] == 'r';
	m.writable = perms[1] == 'w';
	m.executable = perms[2] == 'x';
	m.shared = perms[3] == 's';
	at += strspn(at, " ");
	unescape(at);
	if (m.inode)
		m.deleted = strip_deleted(at);
	m.path = at;
	*ret = m;
	return true;
}

int mappings__parse(char *text, struct mappings *ret)
{
	struct mappings m = {.text = text};
	size_t lines = 0;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	m.list = heap__try(lines + 1, sizeof(*m.list));
	if (!m.list)
		return -ENOMEM;
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct mapping *to = &m.list[m.count];

		*end = '\0';
		/* The kernel delivers the list page by page: if it changes meanwhile, lines may repeat. */
		if (mapping__parse(line, to) && (!m.count || to->start >= to[-1].end))
			m.count++;
	}
	*ret = m;
	return 0;
}

int process__mappings(const struct process *p, struct mappings *ret)
{
	struct process *own = (struct process *)p; /* live thread is a cache */
	char *text = NULL;
	size_t len = 0;
	int err = 0;

	for (int attempt = 0; attempt < 2; attempt++) {
		free(text);
		text = NULL;
		len = 0;
		err = bounded__text(p, "maps", MAPS_MAX, &text, &len);
		/* Empty: this thread has exited, its process may still live. */
		if ((err && err != -ESRCH && err != -ENOENT) || len || process__find_live(own) < 0)
			break;
	}
	if (err)
		return err == -ENOENT ? -ESRCH : err;
	err = mappings__parse(text, ret);
	if (err) {
		free(text);
		return err;
	}
	if (p->root[0])
		for (size_t i = 0; i < ret->count; i++)
			ret->list[i].path = process__strip_root(p, ret->list[i].path);
	return 0;
}

void mappings__free(struct mappings *m)
{
	if (!m)
		return;
	free(m->list);
	free(m->text);
	memset(m, 0, sizeof(*m));
}

const struct mapping *mappings__find(const struct mappings *m, uint64_t address)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (address >= m->list[mid].end)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < m->count && address >= m->list[low].start)
		return &m->list[low];
	return NULL;
}
