/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/export/pprof.h"

#include "words/describe.h"
#include "waits/wait.h"
#include "version.h"
#include "views/export/fold.h"

#define MOST_LABELS 10

struct labels {
	struct profile_label list[MOST_LABELS];
	size_t count;
	char lock[DESCRIBE_WAIT];
};

struct profile *pprof__new(bool by_wait_time)
{
	static const struct profile_type types[] = {{"threads", "count"}, {"wait", "nanoseconds"}};

	return profile__new(types, 2, by_wait_time);
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

static void add_labels(struct labels *l, const struct snapshot_report *r, const struct thread_row *t)
{
	const struct naming n = {.locks = r->locks, .lock_count = r->lock_count};
	const struct lock_row *lock = t->blocked ? naming__lock(&n, t->wait.lock) : NULL;

	add_text(l, "process", r->comm);
	add_number(l, "pid", r->pid);
	add_text(l, "thread", t->name);
	add_number(l, "tid", t->tid);
	add_text(l, "wait", describe_wait_kind(t));
	if (!t->blocked)
		return;
	add_text(l, "call", t->wait.syscall);
	if (lock)
		add_text(l, "lock", lock_name(l->lock, sizeof(l->lock), lock));
	add_text(l, "file", t->wait.file);
	add_number(l, "blocked_by", t->wait.blocked_by);
}

void pprof__add(struct profile *p, const struct snapshot_report *r)
{
	char name[DESCRIBE_NAME], comment[DESCRIBE_NAME + 48];

	profile__time(p, r->time_ns);
	describe_thread(name, sizeof(name), r->comm, r->pid);
	snprintf(comment, sizeof(comment), "%s at one instant, by threadscope " TS_VERSION, name);
	profile__comment(p, comment);
	profile__program(p, r->exe);
	for (size_t i = 0; i < r->thread_count; i++) {
		const struct thread_row *t = &r->threads[i];
		const uint64_t values[] = {1, t->blocked ? t->wait.duration_ns : 0};
		struct labels l = {.count = 0};

		if (t->left_out)
			continue;
		add_labels(&l, r, t);
		profile__sample(p, &t->stack, fold__missing(t), values, l.list, l.count);
	}
}
