/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples made by hand, for tests of the model: every number in a report is one that can be worked out. */
#ifndef TS_TEST_SAMPLES_H
#define TS_TEST_SAMPLES_H

#include <stdlib.h>

#include "model/interval/model.h"
#include "model/snapshot/snapshot_report.h"
#include "waits/wait.h"
#include "test.h"
#include "util/histogram.h"

#define NS_PER_S 1000000000ull
#define ROOM     64 /* of each list of a sample made here */

static inline struct sample *sample_at(uint64_t seconds)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->now_ns = s->time_ns = (seconds + 1000) * NS_PER_S;
	s->epoch = seconds;
	s->bpf_ns_per_s = UINT64_MAX;
	s->processes = calloc(ROOM, sizeof(*s->processes));
	s->threads = calloc(ROOM, sizeof(*s->threads));
	s->creators = calloc(ROOM, sizeof(*s->creators));
	s->locks = calloc(ROOM, sizeof(*s->locks));
	s->files = calloc(ROOM, sizeof(*s->files));
	s->kernel = "6.1";
	s->arch = "x86_64";
	s->exe = "/srv/demo/app";
	s->cmdline = ARENA_NEW(&s->arena, char *, 1);
	return s;
}

static inline struct sample_process *add_process(struct sample *s, pid_t pid, uint64_t threads)
{
	struct sample_process *p = &s->processes[s->process_count++];

	*p = (struct sample_process){
		.pid = pid, .comm = "app", .threads = threads, .writers = WRITERS_THREADS};
	return p;
}

static inline struct sample_thread *add_thread(struct sample *s, pid_t pid, pid_t tid)
{
	struct sample_thread *t = &s->threads[s->thread_count++];

	*t = (struct sample_thread){
		.pid = pid, .tid = tid, .ns_tid = tid, .name = "worker", .state = 'R', .syscall = -1};
	return t;
}

static inline struct sample_thread *add_waiter(struct sample *s, pid_t pid, pid_t tid, uint64_t word,
					       pid_t owner)
{
	struct sample_thread *t = add_thread(s, pid, tid);

	t->state = 'S';
	t->blocked = true;
	t->blocked_ns = 2 * NS_PER_S;
	t->kind = WAIT_MUTEX;
	t->syscall = futex_wait__syscall();
	t->lock_address = word;
	t->blocked_by = owner;
	t->stack.end = STACK_COMPLETE;
	return t;
}

/* In a system call on a descriptor. */
static inline struct sample_thread *add_caller(struct sample *s, pid_t tid, enum wait_kind kind, long call,
					       const char *path)
{
	struct sample_thread *t = add_waiter(s, 10, tid, 0, 0);

	t->kind = kind;
	t->syscall = call;
	t->path = path;
	return t;
}

static inline struct sample_lock *add_lock(struct sample *s, pid_t pid, uint64_t address, uint64_t word)
{
	struct sample_lock *l = &s->locks[s->lock_count++];

	*l = (struct sample_lock){.pid = pid, .address = address, .word = word, .kind = LOCK_MUTEX};
	return l;
}

static inline struct ts_file_key file_key(pid_t pid)
{
	return (struct ts_file_key){.tgid = (uint32_t)pid, .dev = 1, .inode = 7, .kind = TS_FILE_REGULAR};
}

static inline struct sample_file *add_file(struct sample *s, pid_t pid)
{
	struct sample_file *f = &s->files[s->file_count++];

	*f = (struct sample_file){.key = file_key(pid), .path = "/srv/demo/log"};
	return f;
}

static inline void add_writer(struct sample *s, pid_t pid, pid_t tid, enum ts_io_kind kind, uint64_t age_ns)
{
	struct sample_thread *t = add_thread(s, pid, tid);

	t->io_kind = kind;
	t->io_age_ns = age_ns;
	t->io_file = file_key(pid);
}

/* As the kernel side counts. */
static inline void count_wait(struct ts_latency *l, uint64_t epoch, uint64_t ns, int times)
{
	uint64_t stamped = epoch << TS_MAX_NS_BITS | ns;

	for (int i = 0; i < times; i++)
		histogram__add(l->buckets, ns);
	if (ns > l->max_ns)
		l->max_ns = ns;
	if (stamped > l->interval_max[epoch & 1])
		l->interval_max[epoch & 1] = stamped;
}

static inline struct model *model_with_base(struct sample *base)
{
	struct model *m = model__new();

	CHECK(!model__interval(m, base));
	return m;
}

static inline const struct finding *find(const struct finding *list, size_t count, enum finding_kind kind)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].kind == kind)
			return &list[i];
	return NULL;
}

static inline bool says(const struct finding *f, const char *text)
{
	if (f && strstr(f->summary, text))
		return true;
	printf("# %s\n", f ? f->summary : "no finding");
	return false;
}

#endif
