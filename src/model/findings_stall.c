// SPDX-License-Identifier: GPL-2.0-or-later
/* Logs that hold threads up: a call that hangs, or slow ones that take much of an interval. */
#include <stdlib.h>
#include <string.h>

#include "model/describe.h"
#include "model/model_private.h"
#include "model/stall.h"
#include "util/duration.h"

#define HANG_NS      100000000ull /* a call in flight that long is told */
#define URGENT_NS    1000000000ull
#define SHARE        10 /* slow calls that took a tenth of the interval are told */
#define MOST_STEPS   16 /* from a thread to who it waits for, and on */
#define SHOWN_FRAMES 3

struct stall_teller {
	struct findings *f;
	const struct interval_report *r;
	struct naming n;
};

/* It waits for tid, or for one that does. */
static bool behind(const struct stall_teller *t, const struct thread_row *thread, pid_t tid)
{
	for (int step = 0; step < MOST_STEPS && thread && thread->blocked; step++) {
		if (thread->wait.blocked_by == tid)
			return true;
		thread = thread->wait.blocked_by ? naming__thread(&t->n, thread->wait.blocked_by) : NULL;
	}
	return false;
}

/* tid and all behind it; *ret_first: one that waits for it itself, NULL: none. */
static pid_t *queue_of(const struct stall_teller *t, pid_t pid, pid_t tid, size_t *ret_count,
		       const struct thread_row **ret_first)
{
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, t->r->thread_count + 1);
	size_t count = 0;

	*ret_first = NULL;
	tids[count++] = tid;
	for (size_t i = 0; i < t->r->thread_count; i++) {
		const struct thread_row *thread = &t->r->threads[i];

		if (thread->pid != pid || thread->tid == tid || !behind(t, thread, tid))
			continue;
		if (!*ret_first && thread->wait.blocked_by == tid)
			*ret_first = thread;
		tids[count++] = thread->tid;
	}
	*ret_count = count;
	return tids;
}

/* "; 12 threads wait for mutex log_mutex, which it holds" */
static const char *behind_text(const struct stall_teller *t, const struct thread_row *first, size_t count)
{
	const struct lock_row *lock = first ? naming__lock(&t->n, first->wait.lock) : NULL;
	const char *who = count == 1 ? "thread waits" : "threads wait";
	char text[DESCRIBE_WAIT];

	if (!count)
		return "";
	if (!lock)
		return arena__format(t->f->arena, "; %zu %s for it", count, who);
	return arena__format(t->f->arena, "; %zu %s behind %s, which it holds", count, who,
			     describe_lock_short(text, sizeof(text), lock));
}

static const char *called_from(const struct stall_teller *t, const struct call_stack *stack)
{
	char text[DESCRIBE_WAIT];

	describe_calls(text, sizeof(text), stack, SHOWN_FRAMES);
	return *text ? arena__format(t->f->arena, ", called from %s", text) : "";
}

static const char *file_name(const struct stall_teller *t, const char *path, const char *kind, int fd)
{
	return *path ? path : arena__format(t->f->arena, "%s, fd %d", kind, fd);
}

/* Nobody is in it: who submitted it goes on. */
static void tell_request(struct stall_teller *t, const struct call_row *c)
{
	char name[DESCRIBE_NAME], time[DURATION_TEXT];
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, 1);

	tids[0] = c->thread->tid;
	findings__add(
		t->f,
		&(struct finding){
			.kind = "log-stall",
			.severity = c->age_ns >= URGENT_NS ? "warning" : "info",
			.summary = arena__format(
				t->f->arena, "an %s on %s has been under way for %s; %s submitted it",
				describe_io(c->syscall, c->sync), file_name(t, c->path, c->file_kind, c->fd),
				duration_format(time, sizeof(time), c->age_ns),
				describe_thread(name, sizeof(name), c->thread->name, c->thread->tid)),
			.pid = c->thread->pid,
			.path = *c->path ? c->path : NULL,
			.tids = tids,
			.tid_count = 1});
}

static void tell_hang(struct stall_teller *t, const struct call_row *c)
{
	char name[DESCRIBE_NAME], time[DURATION_TEXT];
	const struct thread_row *first;
	size_t count;
	pid_t *tids = queue_of(t, c->thread->pid, c->thread->tid, &count, &first);
	const char *why = c->stall == STALL_UNKNOWN
				  ? ""
				  : arena__format(t->f->arena, " (%s)", stall_part__words(c->stall));

	if (c->request) {
		tell_request(t, c);
		return;
	}
	findings__add(
		t->f,
		&(struct finding){
			.kind = "log-stall",
			.severity = count > 1 || c->age_ns >= URGENT_NS ? "warning" : "info",
			.summary = arena__format(
				t->f->arena, "%s has been in %s(%s) for %s%s%s%s",
				describe_thread(name, sizeof(name), c->thread->name, c->thread->tid),
				describe_io(c->syscall, c->sync), file_name(t, c->path, c->file_kind, c->fd),
				duration_format(time, sizeof(time), c->age_ns), why,
				called_from(t, &c->thread->stack), behind_text(t, first, count - 1)),
			.pid = c->thread->pid,
			.path = *c->path ? c->path : NULL,
			.tids = tids,
			.tid_count = count});
}

static void tell_slow(struct stall_teller *t, const struct file_row *f)
{
	const struct slow_call *c = f->slow->slowest;
	uint64_t count = f->slow->writes.count + f->slow->fsyncs.count;
	uint64_t ns = f->slow->writes.ns + f->slow->fsyncs.ns, parts[STALL_PARTS];
	char all[DURATION_TEXT], one[DURATION_TEXT], name[DESCRIBE_NAME];
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, 1);

	for (int i = 0; i < STALL_PARTS; i++)
		parts[i] = f->slow->writes.parts[i] + f->slow->fsyncs.parts[i];
	tids[0] = c->tid;
	findings__add(
		t->f,
		&(struct finding){
			.kind = "log-stall",
			.severity = "warning",
			.summary = arena__format(
				t->f->arena,
				"%llu slow %s on %s took %s in all, mostly %s; the slowest, %s by %s, %s%s",
				(unsigned long long)count, count == 1 ? "call" : "calls",
				file_name(t, f->path, f->kind, f->fd), duration_format(all, sizeof(all), ns),
				stall_part__words(stall__main(parts)), describe_io(c->syscall, c->sync),
				describe_thread(name, sizeof(name), c->name, c->tid),
				duration_format(one, sizeof(one), c->ns), called_from(t, &c->stack)),
			.pid = f->pid,
			.path = *f->path ? f->path : NULL,
			.tids = tids,
			.tid_count = 1});
}

static bool much_time(const struct interval_report *r, const struct file_row *f)
{
	if (!f->slow || !f->slow->slowest)
		return false;
	return f->slow->writes.ns + f->slow->fsyncs.ns >= r->interval_ns / SHARE;
}

/* Of one file the oldest call alone: the others are behind it, or as stuck. */
static bool told_before(const struct interval_report *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (r->calls[i].thread->pid == r->calls[at].thread->pid &&
		    !strcmp(r->calls[i].path, r->calls[at].path))
			return true;
	return false;
}

static bool hangs(const struct interval_report *r, const struct file_row *f)
{
	return f->oldest_in_flight_ns >= HANG_NS && r->call_count;
}

void findings__stalls(struct findings *f, const struct interval_report *r)
{
	struct stall_teller t = {
		.f = f, .r = r, .n = {r->threads, r->thread_count, r->locks, r->lock_count, false}};

	for (size_t i = 0; i < r->call_count && r->calls[i].age_ns >= HANG_NS; i++)
		if (!told_before(r, i))
			tell_hang(&t, &r->calls[i]);
	for (size_t i = 0; i < r->file_count; i++)
		if (!hangs(r, &r->files[i]) && much_time(r, &r->files[i]))
			tell_slow(&t, &r->files[i]);
}
