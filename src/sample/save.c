// SPDX-License-Identifier: GPL-2.0-or-later
/* One array element at a time is in memory as JSON, however large the sample is. */
#include "sample/saved.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sample/saved_fields.h"
#include "util/escape.h"

struct saver {
	FILE *out;
	bool failed; /* out of memory */
};

/* ---- values ----------------------------------------------------------------- */

static void put(struct saver *w, json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value))
		w->failed = true;
}

static void push(struct saver *w, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value))
		w->failed = true;
}

static json_t *number(uint64_t value)
{
	return value <= INT64_MAX ? json_integer((json_int_t)value)
				  : json_sprintf("0x%llx", (unsigned long long)value);
}

static void put_number(struct saver *w, json_t *o, const char *key, uint64_t value)
{
	if (value)
		put(w, o, key, number(value));
}

static void put_address(struct saver *w, json_t *o, const char *key, uint64_t value)
{
	if (value)
		put(w, o, key, json_sprintf("0x%llx", (unsigned long long)value));
}

static void put_flag(struct saver *w, json_t *o, const char *key, bool value)
{
	if (value)
		put(w, o, key, json_true());
}

static json_t *text(const char *s)
{
	size_t size = strlen(s) * ESCAPE_MAX + 1;
	char *escaped = malloc(size);
	json_t *j = escaped ? json_string(escape_utf8(escaped, size, s)) : NULL;

	free(escaped);
	return j;
}

static void put_text(struct saver *w, json_t *o, const char *key, const char *s)
{
	if (s)
		put(w, o, key, text(s));
}

/* ---- parts --------------------------------------------------------------------- */

static void put_limit(struct saver *w, json_t *o, const char *key, const struct thread_limit *l)
{
	json_t *pair = json_array();

	push(w, pair, number(l->used));
	push(w, pair, number(l->max));
	put(w, o, key, pair);
}

static void put_stack(struct saver *w, json_t *o, const char *key, const struct call_stack *stack)
{
	json_t *j, *frames;

	if (!stack->count && !stack->end)
		return;
	j = json_object();
	frames = json_array();
	for (size_t i = 0; i < stack->count; i++) {
		const struct frame *f = &stack->frames[i];
		json_t *frame = json_object();

		put_address(w, frame, "address", f->address);
		put_text(w, frame, "function", f->function);
		put_number(w, frame, "offset", f->offset);
		put_text(w, frame, "module", f->module);
		put_text(w, frame, "file", f->file);
		put_number(w, frame, "line", f->line > 0 ? (uint64_t)f->line : 0);
		put_flag(w, frame, "inlined", f->inlined);
		push(w, frames, frame);
	}
	put(w, j, "frames", frames);
	put_text(w, j, "end", stack->end ? stack->end : "unreadable");
	put(w, o, key, j);
}

static void put_latency(struct saver *w, json_t *o, const char *key, const struct ts_latency *l)
{
	json_t *j = json_object(), *maxima = json_array(), *buckets = json_array();

	put_number(w, j, "max_ns", l->max_ns);
	push(w, maxima, number(l->interval_max[0]));
	push(w, maxima, number(l->interval_max[1]));
	put(w, j, "interval_max", maxima);
	for (uint32_t i = 0; i < TS_HIST_BUCKETS; i++)
		if (l->buckets[i])
			push(w, buckets, json_pack("[I,I]", (json_int_t)i, (json_int_t)l->buckets[i]));
	put(w, j, "buckets", buckets);
	put(w, o, key, j);
}

static void put_key(struct saver *w, json_t *o, const char *key, const struct ts_file_key *k)
{
	json_t *j = json_object();

	put_number(w, j, "pid", k->tgid);
	put_number(w, j, "dev", k->dev);
	put_number(w, j, "inode", k->inode);
	put_number(w, j, "generation", k->generation);
	put_number(w, j, "kind", k->kind);
	put(w, o, key, j);
}

static json_t *process(struct saver *w, const void *element)
{
	const struct sample_process *p = element;
	json_t *j = json_object(), *limits;

	put_number(w, j, "pid", (uint64_t)p->pid);
	put_text(w, j, "comm", p->comm);
	put_number(w, j, "created", p->created);
	put_number(w, j, "exited", p->exited);
	put_number(w, j, "threads", p->threads);
	put_flag(w, j, "ended", p->ended);
	if (!p->has_limits)
		return j;
	limits = json_object();
	put_limit(w, limits, "pids_cgroup", &p->limits.pids_cgroup);
	put_limit(w, limits, "nproc", &p->limits.nproc);
	put_limit(w, limits, "system", &p->limits.system);
	put_text(w, limits, "cgroup", p->limits.cgroup);
	put(w, j, "limits", limits);
	return j;
}

static json_t *thread(struct saver *w, const void *element)
{
	const struct sample_thread *t = element;
	char state[2] = {t->state, '\0'};
	json_t *j = json_object(), *args;

	put_number(w, j, "pid", (uint64_t)t->pid);
	put_number(w, j, "tid", (uint64_t)t->tid);
	put_number(w, j, "ns_tid", (uint64_t)t->ns_tid);
	put_text(w, j, "name", t->name);
	put_text(w, j, "state", state);
	if (t->blocked)
		put_text(w, j, "blocked", wait_kind__name(t->kind));
	put_number(w, j, "blocked_ns", t->blocked_ns);
	put_number(w, j, "age_ns", t->age_ns);
	put_number(w, j, "cpu_ns", t->cpu_ns);
	put_number(w, j, "waits", t->waits);
	put_number(w, j, "wait_ns", t->wait_ns);
	if (t->syscall >= 0) {
		args = json_array();
		for (size_t i = 0; i < sizeof(t->args) / sizeof(t->args[0]); i++)
			push(w, args, number(t->args[i]));
		put(w, j, "syscall", json_integer(t->syscall));
		put(w, j, "args", args);
	}
	put_text(w, j, "path", t->path);
	put_address(w, j, "lock", t->lock_address);
	put_flag(w, j, "steady", t->steady);
	put_flag(w, j, "newer", t->newer);
	put_number(w, j, "blocked_by", (uint64_t)t->blocked_by);
	if (t->io_kind != TS_IO_NONE) {
		put_number(w, j, "io_kind", t->io_kind);
		put_number(w, j, "io_age_ns", t->io_age_ns);
		put_number(w, j, "io_bytes", t->io_bytes);
		if (t->io_fd >= 0)
			put(w, j, "io_fd", json_integer(t->io_fd));
		put_key(w, j, "io_file", &t->io_file);
	}
	put_stack(w, j, "stack", &t->stack);
	put_stack(w, j, "kernel_stack", &t->kernel_stack);
	return j;
}

static json_t *creator(struct saver *w, const void *element)
{
	const struct sample_creator *c = element;
	json_t *j = json_object();

	put_number(w, j, "pid", (uint64_t)c->pid);
	put_address(w, j, "stack_id", c->stack_id);
	put_number(w, j, "created", c->created);
	put_number(w, j, "exited", c->exited);
	put_stack(w, j, "stack", &c->stack);
	return j;
}

static json_t *lock(struct saver *w, const void *element)
{
	const struct sample_lock *l = element;
	json_t *j = json_object();

	put_number(w, j, "pid", (uint64_t)l->pid);
	put_address(w, j, "address", l->address);
	put_address(w, j, "word", l->word);
	put_text(w, j, "symbol", l->symbol);
	put_text(w, j, "kind", l->kind);
	put_number(w, j, "owner_tid", (uint64_t)l->owner_tid);
	put_number(w, j, "wait_ns", l->wait_ns);
	put_number(w, j, "last_ns", l->last_ns);
	put_flag(w, j, "evicted", l->evicted);
	put_latency(w, j, "waits", &l->waits);
	return j;
}

static void put_errors(struct saver *w, json_t *o, const char *key, const __u32 *kinds)
{
	json_t *list = json_array();

	for (size_t i = 0; i < TS_IO_ERRORS; i++)
		push(w, list, number(kinds[i]));
	put(w, o, key, list);
}

static json_t *file(struct saver *w, const void *element)
{
	const struct sample_file *f = element;
	const struct ts_file *t = &f->totals;
	json_t *j = json_object();

	put_key(w, j, "key", &f->key);
	put_text(w, j, "path", f->path);
	put_flag(w, j, "deleted", f->deleted);
	put_flag(w, j, "evicted", f->evicted);
	put(w, j, "fd", json_integer(t->fd));
#define PUT(name) put_number(w, j, #name, t->name);
	FILE_NUMBERS(PUT)
#undef PUT
	put_errors(w, j, "write_errors", t->errors);
	put_errors(w, j, "fsync_errors", t->sync_errors);
	put_latency(w, j, "writes", &t->writes);
	put_latency(w, j, "syncs", &t->syncs);
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

	put_number(w, j, "time_ns", s->time_ns);
	put_number(w, j, "now_ns", s->now_ns);
	put_number(w, j, "epoch", s->epoch);
	for (size_t i = 0; i < TS_LOSS_COUNT; i++)
		push(w, losses, number(s->losses[i]));
	put(w, j, "losses", losses);
	put_number(w, j, "lost_threads", s->lost_threads);
	put_number(w, j, "cpu_ns", s->cpu_ns);
	put_number(w, j, "bpf_ns_per_s", s->bpf_ns_per_s);
	put_number(w, j, "rss_bytes", s->rss_bytes);
	put_text(w, j, "kernel", s->kernel);
	put_text(w, j, "arch", s->arch);
	put_text(w, j, "exe", s->exe);
	if (s->cmdline) {
		cmdline = json_array();
		for (size_t i = 0; s->cmdline[i]; i++)
			push(w, cmdline, text(s->cmdline[i]));
		put(w, j, "cmdline", cmdline);
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
	fputs("\"sample\":", out);
	write_json(&w, around(&w, s));
	fputs("}\n", out);
	err = saved__flush(out);
	return err ? err : w.failed ? -ENOMEM : 0;
}
