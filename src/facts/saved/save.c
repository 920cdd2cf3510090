// SPDX-License-Identifier: GPL-2.0-or-later
/* One array element at a time is in memory as JSON, however large the sample is. */
#include "facts/saved/saved.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "facts/saved/save_values.h"
#include "facts/saved/saved_fields.h"

/* ---- parts --------------------------------------------------------------------- */

static void put_limit(struct saver *w, json_t *o, const char *key, const struct thread_limit *l)
{
	json_t *pair = json_array();

	save__push(w, pair, save__number(l->used));
	save__push(w, pair, save__number(l->max));
	save__put(w, o, key, pair);
}

static void put_latency(struct saver *w, json_t *o, const char *key, const struct ts_latency *l)
{
	json_t *j = json_object(), *maxima = json_array(), *buckets = json_array();

	save__put_number(w, j, "max_ns", l->max_ns);
	save__push(w, maxima, save__number(l->interval_max[0]));
	save__push(w, maxima, save__number(l->interval_max[1]));
	save__put(w, j, "interval_max", maxima);
	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++)
		if (l->buckets[i])
			save__push(w, buckets, json_pack("[I,I]", (json_int_t)i, (json_int_t)l->buckets[i]));
	save__put(w, j, "buckets", buckets);
	save__put(w, o, key, j);
}

static void put_parts(struct saver *w, json_t *o, const uint64_t *parts)
{
	json_t *list = json_array();

	for (int i = 0; i < STALL_PARTS; i++)
		save__push(w, list, save__number(parts[i]));
	save__put(w, o, "parts", list);
}

static void put_slow(struct saver *w, json_t *o, const char *key, const struct slow_calls *s)
{
	json_t *j;

	if (!s->count)
		return;
	j = json_object();
	save__put_number(w, j, "count", s->count);
	save__put_number(w, j, "ns", s->ns);
	put_parts(w, j, s->parts);
	save__put(w, o, key, j);
}

static void put_slowest(struct saver *w, json_t *o, const char *key, const struct sample_slow *s)
{
	json_t *j;

	if (!s)
		return;
	j = json_object();
	save__put_number(w, j, "epoch", s->epoch);
	save__put_flag(w, j, "sync", s->call.sync);
	save__put_text(w, j, "syscall", s->call.syscall);
	save__put_text(w, j, "name", s->call.name);
	save__put_number(w, j, "tid", (uint64_t)s->call.tid);
	save__put_number(w, j, "ns", s->call.ns);
	save__put_number(w, j, "bytes", s->call.bytes);
	save__put(w, j, "result", json_integer(s->call.result));
	put_parts(w, j, s->call.parts);
	save__put_stack(w, j, "stack", &s->call.stack);
	save__put(w, o, key, j);
}

static json_t *process(struct saver *w, const void *element)
{
	const struct sample_process *p = element;
	json_t *j = json_object(), *limits;

	save__put_number(w, j, "pid", (uint64_t)p->pid);
	save__put_text(w, j, "comm", p->comm);
	save__put_number(w, j, "created", p->created);
	save__put_number(w, j, "exited", p->exited);
	save__put_number(w, j, "threads", p->threads);
	save__put_flag(w, j, "ended", p->ended);
	if (!p->has_limits)
		return j;
	limits = json_object();
	put_limit(w, limits, "pids_cgroup", &p->limits.pids_cgroup);
	put_limit(w, limits, "nproc", &p->limits.nproc);
	put_limit(w, limits, "system", &p->limits.system);
	save__put_text(w, limits, "cgroup", p->limits.cgroup);
	save__put(w, j, "limits", limits);
	return j;
}

static json_t *thread(struct saver *w, const void *element)
{
	const struct sample_thread *t = element;
	char state[2] = {t->state, '\0'};
	json_t *j = json_object(), *args;

	save__put_number(w, j, "pid", (uint64_t)t->pid);
	save__put_number(w, j, "tid", (uint64_t)t->tid);
	save__put_number(w, j, "ns_tid", (uint64_t)t->ns_tid);
	save__put_text(w, j, "name", t->name);
	save__put_text(w, j, "state", state);
	if (t->blocked)
		save__put_text(w, j, "blocked", wait_kind__name(t->kind));
	save__put_number(w, j, "blocked_ns", t->blocked_ns);
	save__put_number(w, j, "age_ns", t->age_ns);
	save__put_number(w, j, "cpu_ns", t->cpu_ns);
	save__put_number(w, j, "waits", t->waits);
	save__put_number(w, j, "wait_ns", t->wait_ns);
	if (t->syscall >= 0) {
		args = json_array();
		for (size_t i = 0; i < sizeof(t->args) / sizeof(t->args[0]); i++)
			save__push(w, args, save__number(t->args[i]));
		save__put(w, j, "syscall", json_integer(t->syscall));
		save__put(w, j, "args", args);
	}
	save__put_text(w, j, "path", t->path);
	save__put_text(w, j, "peer", t->peer);
	save__put_address(w, j, "lock", t->lock_address);
	save__put_flag(w, j, "steady", t->steady);
	save__put_flag(w, j, "newer", t->newer);
	save__put_number(w, j, "blocked_by", (uint64_t)t->blocked_by);
	if (t->io_kind != TS_IO_NONE) {
		save__put_number(w, j, "io_kind", t->io_kind);
		save__put_number(w, j, "io_age_ns", t->io_age_ns);
		save__put_number(w, j, "io_bytes", t->io_bytes);
		if (t->io_fd >= 0)
			save__put(w, j, "io_fd", json_integer(t->io_fd));
		save__put_key(w, j, "io_file", &t->io_file);
	}
	save__put_flag(w, j, "frozen", t->frozen);
	save__put_flag(w, j, "calls_unseen", t->calls_unseen);
	save__put_number(w, j, "goid", t->goid);
	save__put_flag(w, j, "go_running", t->go_running);
	save__put_stack(w, j, "stack", &t->stack);
	save__put_stack(w, j, "kernel_stack", &t->kernel_stack);
	return j;
}

static json_t *creator(struct saver *w, const void *element)
{
	const struct sample_creator *c = element;
	json_t *j = json_object();

	save__put_number(w, j, "pid", (uint64_t)c->pid);
	save__put_address(w, j, "stack_id", c->stack_id);
	save__put_number(w, j, "created", c->created);
	save__put_number(w, j, "exited", c->exited);
	save__put_stack(w, j, "stack", &c->stack);
	return j;
}

static json_t *lock(struct saver *w, const void *element)
{
	const struct sample_lock *l = element;
	json_t *j = json_object();

	save__put_number(w, j, "pid", (uint64_t)l->pid);
	save__put_address(w, j, "address", l->address);
	save__put_address(w, j, "word", l->word);
	save__put_text(w, j, "symbol", l->symbol);
	save__put_text(w, j, "kind", lock_kind__name(l->kind));
	save__put_number(w, j, "owner_tid", (uint64_t)l->owner_tid);
	save__put_number(w, j, "wait_ns", l->wait_ns);
	save__put_number(w, j, "last_ns", l->last_ns);
	save__put_flag(w, j, "evicted", l->evicted);
	put_latency(w, j, "waits", &l->waits);
	return j;
}

static void put_errors(struct saver *w, json_t *o, const char *key, const __u32 *kinds)
{
	json_t *list = json_array();

	for (size_t i = 0; i < TS_IO_ERRORS; i++)
		save__push(w, list, save__number(kinds[i]));
	save__put(w, o, key, list);
}

static json_t *file(struct saver *w, const void *element)
{
	const struct sample_file *f = element;
	const struct ts_file *t = &f->totals;
	json_t *j = json_object();

	save__put_key(w, j, "key", &f->key);
	save__put_text(w, j, "path", f->path);
	save__put_text(w, j, "fs", f->fs);
	save__put_text(w, j, "peer", f->peer);
	save__put_text(w, j, "host_path", f->host_path);
	save__put_flag(w, j, "deleted", f->deleted);
	save__put_flag(w, j, "open", f->open);
	save__put_flag(w, j, "evicted", f->evicted);
	save__put(w, j, "fd", json_integer(t->fd));
#define PUT(name) save__put_number(w, j, #name, t->name);
	FILE_NUMBERS(PUT)
#undef PUT
	put_errors(w, j, "write_errors", t->errors);
	put_errors(w, j, "fsync_errors", t->sync_errors);
	put_latency(w, j, "writes", &t->writes);
	put_latency(w, j, "syncs", &t->syncs);
	put_slow(w, j, "slow_writes", &f->slow_writes);
	put_slow(w, j, "slow_syncs", &f->slow_syncs);
	put_slowest(w, j, "slowest", f->slowest);
	put_slowest(w, j, "slowest_lately", f->slowest_lately);
	return j;
}

static json_t *request(struct saver *w, const void *element)
{
	const struct sample_request *r = element;
	json_t *j = json_object();

	save__put_key(w, j, "key", &r->key);
	save__put_number(w, j, "kind", r->io_kind);
	save__put_number(w, j, "age_ns", r->age_ns);
	save__put_number(w, j, "bytes", r->bytes);
	if (r->fd >= 0)
		save__put(w, j, "fd", json_integer(r->fd));
	save__put_number(w, j, "tid", (uint64_t)r->tid);
	save__put_text(w, j, "name", r->name);
	return j;
}

/* ---- the whole ------------------------------------------------------------------- */

static void write_json(struct saver *w, json_t *j)
{
	if (!j || w->failed || json_dumpf(j, w->out, JSON_COMPACT))
		w->failed = true;
	json_decref(j);
}

static void write_list(struct saver *w, const char *key, const void *list, size_t count, size_t size,
		       json_t *(*one)(struct saver *w, const void *element))
{
	fprintf(w->out, "\"%s\":[", key);
	for (size_t i = 0; i < count; i++) {
		if (i)
			fputc(',', w->out);
		write_json(w, one(w, (const char *)list + i * size));
	}
	fputs("],", w->out);
}

static json_t *around(struct saver *w, const struct sample *s)
{
	json_t *j = json_object(), *losses = json_array(), *cmdline;

	save__put_number(w, j, "time_ns", s->time_ns);
	save__put_number(w, j, "now_ns", s->now_ns);
	save__put_number(w, j, "epoch", s->epoch);
	for (size_t i = 0; i < TS_LOSS_COUNT; i++)
		save__push(w, losses, save__number(s->losses[i]));
	save__put(w, j, "losses", losses);
	save__put_number(w, j, "lost_threads", s->lost_threads);
	save__put_number(w, j, "cpu_ns", s->cpu_ns);
	save__put_number(w, j, "bpf_ns_per_s", s->bpf_ns_per_s);
	save__put_number(w, j, "rss_bytes", s->rss_bytes);
	save__put_text(w, j, "kernel", s->kernel);
	save__put_text(w, j, "arch", s->arch);
	save__put_text(w, j, "exe", s->exe);
	if (s->cmdline) {
		cmdline = json_array();
		for (size_t i = 0; s->cmdline[i]; i++)
			save__push(w, cmdline, save__text(s->cmdline[i]));
		save__put(w, j, "cmdline", cmdline);
	}
	return j;
}

int sample__save(FILE *out, const struct sample *s)
{
	struct saver w = {.out = out};
	int err;

	fputc('{', out);
	write_list(&w, "processes", s->processes, s->process_count, sizeof(*s->processes), process);
	write_list(&w, "threads", s->threads, s->thread_count, sizeof(*s->threads), thread);
	write_list(&w, "creators", s->creators, s->creator_count, sizeof(*s->creators), creator);
	write_list(&w, "locks", s->locks, s->lock_count, sizeof(*s->locks), lock);
	write_list(&w, "files", s->files, s->file_count, sizeof(*s->files), file);
	if (s->live_count)
		write_list(&w, "live", s->live, s->live_count, sizeof(*s->live), save__live);
	if (s->request_count)
		write_list(&w, "requests", s->requests, s->request_count, sizeof(*s->requests), request);
	if (s->go) {
		fputs("\"goroutines\":", out);
		write_json(&w, save__goroutines(&w, s->go));
		fputc(',', out);
	}
	fputs("\"sample\":", out);
	write_json(&w, around(&w, s));
	fputs("}\n", out);
	err = saved__flush(out);
	return err ? err : w.failed ? -ENOMEM : 0;
}
