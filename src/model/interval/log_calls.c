// SPDX-License-Identifier: GPL-2.0-or-later
/* Details of the view on logs: calls in flight one by one, files by their slowest call. */
#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "facts/calls.h"
#include "model/interval/model_private.h"
#include "waits/stall.h"

static int by_key(const void *key, const void *element)
{
	return memcmp(key, &((const struct sample_file *)element)->key, sizeof(struct ts_file_key));
}

static const struct thread_row *find_row(const struct interval_report *r, const struct sample_thread *t)
{
	for (size_t i = 0; i < r->thread_count; i++)
		if (r->threads[i].pid == t->pid && r->threads[i].tid == t->tid)
			return &r->threads[i];
	return NULL;
}

static const struct sample_file *find_file(const struct sample *s, const struct ts_file_key *key)
{
	return s->file_count ? bsearch(key, s->files, s->file_count, sizeof(*s->files), by_key) : NULL;
}

struct caller { /* one of the two */
	const struct sample_thread *thread;
	const struct sample_request *request;
	uint64_t age_ns;
};

static int by_age(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	if (x->age_ns != y->age_ns)
		return x->age_ns > y->age_ns ? -1 : 1;
	if (!x->thread != !y->thread)
		return x->thread ? -1 : 1;
	return x->thread ? (x->thread > y->thread) - (x->thread < y->thread)
			 : (x->request > y->request) - (x->request < y->request);
}

/* Threads in a call on a selected file, and requests in flight, oldest first. */
static const struct caller *callers(struct model *m, size_t *ret_count)
{
	const struct sample *s = m->now;
	struct caller *list = ARENA_NEW(&m->arena, struct caller, s->thread_count + s->request_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].io_kind != TS_IO_NONE && find_file(s, &s->threads[i].io_file))
			list[count++] =
				(struct caller){.thread = &s->threads[i], .age_ns = s->threads[i].io_age_ns};
	for (size_t i = 0; i < s->request_count; i++)
		if (find_file(s, &s->requests[i].key))
			list[count++] =
				(struct caller){.request = &s->requests[i], .age_ns = s->requests[i].age_ns};
	if (count)
		qsort(list, count, sizeof(*list), by_age);
	*ret_count = count < REPORT_CALLS ? count : REPORT_CALLS;
	return list;
}

static void fill_call(struct call_row *c, const struct model *m, const struct sample_thread *t)
{
	const struct sample_file *f = find_file(m->now, &t->io_file);

	*c = (struct call_row){.thread = find_row(&m->report, t),
			       .sync = t->io_kind == TS_IO_SYNC,
			       .syscall = syscall_name(t->syscall),
			       .age_ns = t->io_age_ns,
			       .at_least = t->io_at_least,
			       .hangs = ranking__hangs(t->io_age_ns),
			       .bytes = t->io_kind == TS_IO_SYNC ? 0 : t->io_bytes,
			       .fd = t->io_fd,
			       .path = f->path,
			       .file_kind = f->key.kind,
			       .peer = f->peer,
			       .deleted = f->deleted,
			       .stall = t->blocked        ? stall__of_stack(&t->kernel_stack)
					: t->state == 'R' ? STALL_RUNNABLE
							  : STALL_UNKNOWN};
}

static void fill_request(struct call_row *c, struct model *m, const struct sample_request *r)
{
	const struct sample_file *f = find_file(m->now, &r->key);
	struct thread_row *t = ARENA_NEW(&m->arena, struct thread_row, 1);

	*t = (struct thread_row){.pid = (pid_t)r->key.tgid, .tid = r->tid, .name = r->name};
	*c = (struct call_row){.thread = t,
			       .request = true,
			       .sync = r->io_kind == TS_IO_SYNC,
			       .syscall = URING_CALL,
			       .age_ns = r->age_ns,
			       .hangs = ranking__hangs(r->age_ns),
			       .bytes = r->bytes,
			       .fd = r->fd,
			       .path = f->path,
			       .file_kind = f->key.kind,
			       .peer = f->peer,
			       .deleted = f->deleted,
			       .stall = STALL_UNKNOWN};
}

void model__calls(struct model *m)
{
	size_t count;
	const struct caller *list = callers(m, &count);
	struct call_row *rows = ARENA_NEW(&m->arena, struct call_row, count + 1);

	for (size_t i = 0; i < count; i++) {
		if (list[i].request)
			fill_request(&rows[i], m, list[i].request);
		else
			fill_call(&rows[i], m, list[i].thread);
	}
	m->report.calls = rows;
	m->report.call_count = count;
}

static int by_bytes(const void *a, const void *b)
{
	const struct mapped_row *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strcmp(x->path, y->path);
}

void model__mapped(struct model *m)
{
	const struct sample *s = m->now;
	struct mapped_row *rows = ARENA_NEW(&m->arena, struct mapped_row, s->mapped_count + 1);

	for (size_t i = 0; i < s->mapped_count; i++)
		rows[i] = (struct mapped_row){
			.pid = s->mapped[i].pid, .path = s->mapped[i].path, .bytes = s->mapped[i].bytes};
	if (s->mapped_count)
		qsort(rows, s->mapped_count, sizeof(*rows), by_bytes);
	m->report.uring_hidden = s->uring_hidden;
	m->report.mapped = rows;
	m->report.mapped_count = s->mapped_count;
}
