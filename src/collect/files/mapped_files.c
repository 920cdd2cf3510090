// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/mapped_files.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/clock.h"
#include "util/heap.h"
#include "util/table.h"

#define EVERY     (5 * NS_PER_S)
#define COST      100      /* reading takes at most this fraction of each process's time */
#define BUDGET_NS 20000000 /* per sample: the remaining processes follow in the next one */

struct mapped_process {
	pid_t pid;
	uint64_t due_ns; /* next reading of its mappings */
	bool seen;       /* present in the sample */
	struct sample_mapped *files;
	size_t count;
	UT_hash_handle hh;
};

struct mapped_files {
	struct mapped_process *processes;
	pid_t last; /* the process read last: those after it come first, so that all take turns */
};

struct mapped_files *mapped_files__new(void)
{
	return HEAP_NEW(struct mapped_files, 1);
}

static void drop_files(struct mapped_process *p)
{
	for (size_t i = 0; i < p->count; i++)
		free((char *)p->files[i].path);
	free(p->files);
	p->files = NULL;
	p->count = 0;
}

static void drop(struct mapped_files *m, struct mapped_process *p)
{
	HASH_DEL(m->processes, p);
	drop_files(p);
	free(p);
}

void mapped_files__free(struct mapped_files *m)
{
	struct mapped_process *p, *next;

	if (!m)
		return;
	HASH_ITER(hh, m->processes, p, next)
	drop(m, p);
	free(m);
}

bool mapped_file__wanted(const char *path, bool deleted)
{
	static const char *const memory[] = {
		"/dev/*", /* devices, POSIX shared memory, /dev/zero */
		"/memfd:*",
		"/SYSV*", /* System V shared memory */
		"/\\[*",  /* the kernel's own rings: aio */
		"/proc/*",
		"/sys/*",                /* devices' registers */
		"*/hsperfdata_*/[0-9]*", /* counters of Java */
		"*-shm",                 /* SQLite's index of its log */
	};

	/* Deleted files are not logs; they are the oldest kind of shared memory. */
	if (path[0] != '/' || deleted)
		return false;
	for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		if (!fnmatch(memory[i], path, 0))
			return false;
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct sample_mapped *)a)->path, ((const struct sample_mapped *)b)->path);
}

static void add(struct mapped_process *p, const struct mapping *map)
{
	p->files[p->count++] = (struct sample_mapped){
		.pid = p->pid, .path = heap__string(map->path), .bytes = map->end - map->start};
}

/* Several mappings of one file become one. */
static void merge(struct mapped_process *p)
{
	size_t kept = 0;

	if (p->count)
		qsort(p->files, p->count, sizeof(*p->files), by_path);
	for (size_t i = 0; i < p->count; i++) {
		if (kept && !by_path(&p->files[kept - 1], &p->files[i])) {
			p->files[kept - 1].bytes += p->files[i].bytes;
			free((char *)p->files[i].path);
		} else {
			p->files[kept++] = p->files[i];
		}
	}
	p->count = kept;
}

static bool wanted(const struct mapping *map)
{
	return map->shared && map->writable && map->inode && mapped_file__wanted(map->path, map->deleted);
}

static void take_files(struct mapped_process *p, const struct mappings *maps)
{
	size_t count = 0;

	for (size_t i = 0; i < maps->count; i++)
		count += wanted(&maps->list[i]);
	p->files = HEAP_NEW(struct sample_mapped, count + 1);
	for (size_t i = 0; i < maps->count; i++)
		if (wanted(&maps->list[i]))
			add(p, &maps->list[i]);
	merge(p);
}

static void read_files(struct mapped_process *p)
{
	struct process *process;
	struct mappings maps;

	drop_files(p);
	/* Opened briefly: with every process watched, there would be too many descriptors. */
	if (process__open(p->pid, &process))
		return;
	if (!process__mappings(process, &maps)) {
		take_files(p, &maps);
		mappings__free(&maps);
	}
	process__close(process);
}

static struct mapped_process *find(struct mapped_files *m, pid_t pid)
{
	struct mapped_process *p;

	HASH_FIND_INT(m->processes, &pid, p);
	if (p)
		return p;
	p = HEAP_NEW(struct mapped_process, 1);
	p->pid = pid;
	HASH_ADD_INT(m->processes, pid, p);
	return p;
}

/* Reads the processes that are due, while time permits. */
static void read_due(struct mapped_files *m, const struct sample *s)
{
	uint64_t began = monotonic_ns(), now = began, took;
	size_t first = 0;

	while (first < s->process_count && s->processes[first].pid <= m->last)
		first++;
	for (size_t n = 0; n < s->process_count && now - began < BUDGET_NS; n++) {
		const struct sample_process *of = &s->processes[(first + n) % s->process_count];
		struct mapped_process *p = find(m, of->pid);

		if (!p || of->ended || now < p->due_ns)
			continue;
		read_files(p);
		m->last = p->pid;
		took = monotonic_ns() - now;
		now += took;
		p->due_ns = now + (took * COST > EVERY ? took * COST : EVERY);
	}
}

/* In the order of the sample's processes, by PID; drops those that the sample lacks. */
static void copy_files(struct mapped_files *m, struct sample *s)
{
	struct mapped_process *p, *next;
	size_t count = 0;

	HASH_ITER(hh, m->processes, p, next)
	{
		p->seen = false;
		count += p->count;
	}
	s->mapped = ARENA_NEW(&s->arena, struct sample_mapped, count + 1);
	for (size_t i = 0; i < s->process_count; i++) {
		pid_t pid = s->processes[i].pid;

		HASH_FIND_INT(m->processes, &pid, p);
		if (!p)
			continue;
		p->seen = true;
		for (size_t k = 0; k < p->count; k++) {
			struct sample_mapped *to = &s->mapped[s->mapped_count++];

			*to = p->files[k];
			to->path = arena__string(&s->arena, to->path);
		}
	}
	HASH_ITER(hh, m->processes, p, next)
	if (!p->seen)
		drop(m, p);
}

void mapped_files__list(struct mapped_files *m, struct sample *s)
{
	read_due(m, s);
	copy_files(m, s);
}
