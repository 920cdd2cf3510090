// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/open_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/process_private.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"

#define MOST_FILES 1000000
#define ONE_NS     10000000ull /* for one process */

struct entry {
	uint64_t hash; /* of the link */
	struct open_end end;
};

struct open_files {
	struct entry *list; /* by hash */
	size_t count, room;
	uint64_t until_ns; /* of this thread's CPU time */
	bool whole;
};

/* FNV-1a; what has the same hash by accident is told apart by its link. */
static uint64_t hash_of(const char *text)
{
	uint64_t h = 14695981039346656037ull;

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 1099511628211ull;
	return h;
}

const char *open_end__link(struct open_end e, char link[OPEN_LINK])
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)e.pid, e.fd);
	n = readlink(path, link, OPEN_LINK - 1);
	if (n <= 0)
		return NULL;
	link[n] = '\0';
	return link;
}

int open_end__mode(struct open_end e)
{
	char path[64], info[1024];
	uint64_t flags;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)e.pid, e.fd);
	if (read_short(-1, path, info, sizeof(info)) <= 0 || !status__number(info, "flags", 8, &flags))
		return -1;
	return (int)(flags & O_ACCMODE);
}

/* Without a question to its file server. */
bool open_end__is_fifo(struct open_end e)
{
	struct statx st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)e.pid, e.fd);
	return !statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &st) &&
	       S_ISFIFO(st.stx_mode);
}

static bool look_at(struct open_end e, struct statx *ret)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)e.pid, e.fd);
	return !statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, ret);
}

bool open_ends__same(struct open_end a, struct open_end b)
{
	struct statx x, y;

	return look_at(a, &x) && look_at(b, &y) && x.stx_ino == y.stx_ino &&
	       x.stx_dev_major == y.stx_dev_major && x.stx_dev_minor == y.stx_dev_minor;
}

static bool in_time(struct open_files *o)
{
	o->whole = o->whole && o->count < MOST_FILES && clock_ns(CLOCK_THREAD_CPUTIME_ID) < o->until_ns;
	return o->whole;
}

static void read_process(struct open_files *o, pid_t pid)
{
	char path[48], link[OPEN_LINK];
	const struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	while (d && in_time(o) && (e = readdir(d))) {
		ssize_t n = *e->d_name == '.' ? 0 : readlinkat(dirfd(d), e->d_name, link, sizeof(link) - 1);

		if (n <= 0)
			continue;
		link[n] = '\0';
		*ARRAY_ADD(o->list, o->count, o->room) =
			(struct entry){hash_of(link), {.pid = pid, .fd = atoi(e->d_name)}};
	}
	if (d)
		closedir(d);
}

static int by_hash(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->end.pid != y->end.pid)
		return x->end.pid < y->end.pid ? -1 : 1;
	return x->end.fd < y->end.fd ? -1 : x->end.fd > y->end.fd;
}

struct open_files *open_files__read(uint64_t cpu_ns)
{
	struct open_files *o = HEAP_NEW(struct open_files, 1);
	DIR *proc = opendir("/proc");
	const struct dirent *e;
	pid_t self = getpid();

	o->until_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns;
	o->whole = proc;
	while (proc && in_time(o) && (e = readdir(proc)))
		if (atoi(e->d_name) > 0 && atoi(e->d_name) != self)
			read_process(o, atoi(e->d_name));
	if (proc)
		closedir(proc);
	if (o->count)
		qsort(o->list, o->count, sizeof(*o->list), by_hash);
	return o;
}

void open_files__free(struct open_files *o)
{
	if (!o)
		return;
	free(o->list);
	free(o);
}

bool open_files__whole(const struct open_files *o)
{
	return o->whole;
}

size_t open_files__find(const struct open_files *o, const char *link, struct open_end *ret, size_t max)
{
	uint64_t hash = hash_of(link);
	size_t low = 0, high = o->count, count = 0;
	char now[OPEN_LINK];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->list[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < o->count && o->list[low].hash == hash && count < max; low++)
		if (open_end__link(o->list[low].end, now) && !strcmp(now, link))
			ret[count++] = o->list[low].end;
	return count;
}

size_t open_files__of(pid_t pid, const char *link, struct open_end *ret, size_t max)
{
	struct open_files one = {.until_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + ONE_NS, .whole = true};
	size_t count;

	read_process(&one, pid);
	if (one.count)
		qsort(one.list, one.count, sizeof(*one.list), by_hash);
	count = open_files__find(&one, link, ret, max);
	free(one.list);
	return count;
}
