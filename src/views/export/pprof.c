/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/export/pprof.h"

#include <inttypes.h>

#include "words/describe.h"
#include "waits/wait.h"
#include "version.h"
#include "views/export/fold.h"

#define MOST_LABELS 11

struct labels {
	struct profile_label list[MOST_LABELS];
	size_t count;
	char lock[DESCRIBE_WAIT];
};

struct profile *pprof__new(bool several, size_t shown)
{
	static const struct profile_type types[] = {
		{"threads", "count"}, {"wait", "nanoseconds"}, {"off-cpu", "nanoseconds"}};

	return profile__new(types, several ? 3 : 2, shown);
}

static void add_text(struct labels *l, const char *key, const char *text)
{
	if (text && *text)
		l->list[l->count++] = (struct profile_label){.key = key, .text = text};
}

static void add_number(struct labels *l, const char *key, int64_t number)
{
	if (number > 0)
		l->list[l->count++] = (struct profile_label){.key = key, .number = number};
}

static const char *lock_name(char *dst, size_t size, const struct lock_row *lock)
{
	return lock->symbol ? lock->symbol : describe_address(dst, size, lock->address);
}

static void add_thread(struct labels *l, const struct snapshot_report *r, const struct thread_row *t)
{
	add_text(l, "process", r->comm);
	add_number(l, "pid", r->pid);
	add_text(l, "thread", t->name);
	add_number(l, "tid", t->tid);
}

static void add_labels(struct labels *l, const struct snapshot_report *r, const struct thread_row *t)
{
	const struct naming n = {.locks = r->locks, .lock_count = r->lock_count};
	const struct lock_row *lock = t->blocked ? naming__lock(&n, t->wait.lock) : NULL;

	add_thread(l, r, t);
	add_text(l, "wait", describe_wait_kind(t));
	if (!t->blocked)
		return;
	add_text(l, "class", wait_class__name(t->wait.class));
	add_text(l, "call", t->wait.syscall);
	if (lock)
		add_text(l, "lock", lock_name(l->lock, sizeof(l->lock), lock));
	add_text(l, "file", t->wait.file);
	add_number(l, "blocked_by", t->wait.blocked_by);
}

static void add_sample(struct profile *p, const struct snapshot_report *r, const struct thread_row *t,
		       bool last)
{
	static const struct call_stack none = {0};
	const uint64_t values[] = {last, last && t->blocked ? t->wait.duration_ns : 0, fold__off_cpu_ns(t)};
	const uint64_t unseen[] = {0, 0, fold__unseen_ns(t, last)};
	struct labels l = {.count = 0};

	if (unseen[2]) {
		add_thread(&l, r, t);
		profile__sample(p, &none, FOLD_UNSEEN, unseen, l.list, l.count);
		l.count = 0;
	}
	if (!last && !values[2])
		return;
	add_labels(&l, r, t);
	profile__sample(p, &t->stack, fold__missing(t), values, l.list, l.count);
}

void pprof__add(struct profile *p, const struct snapshot_report *r, bool last)
{
	char name[DESCRIBE_NAME], comment[DESCRIBE_NAME + 80];

	profile__time(p, r->time_ns);
	if (last) {
		describe_thread(name, sizeof(name), r->comm, r->pid);
		if (r->number > 1)
			snprintf(comment, sizeof(comment),
				 "%s in %" PRIu64 " snapshots, by threadscope " TS_VERSION, name, r->number);
		else
			snprintf(comment, sizeof(comment), "%s at one instant, by threadscope " TS_VERSION,
				 name);
		profile__comment(p, comment);
	}
	profile__program(p, r->exe);
	for (size_t i = 0; i < r->thread_count; i++)
		if (!r->threads[i].left_out)
			add_sample(p, r, &r->threads[i], last);
}
