// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes and syncs in flight that block threads for long. */
#include "model/findings/hanging_calls.h"

#include <stdlib.h>
#include <string.h>

#include "model/findings/call_text.h"
#include "thresholds.h"
#include "util/duration.h"
#include "util/text.h"
#include "waits/stall.h"
#include "words/describe.h"

#define HANG_NS    NS_OF_MS(LOG_STALL_MS)
#define URGENT_NS  NS_OF_S(LOG_STALL_WARNING_S)
#define MOST_STEPS 16 /* along the chain of owners */

struct stall_reporter {
	struct findings *f;
	struct naming n;
	bool cut; /* the report has only some of the calls */
};

/* It waits for tid, directly or not. */
static bool behind(const struct stall_reporter *t, const struct thread_row *thread, pid_t tid)
{
	for (int step = 0; step < MOST_STEPS && thread && thread->blocked; step++) {
		if (thread->wait.blocked_by == tid)
			return true;
		thread = thread->wait.blocked_by ? naming__thread(&t->n, thread->wait.blocked_by) : NULL;
	}
	return false;
}

/* Adds all threads behind tid to tids, which has room, and returns their number. *ret_first waits for it. */
static size_t queue_of(const struct stall_reporter *t, pid_t pid, pid_t tid, pid_t *tids,
		       const struct thread_row **ret_first)
{
	size_t count = 0;

	*ret_first = NULL;
	for (size_t i = 0; i < t->n.thread_count; i++) {
		const struct thread_row *thread = &t->n.threads[i];

		if (thread->pid != pid || thread->tid == tid || !behind(t, thread, tid))
			continue;
		if (!*ret_first && thread->wait.blocked_by == tid)
			*ret_first = thread;
		tids[count++] = thread->tid;
	}
	return count;
}

/* "; 12 threads wait for mutex log_mutex, which it holds" */
static const char *behind_text(const struct stall_reporter *t, const struct thread_row *first, size_t count)
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

/* A socket by its address, as its thread's row has it: its file is known by a number only. */
static const char *file_of_call(const struct stall_reporter *t, const struct call_row *c)
{
	const char *of_thread = c->request ? NULL : c->thread->wait.file;

	if (of_thread && starts_with(c->path, "socket:[") && !starts_with(of_thread, "socket:["))
		return of_thread;
	return call_text__file(t->f->arena, c->path, c->file_kind, c->fd, c->peer);
}

/* No thread is in the call: the one that submitted it continues. */
static void report_request(struct stall_reporter *t, const struct call_row *c)
{
	char name[DESCRIBE_NAME], time[DURATION_TEXT];
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, 1);

	tids[0] = c->thread->tid;
	findings__add(t->f,
		      &(struct finding){
			      .kind = FINDING_LOG_STALL,
			      .severity = c->age_ns >= URGENT_NS ? SEVERITY_USUAL : SEVERITY_INFO,
			      .summary = arena__format(
				      t->f->arena, "an %s on %s has been in flight for %s, submitted by %s",
				      describe_io(c->syscall, c->sync), file_of_call(t, c),
				      duration_format(time, sizeof(time), c->age_ns),
				      describe_thread(name, sizeof(name), c->thread->name, c->thread->tid)),
			      .pid = c->thread->pid,
			      .path = *c->path ? c->path : NULL,
			      .tids = tids,
			      .tid_count = 1});
}

/* "; 3 more threads are in calls on it" */
static const char *others_text(const struct stall_reporter *t, size_t count)
{
	if (!count)
		return "";
	return arena__format(t->f->arena, "; %s%zu more %s on it", t->cut ? "at least " : "", count,
			     count == 1 ? "thread is in a call" : "threads are in calls");
}

/* " (journal commit)", " (file server: fuse server of /mnt, sshfs (812))" */
static const char *server_text(const struct stall_reporter *t, const struct call_row *c)
{
	const char *server = c->thread->wait.server;
	char links[DESCRIBE_CHAIN];

	if (*describe_links_plain(links, sizeof(links), &c->thread->wait))
		return arena__format(t->f->arena, " (%s%s%s)",
				     c->stall == STALL_UNKNOWN ? "" : stall_part__words(c->stall),
				     c->stall == STALL_UNKNOWN ? "" : ": ", links);
	if (c->thread->wait.writer)
		return arena__format(
			t->f->arena, " (%s; %s)", stall_part__words(c->stall),
			describe_device_writer(links, sizeof(links), c->thread->wait.writer, c->thread->pid));
	if (server && (c->stall == STALL_SERVER || c->stall == STALL_UNKNOWN))
		return arena__format(t->f->arena, " (%s: %s)", stall_part__words(STALL_SERVER), server);
	return c->stall == STALL_UNKNOWN ? ""
					 : arena__format(t->f->arena, " (%s)", stall_part__words(c->stall));
}

/* Its pipe is read by a pager, which waits for a key. */
static bool is_paged(const struct wait *w)
{
	const struct link_row *k = w->chain_count == 1 ? w->chain : NULL;

	return k && k->role == LINK_READS && k->state == LINK_BLOCKED && k->syscall &&
	       !strcmp(k->syscall, "read") && k->file &&
	       (starts_with(k->file, "/dev/tty") || starts_with(k->file, "/dev/pts/"));
}

/* Reports a file's oldest call; its other calls follow in the list. Returns the finding's threads, that
 * first. */
static const pid_t *report_hang(struct stall_reporter *t, const struct call_row *c, size_t calls,
				size_t *ret_count)
{
	char name[DESCRIBE_NAME], time[DURATION_TEXT];
	const struct thread_row *first;
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, t->n.thread_count + calls);
	size_t count = 0, waiting;
	const char *why = server_text(t, c);

	while (count < calls) {
		tids[count] = c[count].thread->tid;
		count++;
	}
	waiting = queue_of(t, c->thread->pid, c->thread->tid, tids + count, &first);
	count += waiting;
	findings__add(t->f,
		      &(struct finding){
			      .kind = FINDING_LOG_STALL,
			      .severity = waiting || (c->age_ns >= URGENT_NS && !is_paged(&c->thread->wait))
						  ? SEVERITY_USUAL
						  : SEVERITY_INFO,
			      .summary = arena__format(
				      t->f->arena, "%s has been in %s(%s) for %s%s%s%s%s%s",
				      describe_thread(name, sizeof(name), c->thread->name, c->thread->tid),
				      describe_io(c->syscall, c->sync), file_of_call(t, c),
				      c->at_least ? "at least " : "",
				      duration_format(time, sizeof(time), c->age_ns), why,
				      call_text__from(t->f->arena, &c->thread->stack),
				      others_text(t, calls - 1), behind_text(t, first, waiting)),
			      .pid = c->thread->pid,
			      .path = *c->path ? c->path : NULL,
			      .tids = tids,
			      .tid_count = count});
	*ret_count = count;
	return tids;
}

/* Only the oldest call per file: the others wait behind it, or hang in the same way. */
static bool reported_before(const struct call_row *calls, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (calls[i].thread->pid == calls[at].thread->pid && !strcmp(calls[i].path, calls[at].path))
			return true;
	return false;
}

/* The long calls of threads on the file of calls[at], which is the oldest of them. */
static const struct call_row *calls_on_file(struct arena *a, const struct interval_report *r, size_t at,
					    size_t *ret_count)
{
	struct call_row *list = ARENA_NEW(a, struct call_row, r->call_count - at);
	const struct call_row *first = &r->calls[at];
	size_t count = 0;

	for (size_t i = at; i < r->call_count && r->calls[i].age_ns >= HANG_NS; i++)
		if (i == at ||
		    (*first->path && !r->calls[i].request && r->calls[i].thread->pid == first->thread->pid &&
		     !strcmp(r->calls[i].path, first->path)))
			list[count++] = r->calls[i];
	*ret_count = count;
	return list;
}

static void mark(const struct stall_reporter *t, bool *reported, const pid_t *tids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct thread_row *row = naming__thread(&t->n, tids[i]);

		if (row)
			reported[row - t->n.threads] = true;
	}
}

void findings__hanging_calls_of_interval(struct findings *f, const struct interval_report *r, bool *reported)
{
	struct stall_reporter t = {.f = f, .n = naming__of_interval(r), .cut = r->call_count == REPORT_CALLS};
	const struct call_row *calls;
	const pid_t *tids;
	size_t count, all;

	for (size_t i = 0; i < r->call_count && r->calls[i].age_ns >= HANG_NS; i++) {
		if (reported_before(r->calls, i))
			continue;
		if (r->calls[i].request) {
			report_request(&t, &r->calls[i]);
			continue;
		}
		calls = calls_on_file(f->arena, r, i, &count);
		tids = report_hang(&t, calls, count, &all);
		mark(&t, reported, tids, all);
	}
}

/* ---- one instant: threads in a write or sync ---------------------------------------------- */

static bool in_long_call(const struct thread_row *t)
{
	return t->blocked && (t->wait.kind == WAIT_WRITE || t->wait.kind == WAIT_FSYNC) &&
	       t->wait.duration_ns >= HANG_NS;
}

static struct call_row call_of(const struct thread_row *t)
{
	return (struct call_row){.thread = t,
				 .sync = t->wait.kind == WAIT_FSYNC,
				 .syscall = t->wait.syscall,
				 .age_ns = t->wait.duration_ns,
				 .at_least = t->wait.at_least,
				 .fd = t->wait.fd,
				 .path = t->wait.file ? t->wait.file : "",
				 .peer = t->wait.peer,
				 .file_kind = TS_FILE_REGULAR,
				 .stall = stall__of_stack(&t->kernel_stack)};
}

static int by_file_then_age(const void *a, const void *b)
{
	const struct call_row *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	if (order)
		return order;
	if (x->thread->pid != y->thread->pid)
		return x->thread->pid < y->thread->pid ? -1 : 1;
	if (x->age_ns != y->age_ns)
		return x->age_ns > y->age_ns ? -1 : 1;
	return x->thread->tid < y->thread->tid ? -1 : 1;
}

/* The oldest call on a file, and the number of calls. */
struct file_calls {
	const struct call_row *oldest;
	size_t count;
};

static int by_age(const void *a, const void *b)
{
	const struct file_calls *x = a, *y = b;

	if (x->oldest->age_ns != y->oldest->age_ns)
		return x->oldest->age_ns > y->oldest->age_ns ? -1 : 1;
	return x->oldest->thread->tid < y->oldest->thread->tid ? -1 : 1;
}

static bool same_file(const struct call_row *x, const struct call_row *y)
{
	return *x->path && !strcmp(x->path, y->path) && x->thread->pid == y->thread->pid;
}

/* Files with a long call, the one with the oldest call first. */
static struct file_calls *files_of(struct arena *a, const struct naming *n, size_t *ret_count)
{
	struct call_row *calls = ARENA_NEW(a, struct call_row, n->thread_count + 1);
	struct file_calls *files = ARENA_NEW(a, struct file_calls, n->thread_count + 1);
	size_t all = 0, count = 0;

	for (size_t i = 0; i < n->thread_count; i++)
		if (in_long_call(&n->threads[i]))
			calls[all++] = call_of(&n->threads[i]);
	if (all)
		qsort(calls, all, sizeof(*calls), by_file_then_age);
	for (size_t i = 0; i < all; i++)
		if (count && same_file(files[count - 1].oldest, &calls[i]))
			files[count - 1].count++;
		else
			files[count++] = (struct file_calls){&calls[i], 1};
	if (count)
		qsort(files, count, sizeof(*files), by_age);
	*ret_count = count;
	return files;
}

/* Returns the finding's threads. */
static const pid_t *report_more(struct stall_reporter *t, const struct file_calls *files, size_t count,
				size_t *ret_count)
{
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, t->n.thread_count + 1);
	size_t threads = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < files[i].count; k++)
			tids[threads++] = files[i].oldest[k].thread->tid;
	findings__add(t->f, &(struct finding){
				    .kind = FINDING_LOG_STALL,
				    .severity = SEVERITY_INFO,
				    .summary = arena__format(t->f->arena,
							     "%zu more threads have been in writes and syncs "
							     "of %zu more files for %d ms or more",
							     threads, count, LOG_STALL_MS),
				    .pid = files->oldest->thread->pid,
				    .tids = tids,
				    .tid_count = threads});
	*ret_count = threads;
	return tids;
}

void findings__hanging_calls(struct findings *f, const struct naming *n, bool *reported)
{
	struct stall_reporter t = {.f = f, .n = *n};
	size_t count, threads;
	const struct file_calls *files = files_of(f->arena, n, &count);
	const pid_t *tids;

	for (size_t i = 0; i < count && i < FINDINGS_OF_A_KIND; i++) {
		tids = report_hang(&t, files[i].oldest, files[i].count, &threads);
		mark(&t, reported, tids, threads);
	}
	if (count > FINDINGS_OF_A_KIND) {
		tids = report_more(&t, files + FINDINGS_OF_A_KIND, count - FINDINGS_OF_A_KIND, &threads);
		mark(&t, reported, tids, threads);
	}
}
