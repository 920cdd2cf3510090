// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_pipes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/open_files.h"
#include "target/process.h"
#include "target/task_look.h"
#include "util/array.h"
#include "util/text.h"

#define ENDS    1024        /* descriptors of one pipe; of one that has more nothing is said */
#define OPEN_NS 30000000ull /* of CPU time, for the descriptors of all processes */

struct go_pipe_holder {
	size_t group;
	pid_t pid;
};

/* A child that has not executed its program yet has all descriptors of the program, and loses them then. */
static bool is_being_started(const struct go_pipes *p, pid_t pid)
{
	return pid != p->pid && same_memory(pid, p->pid);
}

static bool has_other_end(struct open_end e, bool write)
{
	int mode = open_end__mode(e);

	return mode == O_RDWR || mode == (write ? O_RDONLY : O_WRONLY);
}

static void take(const struct go_pipes *p, pid_t pid, struct pipe_reader *ret)
{
	if (ret->pid && ret->pid != p->pid) {
		ret->others++;
		return;
	}
	ret->others += ret->pid > 0;
	ret->pid = pid;
}

void go_pipes__look(struct go_pipes *p, struct go_group *g, size_t group, const char *path, bool write,
		    struct pipe_reader *ret)
{
	struct open_end ends[ENDS];
	size_t count;
	pid_t last = 0;

	*ret = (struct pipe_reader){.path = path};
	if (!path || !starts_with(path, "pipe:[") || (g->pipes_seen && g->pipe_write != write))
		return;
	if (!p->open)
		p->open = open_files__read(OPEN_NS);
	count = open_files__find(p->open, path, ends, ENDS);
	for (size_t i = 0; i < count && count < ENDS; i++) {
		if (ends[i].pid == last || !has_other_end(ends[i], write) || is_being_started(p, ends[i].pid))
			continue;
		last = ends[i].pid; /* those of one process follow each other */
		take(p, last, ret);
		*ARRAY_ADD(p->found, p->count, p->room) = (struct go_pipe_holder){group, last};
	}
	if (!ret->pid)
		return;
	task__name(ret->pid, ret->comm);
	g->pipes_seen++;
	g->pipe_write = write;
}

static int by_group(const void *a, const void *b)
{
	const struct go_pipe_holder *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Keeps those that have most, of equal ones the first. */
static void add_end(struct go_group *g, pid_t pid, uint64_t count)
{
	size_t at = g->pipe_end_count;

	while (at && g->pipe_ends[at - 1].count < count)
		at--;
	if (g->pipe_end_count == PIPE_ENDS)
		g->pipe_ends_more++;
	else
		g->pipe_end_count++;
	if (at == PIPE_ENDS)
		return;
	memmove(&g->pipe_ends[at + 1], &g->pipe_ends[at],
		(g->pipe_end_count - at - 1) * sizeof(g->pipe_ends[0]));
	g->pipe_ends[at] = (struct go_pipe_end){.pid = pid, .count = count};
}

void go_pipes__name(struct go_pipes *p, struct go_reading *report, struct arena *a)
{
	char name[TASK_NAME];

	if (p->count)
		qsort(p->found, p->count, sizeof(*p->found), by_group);
	for (size_t i = 0, next; i < p->count; i = next) {
		for (next = i + 1; next < p->count && !by_group(&p->found[i], &p->found[next]);)
			next++;
		add_end(&report->groups[p->found[i].group], p->found[i].pid, next - i);
	}
	for (size_t i = 0; p->count && i < report->group_count; i++)
		for (size_t k = 0; k < report->groups[i].pipe_end_count; k++) {
			struct go_pipe_end *e = &report->groups[i].pipe_ends[k];

			e->name = arena__string(a, task__name(e->pid, name));
		}
}

void go_pipes__free(struct go_pipes *p)
{
	open_files__free(p->open);
	free(p->found);
	*p = (struct go_pipes){0};
}
