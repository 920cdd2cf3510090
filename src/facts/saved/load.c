// SPDX-License-Identifier: GPL-2.0-or-later
/* A saved sample may be anyone's: types, ranges, order and size are checked before the model sees it. */
#include "facts/saved/saved.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "facts/saved/load_values.h"
#include "facts/saved/saved_fields.h"

/* What arithmetic on them can take: 31 years of uptime, ten CPUs busy with probes. */
#define MAX_CLOCK_NS     1000000000000000000ull
#define MAX_BPF_NS_PER_S 10000000000ull

/* ---- parts ---------------------------------------------------------------------------- */

static void load_limit(struct loader *l, const json_t *o, const char *key, struct thread_limit *ret)
{
	const json_t *pair = json_object_get(o, key);

	ret->used = load__as_number(l, json_array_get(pair, 0), UINT64_MAX);
	ret->max = load__as_number(l, json_array_get(pair, 1), UINT64_MAX);
}

static void load_process(struct loader *l, const json_t *j, void *element)
{
	struct sample_process *p = element;
	const json_t *limits = json_object_get(j, "limits");
	const char *cgroup;

	p->pid = load__take_pid(l, j, "pid");
	p->comm = load__need_text(l, j, "comm");
	p->created = load__take_u64(l, j, "created");
	p->exited = load__take_u64(l, j, "exited");
	p->threads = load__take_u64(l, j, "threads");
	p->ended = load__take_flag(l, j, "ended");
	if (!limits)
		return;
	p->has_limits = true;
	load_limit(l, limits, "pids_cgroup", &p->limits.pids_cgroup);
	load_limit(l, limits, "nproc", &p->limits.nproc);
	load_limit(l, limits, "system", &p->limits.system);
	cgroup = load__need_text(l, limits, "cgroup");
	if (strlen(cgroup) >= sizeof(p->limits.cgroup))
		l->bad = true;
	else
		memcpy(p->limits.cgroup, cgroup, strlen(cgroup) + 1);
}

static enum wait_kind load_wait_kind(struct loader *l, const char *name)
{
	for (int i = 0; i < WAIT_KINDS; i++)
		if (!strcmp(wait_kind__name((enum wait_kind)i), name))
			return (enum wait_kind)i;
	l->bad = true;
	return WAIT_OTHER;
}

static void load_syscall(struct loader *l, const json_t *j, struct sample_thread *t)
{
	const json_t *args = load__take_list(l, j, "args");

	t->syscall = -1;
	if (!json_object_get(j, "syscall"))
		return;
	t->syscall = (long)load__take(l, j, "syscall", INT_MAX);
	for (size_t i = 0; i < sizeof(t->args) / sizeof(t->args[0]); i++)
		t->args[i] = load__as_number(l, json_array_get(args, i), UINT64_MAX);
}

static void load_thread(struct loader *l, const json_t *j, void *element)
{
	struct sample_thread *t = element;
	const char *state = load__need_text(l, j, "state"), *kind = load__take_text(l, j, "blocked");

	t->pid = load__take_pid(l, j, "pid");
	t->tid = load__take_pid(l, j, "tid");
	t->ns_tid = load__take_id(l, j, "ns_tid");
	t->name = load__need_text(l, j, "name");
	if (strlen(state) != 1 || *state <= ' ' || *state > '~')
		l->bad = true;
	t->state = *state;
	if (kind) {
		t->blocked = true;
		t->kind = load_wait_kind(l, kind);
	}
	t->blocked_ns = load__take_u64(l, j, "blocked_ns");
	t->age_ns = load__take_u64(l, j, "age_ns");
	t->cpu_ns = load__take_u64(l, j, "cpu_ns");
	t->waits = load__take_u64(l, j, "waits");
	t->wait_ns = load__take_u64(l, j, "wait_ns");
	load_syscall(l, j, t);
	t->path = load__take_text(l, j, "path");
	t->peer = load__take_text(l, j, "peer");
	t->lock_address = load__take_u64(l, j, "lock");
	t->steady = load__take_flag(l, j, "steady");
	t->newer = load__take_flag(l, j, "newer");
	t->blocked_by = load__take_id(l, j, "blocked_by");
	t->io_kind = (enum ts_io_kind)load__take(l, j, "io_kind", TS_IO_SYNC);
	if (t->io_kind != TS_IO_NONE) {
		t->io_age_ns = load__take_u64(l, j, "io_age_ns");
		t->io_bytes = load__take_u64(l, j, "io_bytes");
		t->io_fd = json_object_get(j, "io_fd") ? (int)load__take(l, j, "io_fd", INT_MAX) : -1;
		load__take_key(l, j, "io_file", &t->io_file);
	}
	t->frozen = load__take_flag(l, j, "frozen");
	t->calls_unseen = load__take_flag(l, j, "calls_unseen");
	t->goid = load__take_u64(l, j, "goid");
	t->go_running = load__take_flag(l, j, "go_running");
	t->stack = load__take_stack(l, j, "stack");
	t->kernel_stack = load__take_stack(l, j, "kernel_stack");
}

static void load_creator(struct loader *l, const json_t *j, void *element)
{
	struct sample_creator *c = element;

	c->pid = load__take_pid(l, j, "pid");
	c->stack_id = load__take_u64(l, j, "stack_id");
	c->created = load__take_u64(l, j, "created");
	c->exited = load__take_u64(l, j, "exited");
	c->stack = load__take_stack(l, j, "stack");
}

static const char *lock_name(unsigned kind)
{
	return lock_kind__name((enum lock_kind)kind);
}

static void load_lock(struct loader *l, const json_t *j, void *element)
{
	struct sample_lock *k = element;

	k->pid = load__take_pid(l, j, "pid");
	k->address = load__take_u64(l, j, "address");
	k->word = load__take_u64(l, j, "word");
	k->symbol = load__take_text(l, j, "symbol");
	k->kind = (enum lock_kind)load__need_kind(l, j, "kind", lock_name, LOCK_KINDS);
	k->owner_tid = load__take_id(l, j, "owner_tid");
	k->wait_ns = load__take_u64(l, j, "wait_ns");
	k->last_ns = load__take_u64(l, j, "last_ns");
	k->evicted = load__take_flag(l, j, "evicted");
	load__take_latency(l, j, "waits", &k->waits);
}

/* ---- the order that sample.h promises ------------------------------------------------------ */

static int by_process(const void *a, const void *b)
{
	const struct sample_process *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int by_thread(const void *a, const void *b)
{
	const struct sample_thread *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static int by_creator(const void *a, const void *b)
{
	const struct sample_creator *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->stack_id < y->stack_id ? -1 : x->stack_id > y->stack_id;
}

static int by_lock(const void *a, const void *b)
{
	const struct sample_lock *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

static int by_file(const void *a, const void *b)
{
	const struct sample_file *x = a, *y = b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static int by_live(const void *a, const void *b)
{
	const struct sample_go *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* All elements, sorted; two of a key are an error. order: NULL if there is none. */
static void *load_list(struct loader *l, const json_t *o, const char *key, size_t size, size_t *ret_count,
		       void (*one)(struct loader *l, const json_t *j, void *element),
		       int (*order)(const void *a, const void *b))
{
	const json_t *list = json_object_get(o, key);
	size_t count = json_array_size(list);
	char *elements = calloc(count + 1, size);

	if (!elements || !json_is_array(list)) {
		l->bad = true;
		return elements;
	}
	for (size_t i = 0; i < count && !l->bad; i++) {
		const json_t *j = json_array_get(list, i);

		if (json_is_object(j))
			one(l, j, elements + i * size);
		else
			l->bad = true;
	}
	if (!l->bad && count && order)
		qsort(elements, count, size, order);
	for (size_t i = 1; i < count && !l->bad && order; i++)
		if (!order(elements + (i - 1) * size, elements + i * size))
			l->bad = true;
	*ret_count = count;
	return elements;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static uint64_t load_bpf_cost(struct loader *l, const json_t *j)
{
	uint64_t ns = load__take_u64(l, j, "bpf_ns_per_s");

	if (ns > MAX_BPF_NS_PER_S && ns != UINT64_MAX)
		l->bad = true;
	return ns;
}

static void load_around(struct loader *l, const json_t *o, struct sample *s)
{
	const json_t *j = json_object_get(o, "sample"), *losses = load__take_list(l, j, "losses"),
		     *cmdline = load__take_list(l, j, "cmdline");
	const char **words = ARENA_NEW(l->arena, const char *, json_array_size(cmdline) + 1);

	if (!json_is_object(j) || json_array_size(losses) > TS_LOSS_COUNT) {
		l->bad = true;
		return;
	}
	s->time_ns = load__take_u64(l, j, "time_ns");
	s->now_ns = load__take(l, j, "now_ns", MAX_CLOCK_NS);
	s->epoch = load__take_u64(l, j, "epoch");
	for (size_t i = 0; i < json_array_size(losses); i++)
		s->losses[i] = load__as_number(l, json_array_get(losses, i), UINT64_MAX);
	s->lost_threads = load__take_u64(l, j, "lost_threads");
	s->cpu_ns = load__take_u64(l, j, "cpu_ns");
	s->bpf_ns_per_s = load_bpf_cost(l, j);
	s->rss_bytes = load__take_u64(l, j, "rss_bytes");
	s->kernel = load__take_text(l, j, "kernel");
	s->arch = load__take_text(l, j, "arch");
	s->exe = load__take_text(l, j, "exe");
	for (size_t i = 0; i < json_array_size(cmdline); i++)
		words[i] = load__as_text(l, json_array_get(cmdline, i));
	/* no const twice, as of main's argv */
	s->cmdline = cmdline ? (char *const *)words : NULL;
}

int sample__load(FILE *in, struct sample **ret)
{
	struct loader l = {0};
	struct sample *s;
	json_t *j = NULL;
	int err = load__read_object(in, &j);

	if (err)
		return err;
	s = calloc(1, sizeof(*s));
	if (!s) {
		json_decref(j);
		return -ENOMEM;
	}
	l.arena = &s->arena;
	load_around(&l, j, s);
	s->processes = load_list(&l, j, "processes", sizeof(*s->processes), &s->process_count, load_process,
				 by_process);
	s->threads =
		load_list(&l, j, "threads", sizeof(*s->threads), &s->thread_count, load_thread, by_thread);
	s->creators = load_list(&l, j, "creators", sizeof(*s->creators), &s->creator_count, load_creator,
				by_creator);
	s->locks = load_list(&l, j, "locks", sizeof(*s->locks), &s->lock_count, load_lock, by_lock);
	s->files = load_list(&l, j, "files", sizeof(*s->files), &s->file_count, load__file, by_file);
	if (json_object_get(j, "live"))
		s->live = load_list(&l, j, "live", sizeof(*s->live), &s->live_count, load__live, by_live);
	if (json_object_get(j, "requests"))
		s->requests = load_list(&l, j, "requests", sizeof(*s->requests), &s->request_count,
					load__request, NULL);
	s->go = load__take_goroutines(&l, j, "goroutines");
	json_decref(j);
	if (l.bad) {
		sample__free(s);
		return -EINVAL;
	}
	*ret = s;
	return 0;
}
