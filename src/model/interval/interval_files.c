// SPDX-License-Identifier: GPL-2.0-or-later
/* File rows, and the sums of each process's writes. */
#include <stdlib.h>
#include <string.h>

#include "model/interval/model_private.h"
#include "util/clock.h"
#include "util/heap.h"
#include "waits/stall.h"

struct in_flight {
	size_t writes, syncs;
	uint64_t oldest_ns;
};

struct file_sum {
	struct spread writes, syncs;
};

static int by_key(const void *key, const void *element)
{
	return memcmp(key, &((const struct sample_file *)element)->key, sizeof(struct ts_file_key));
}

static size_t find_file(const struct sample *s, const struct ts_file_key *key)
{
	const struct sample_file *f =
		s->file_count ? bsearch(key, s->files, s->file_count, sizeof(*f), by_key) : NULL;

	return f ? (size_t)(f - s->files) : NO_INDEX;
}

static void add_in_flight(struct in_flight *list, const struct sample *s, const struct ts_file_key *key,
			  enum ts_io_kind kind, uint64_t age_ns)
{
	size_t file = kind ? find_file(s, key) : NO_INDEX;

	if (file == NO_INDEX)
		return;
	if (kind == TS_IO_WRITE)
		list[file].writes++;
	else
		list[file].syncs++;
	if (age_ns > list[file].oldest_ns)
		list[file].oldest_ns = age_ns;
}

/* Calls and requests in flight in a sample, file by file. */
static struct in_flight *count_in_flight(struct arena *a, const struct sample *s)
{
	struct in_flight *list = ARENA_NEW(a, struct in_flight, s->file_count + 1);

	for (size_t i = 0; i < s->thread_count; i++)
		add_in_flight(list, s, &s->threads[i].io_file, s->threads[i].io_kind,
			      s->threads[i].io_age_ns);
	for (size_t i = 0; i < s->request_count; i++)
		add_in_flight(list, s, &s->requests[i].key, s->requests[i].io_kind, s->requests[i].age_ns);
	return list;
}

/* The overflow row. */
static bool is_rest(const struct ts_file_key *k)
{
	return k->kind == TS_FILE_OTHER && !k->inode;
}

/* Kinds with rows; others (eventfd and the like, bad descriptors) count only in their process. */
static bool has_row(const struct ts_file_key *k)
{
	return k->kind != TS_FILE_NONE && (k->kind != TS_FILE_OTHER || is_rest(k));
}

/*
 * Calls begun in the interval: those that ended in it, plus those in flight at its end, minus those in flight
 * at its start. A call that ends while the sample is taken is in neither. If it was counted at its beginning,
 * it is owed until its end is observed, so the sums over intervals are exact.
 */
static uint64_t begun(uint64_t ended, size_t now, size_t before, int64_t *owed)
{
	int64_t n = (int64_t)ended + (int64_t)now - (int64_t)before + *owed;

	*owed = n < 0 ? n : 0;
	return n < 0 ? 0 : (uint64_t)n;
}

static void fill_row(struct file_row *r, const struct sample_file *f, const struct sample_file *b)
{
	r->pid = (pid_t)f->key.tgid;
	r->rest = is_rest(&f->key);
	r->fd = r->rest ? -1 : f->totals.fd;
	r->inode = f->key.inode;
	r->device = f->key.dev;
	r->generation = f->key.generation;
	r->path = r->rest ? "(other files)" : f->path;
	r->deleted = f->deleted;
	r->open = f->open;
	r->fs = f->fs;
	r->peer = f->peer;
	r->host_path = f->host_path;
	r->kind = f->key.kind;
	r->connection = ranking__is_connection(r);
	r->bytes = gained_since(f->totals.bytes, b ? b->totals.bytes : 0);
	r->uring_writes = gained_since(f->totals.uring_writes, b ? b->totals.uring_writes : 0);
	r->uring_fsyncs = gained_since(f->totals.uring_syncs, b ? b->totals.uring_syncs : 0);
	r->total_uring_writes = f->totals.uring_writes;
	r->total_uring_fsyncs = f->totals.uring_syncs;
	r->short_writes = gained_since(f->totals.short_writes, b ? b->totals.short_writes : 0);
	r->writers = f->totals.writers;
	r->append = !r->rest && f->totals.writers && !f->totals.not_append;
}

/*
 * Of the calls begun in the interval, those by io_uring. The kernel side counts a request shortly before it
 * is in flight: what is more than all the calls waits for a later interval, so that the sums are exact.
 */
static uint64_t by_uring(uint64_t gained, uint64_t begun, uint64_t *early)
{
	uint64_t n = gained + *early, counted = n < begun ? n : begun;

	*early = n - counted;
	return counted;
}

static void fill_counts(struct file_row *r, const struct file_sum *s, const struct in_flight *now,
			const struct in_flight *before, struct file_memory *memory, uint64_t missed)
{
	r->writes = spread__row(&s->writes, begun(s->writes.count + missed, now->writes, before->writes,
						  &memory->owed_writes));
	r->fsyncs =
		spread__row(&s->syncs, begun(s->syncs.count, now->syncs, before->syncs, &memory->owed_syncs));
	r->uring_writes = by_uring(r->uring_writes, r->writes.count, &memory->early_uring_writes);
	r->uring_fsyncs = by_uring(r->uring_fsyncs, r->fsyncs.count, &memory->early_uring_syncs);
	r->in_flight = now->writes + now->syncs;
	r->oldest_in_flight_ns = now->oldest_ns;
	r->hangs = ranking__hangs(now->oldest_ns);
}

static void add_ages(const struct sample *s, size_t file, struct file_sum *sum)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (!t->io_kind || memcmp(&t->io_file, &s->files[file].key, sizeof(t->io_file)))
			continue;
		spread__add_age(t->io_kind == TS_IO_WRITE ? &sum->writes : &sum->syncs, t->io_age_ns);
	}
	for (size_t i = 0; i < s->request_count; i++) {
		const struct sample_request *r = &s->requests[i];

		if (!memcmp(&r->key, &s->files[file].key, sizeof(r->key)))
			spread__add_age(r->io_kind == TS_IO_WRITE ? &sum->writes : &sum->syncs, r->age_ns);
	}
}

static struct file_detail *make_detail(struct model *m, const struct file_sum *interval,
				       const struct file_sum *total, const struct ts_file *f,
				       const struct in_flight *now)
{
	struct file_detail *d = ARENA_NEW(&m->arena, struct file_detail, 1);

	*d = (struct file_detail){.writes = spread__histogram(&m->arena, &interval->writes),
				  .fsyncs = spread__histogram(&m->arena, &interval->syncs),
				  .total_writes = spread__row(
					  &total->writes, total->writes.count + f->missed_ends + now->writes),
				  .total_fsyncs = spread__row(&total->syncs, total->syncs.count + now->syncs),
				  .total_write_times = spread__histogram(&m->arena, &total->writes),
				  .total_fsync_times = spread__histogram(&m->arena, &total->syncs),
				  .total_bytes = f->bytes,
				  .total_errors = log_row__errors(f->errors),
				  .total_short_writes = f->short_writes,
				  .total_fsync_errors = log_row__errors(f->sync_errors)};
	return d;
}

/* The figures since attach, in addition to those of the interval. */
static const struct file_detail *detail(struct model *m, size_t file, const struct file_sum *interval,
					const struct in_flight *now)
{
	const struct sample_file *f = &m->now->files[file];
	struct file_sum *total = HEAP_NEW(struct file_sum, 1);
	const struct file_detail *d;

	spread__add(&total->writes, &f->totals.writes, NULL, m->now->epoch);
	spread__add(&total->syncs, &f->totals.syncs, NULL, m->now->epoch);
	if (now->writes + now->syncs)
		add_ages(m->now, file, total);
	d = make_detail(m, interval, total, &f->totals, now);
	free(total);
	return d;
}

static struct slow_calls slow_since(const struct slow_calls *now, const struct slow_calls *before)
{
	struct slow_calls d = *now;
	uint64_t sum = 0;

	d.count = gained_since(now->count, before->count);
	d.ns = gained_since(now->ns, before->ns);
	for (int i = 0; i < STALL_PARTS; i++) {
		d.parts[i] = gained_since(now->parts[i], before->parts[i]);
		sum += d.parts[i];
	}
	/* They are not read at one instant; shares are never above 100 %. */
	if (sum > d.ns && d.parts[stall__main(d.parts)] >= sum - d.ns)
		d.parts[stall__main(d.parts)] -= sum - d.ns;
	return d;
}

/* The slowest call, if it is among those that count in this interval. */
static const struct slow_call *slowest_of(const struct sample_slow *now, const struct sample_slow *before,
					  const struct file_slow *sums)
{
	const struct slow_calls *of;

	if (!now || (before && before->end_ns == now->end_ns && before->call.ns == now->call.ns))
		return NULL;
	of = now->call.sync ? &sums->fsyncs : &sums->writes;
	return of->count && of->ns >= now->call.ns ? &now->call : NULL;
}

/* What most of the time of the slow calls went into. */
static enum stall_part main_part(const struct file_slow *s)
{
	uint64_t parts[STALL_PARTS];

	for (int i = 0; i < STALL_PARTS; i++)
		parts[i] = s->writes.parts[i] + s->fsyncs.parts[i];
	return stall__main(parts);
}

static const struct file_slow *slow(struct model *m, const struct sample_file *f, const struct sample_file *b)
{
	static const struct slow_calls none = {0};
	struct file_slow *s;

	if (!f->slow_writes.count && !f->slow_syncs.count)
		return NULL;
	s = ARENA_NEW(&m->arena, struct file_slow, 1);
	*s = (struct file_slow){.writes = slow_since(&f->slow_writes, b ? &b->slow_writes : &none),
				.fsyncs = slow_since(&f->slow_syncs, b ? &b->slow_syncs : &none),
				.total_writes = f->slow_writes,
				.total_fsyncs = f->slow_syncs,
				.slowest_ever = f->slowest ? &f->slowest->call : NULL};
	if (stall__of_device(main_part(s)))
		s->writer = row__device_writer(&m->arena, m->now, f->key.dev);
	s->slowest = slowest_of(f->slowest_lately, b ? b->slowest_lately : NULL, s);
	return s;
}

static void add_to_process(struct process_row *p, struct file_sum *of_process, const struct file_sum *s,
			   const struct file_row *r)
{
	spread__merge(&of_process->writes, &s->writes);
	spread__merge(&of_process->syncs, &s->syncs);
	p->writes.count += r->writes.count;
	p->fsyncs.count += r->fsyncs.count;
	p->write_bytes += r->bytes;
	p->write_errors += r->errors;
}

/* Facts are sorted by the bytes of their keys, which is not the order of PIDs. */
static int by_process(const void *a, const void *b)
{
	const struct sample_file *x = *(const struct sample_file *const *)a;
	const struct sample_file *y = *(const struct sample_file *const *)b;

	if (x->key.tgid != y->key.tgid)
		return x->key.tgid < y->key.tgid ? -1 : 1;
	return x < y ? -1 : x > y;
}

static const struct sample_file **in_order(struct arena *a, const struct sample *s)
{
	const struct sample_file **order = ARENA_NEW(a, const struct sample_file *, s->file_count + 1);

	for (size_t i = 0; i < s->file_count; i++)
		order[i] = &s->files[i];
	if (s->file_count)
		qsort(order, s->file_count, sizeof(*order), by_process);
	return order;
}

/* The input for rows of files. */
struct files {
	struct model *m;
	const struct in_flight *now, *before; /* per file of either sample */
	struct file_row *rows;
	size_t kept;
	struct file_sum sum, of_process;
};

static bool is_shown(const struct model *m, const struct process_row *p, const struct file_row *r,
		     const struct file_sum *sum)
{
	if (sum->writes.count || sum->syncs.count || r->writes.count || r->in_flight)
		return true;
	if (p->ended && r->unsynced_bytes)
		return true;
	return m->logs && r->detail->total_writes.count + r->detail->total_fsyncs.count;
}

/* File i of the sample, of process p. */
static void one_file(struct files *x, struct process_row *p, size_t i)
{
	static const struct in_flight none = {0};
	struct model *m = x->m;
	const struct sample_file *f = &m->now->files[i];
	struct file_memory *memory = &m->files[i];
	size_t old = find_file(m->before, &f->key);
	const struct sample_file *b =
		old == NO_INDEX || m->before->files[old].evicted ? NULL : &m->before->files[old];
	struct file_row *r = &x->rows[x->kept];

	memset(&x->sum, 0, sizeof(x->sum));
	*r = (struct file_row){0};
	if (b)
		*memory = m->last->files[old];
	spread__add(&x->sum.writes, &f->totals.writes, b ? &b->totals.writes : NULL, m->now->epoch);
	spread__add(&x->sum.syncs, &f->totals.syncs, b ? &b->totals.syncs : NULL, m->now->epoch);
	if (x->now[i].writes + x->now[i].syncs)
		add_ages(m->now, i, &x->sum);
	fill_row(r, f, b);
	log_row__fill(r, m->now, f, b, memory);
	r->slow = slow(m, f, b);
	fill_counts(r, &x->sum, &x->now[i], b ? &x->before[old] : &none, memory,
		    gained_since(f->totals.missed_ends, b ? b->totals.missed_ends : 0));
	add_to_process(p, &x->of_process, &x->sum, r);
	if (!has_row(&f->key))
		return;
	if (m->logs)
		r->detail = detail(m, i, &x->sum, &x->now[i]);
	/* A call that ends in the interval may have been counted earlier, but its bytes count now. */
	x->kept += is_shown(m, p, r, &x->sum);
}

void model__files(struct model *m, struct process_row *processes, size_t process_count)
{
	const struct sample_file **order = in_order(&m->arena, m->now);
	struct files *x = HEAP_NEW(struct files, 1);
	size_t at = 0;

	x->m = m;
	x->now = count_in_flight(&m->arena, m->now);
	x->before = count_in_flight(&m->arena, m->before);
	x->rows = ARENA_NEW(&m->arena, struct file_row, m->now->file_count + 1);
	m->files = ARENA_NEW(&m->arena, struct file_memory, m->now->file_count + 1);
	for (size_t i = 0; i < process_count; i++) {
		struct process_row *p = &processes[i];

		memset(&x->of_process, 0, sizeof(x->of_process));
		while (at < m->now->file_count && order[at]->key.tgid < (uint32_t)p->pid)
			at++;
		for (; at < m->now->file_count && order[at]->key.tgid == (uint32_t)p->pid; at++)
			one_file(x, p, (size_t)(order[at] - m->now->files));
		p->writes = spread__row(&x->of_process.writes, p->writes.count);
		p->fsyncs = spread__row(&x->of_process.syncs, p->fsyncs.count);
	}
	if (x->kept)
		qsort(x->rows, x->kept, sizeof(*x->rows),
		      m->logs ? order__by_worst_call : order__by_bytes_written);
	m->report.files = x->rows;
	m->report.file_count = x->kept;
	ranking__files(&m->arena, &m->report, x->rows, m->logs);
	free(x);
}
