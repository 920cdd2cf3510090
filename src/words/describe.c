/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/describe.h"
#include "words/go_names.h"
#include "words/java_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/append.h"
#include "util/duration.h"
#include "util/text.h"
#include "waits/wait.h"

static int compare_tid(const void *key, const void *row)
{
	pid_t tid = *(const pid_t *)key, other = ((const struct thread_row *)row)->tid;

	return (tid > other) - (tid < other);
}

static const struct thread_row *search_order(const struct naming *n, pid_t tid)
{
	for (size_t low = 0, high = n->thread_count; low < high;) {
		size_t middle = low + (high - low) / 2;
		const struct thread_row *t = &n->threads[n->order[middle]];

		if (t->tid == tid)
			return t;
		if (t->tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct thread_row *naming__thread(const struct naming *n, pid_t tid)
{
	if (!n->thread_count || tid <= 0)
		return NULL;
	if (n->by_tid)
		return bsearch(&tid, n->threads, n->thread_count, sizeof(*n->threads), compare_tid);
	if (n->order)
		return search_order(n, tid);
	for (size_t i = 0; i < n->thread_count; i++)
		if (n->threads[i].tid == tid)
			return &n->threads[i];
	return NULL;
}

struct naming naming__of_interval(const struct interval_report *r)
{
	return (struct naming){.threads = r->threads,
			       .thread_count = r->thread_count,
			       .locks = r->locks,
			       .lock_count = r->lock_count,
			       .order = r->thread_order};
}

struct naming naming__of_snapshot(const struct snapshot_report *r)
{
	return (struct naming){.threads = r->threads,
			       .thread_count = r->thread_count,
			       .locks = r->locks,
			       .lock_count = r->lock_count,
			       .by_tid = true};
}

const struct lock_row *naming__lock(const struct naming *n, size_t index)
{
	return index < n->lock_count ? &n->locks[index] : NULL;
}

char *describe_thread(char *dst, size_t size, const char *name, pid_t tid)
{
	char number[24];
	size_t used = 0, tail;

	if (!name || !*name) {
		append(dst, size, &used, "thread %d", (int)tid);
		return dst;
	}
	/* A long name is cut, the TID is not. */
	tail = (size_t)snprintf(number, sizeof(number), " (%d)", (int)tid);
	if (size <= tail + 4) {
		append(dst, size, &used, "%d", (int)tid);
		return dst;
	}
	append(dst, size - tail, &used, "%s", name);
	used = strlen(dst);
	append(dst, size, &used, "%s", number);
	return dst;
}

char *describe_tid(char *dst, size_t size, const struct naming *n, pid_t tid)
{
	const struct thread_row *thread = naming__thread(n, tid);

	return describe_thread(dst, size, thread ? thread->name : NULL, tid);
}

char *describe_tids(char *dst, size_t size, const struct naming *n, const pid_t *tids, size_t count,
		    size_t max)
{
	size_t used = 0, shown = count < max ? count : max;
	char name[DESCRIBE_NAME];

	*dst = '\0';
	for (size_t i = 0; i < shown; i++) {
		const char *before = !i ? "" : i + 1 == count ? " and " : ", ";

		append(dst, size, &used, "%s%s", before, describe_tid(name, sizeof(name), n, tids[i]));
	}
	if (shown < count)
		append(dst, size, &used, "%s%zu more", shown ? " and " : "", count - shown);
	return dst;
}

const char *describe_wait_kind(const struct thread_row *t)
{
	if (t->blocked)
		return wait_kind__name(t->wait.kind);
	return wait__ended(t->state) ? "ended" : "running";
}

char *describe_address(char *dst, size_t size, uint64_t address)
{
	snprintf(dst, size, "0x%" PRIx64, address);
	return dst;
}

/* The usual name of the wait if there is no system call. */
static const char *noun(enum wait_kind kind)
{
	switch (kind) {
	case WAIT_RWLOCK_READ:
		return "rwlock, to read";
	case WAIT_RWLOCK_WRITE:
		return "rwlock, to write";
	case WAIT_CHILD:
		return "wait";
	case WAIT_PAGE_FAULT:
		return "a page fault";
	case WAIT_OTHER:
	case WAIT_KINDS:
		return "the kernel";
	default:
		return wait_kind__name(kind);
	}
}

static bool is_lock_wait(enum wait_kind kind)
{
	return (unsigned)kind <= WAIT_FUTEX;
}

static void put_call(char *dst, size_t size, size_t *used, const struct wait *wait)
{
	const char *call = wait->syscall && *wait->syscall ? wait->syscall : noun(wait->kind);
	const char *mapped = !wait->syscall && wait->file ? wait->file : "";

	/* A page fault or a stop can occur within any call: it is the wait, not the call. */
	if (wait->kind == WAIT_STOPPED && wait->frozen)
		append(dst, size, used, "frozen");
	else if (wait->kind == WAIT_PAGE_FAULT || wait->kind == WAIT_STOPPED)
		append(dst, size, used, "%s%s%s", noun(wait->kind), *mapped ? " of " : "", mapped);
	else if (wait->file && *wait->file)
		append(dst, size, used, "%s(%s)", call, wait->file);
	else if (wait->fd >= 0)
		append(dst, size, used, "%s(fd %d)", call, wait->fd);
	else
		append(dst, size, used, "%s", call);
}

static void put_more_words(char *dst, size_t size, size_t *used, const struct wait *wait)
{
	if (wait->words > 1)
		append(dst, size, used, " and %zu more", wait->words - 1);
}

static const char *lock_access(enum wait_kind kind)
{
	return kind == WAIT_RWLOCK_READ ? ", to read" : kind == WAIT_RWLOCK_WRITE ? ", to write" : "";
}

const char *describe_least(const struct wait *wait)
{
	return wait->at_least && !wait_class__at_rest(wait->class) ? "at least " : "";
}

char *describe_age(char *dst, size_t size, const struct wait *wait)
{
	char time[DURATION_TEXT];
	size_t used = 0;

	*dst = '\0';
	append(dst, size, &used, "%s%s", describe_least(wait),
	       duration_format(time, sizeof(time), wait->duration_ns));
	return dst;
}

char *describe_wait_short(char *dst, size_t size, const struct naming *n, const struct wait *wait)
{
	const struct lock_row *lock = naming__lock(n, wait->lock);
	char name[DESCRIBE_WAIT];
	size_t used = 0;

	*dst = '\0';
	if (*describe_wait_named(name, sizeof(name), wait))
		append(dst, size, &used, "%s", name);
	else if (!is_lock_wait(wait->kind))
		put_call(dst, size, &used, wait);
	else if (wait->kind == WAIT_JOIN && wait->blocked_by > 0 && !(lock && lock->kind == LOCK_TASK))
		append(dst, size, &used, "the end of %s",
		       describe_tid(name, sizeof(name), n, wait->blocked_by));
	else if (lock)
		append(dst, size, &used, "%s%s", describe_lock_short(name, sizeof(name), lock),
		       lock_access(wait->kind));
	else
		append(dst, size, &used, "%s", noun(wait->kind));
	put_more_words(dst, size, &used, wait);
	return dst;
}

char *describe_wait(char *dst, size_t size, const struct naming *n, const struct wait *wait)
{
	const struct lock_row *lock = naming__lock(n, wait->lock);
	char name[DESCRIBE_WAIT / 2], owner[DESCRIBE_NAME + 24], holder[DESCRIBE_HOLDER];
	size_t used = 0;

	*dst = '\0';
	describe_wait_named(name, sizeof(name), wait);
	/* Python's GIL: its lock has that name, too. */
	if (*name && !(lock && lock->symbol && !strcmp(name, lock->symbol)))
		append(dst, size, &used, "%s, ", name);
	if (!is_lock_wait(wait->kind))
		put_call(dst, size, &used, wait);
	else if (lock)
		append(dst, size, &used, "%s%s", describe_lock(name, sizeof(name), lock),
		       lock_access(wait->kind));
	else
		append(dst, size, &used, "%s", noun(wait->kind));
	put_more_words(dst, size, &used, wait);
	if (wait->blocked_by > 0) {
		enum lock_kind kind = lock ? lock->kind : wait__lock_kind(wait->kind);

		append(dst, size, &used, ", %s",
		       describe_owner(owner, sizeof(owner), n, kind, wait->blocked_by));
	} else if (lock && is_lock_wait(wait->kind) && (lock->likely_tid > 0 || lock->readers)) {
		append(dst, size, &used, ", %s", describe_holder(holder, sizeof(holder), n, lock));
	}
	if (wait->timed && wait->kind != WAIT_SLEEP)
		append(dst, size, &used, ", with timeout");
	return dst;
}

char *describe_frame(char *dst, size_t size, const struct frame *frame)
{
	size_t used = 0;

	if (frame->function && *frame->function)
		describe_function(dst, size, frame->function);
	else if (frame->module && *frame->module)
		append(dst, size, &used, "[%s+0x%" PRIx64 "]", path_basename(frame->module), frame->offset);
	else
		append(dst, size, &used, "[0x%" PRIx64 "]", frame->address);
	return dst;
}

char *describe_stack(char *dst, size_t size, const struct call_stack *stack, size_t max)
{
	char name[128];
	size_t used = 0;

	*dst = '\0';
	for (size_t i = 0; i < stack->count && i < max; i++)
		append(dst, size, &used, "%s%s", i ? " < " : "",
		       describe_frame(name, sizeof(name), &stack->frames[i]));
	if (stack->count > max || (stack->count && stack->end && stack->end != STACK_COMPLETE))
		append(dst, size, &used, " < ...");
	return dst;
}

const char *event_type__name(enum event_type type)
{
	switch (type) {
	case EVENT_THREAD_CREATE:
		return "thread-create";
	case EVENT_THREAD_EXIT:
		return "thread-exit";
	case EVENT_FUTEX_WAIT:
		return "futex-wait";
	case EVENT_WRITE:
		return "write";
	case EVENT_FSYNC:
		return "fsync";
	case EVENT_PANIC:
		return "panic";
	case EVENT_PANIC_END:
		return "panic-end";
	case EVENT_FATAL:
		return "fatal-error";
	case EVENT_PROCESS_END:
		return "process-end";
	case EVENT_STOPPED:
		return "stopped";
	}
	return "unknown";
}

bool frame__of_libc(const struct frame *f)
{
	static const char *const NAMES[] = {"clone", "pthread_create", "start_thread"};
	const char *file = f->module ? path_basename(f->module) : "", *name = f->function;

	if (f->language)
		return false;
	if (!strncmp(file, "libc.", 5) || !strncmp(file, "libc-", 5) || !strncmp(file, "libpthread", 10) ||
	    !strncmp(file, "ld-musl", 7))
		return true;
	for (size_t i = 0; name && i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (!strncmp(name + strspn(name, "_"), NAMES[i], strlen(NAMES[i])))
			return true;
	return false;
}

size_t call_stack__first_own(const struct call_stack *s)
{
	size_t first = 0, go, java;

	while (first + 1 < s->count && frame__of_libc(&s->frames[first]))
		first++;
	/* Nor Go's library, if it is that which is on top: not C that a Go program has called. */
	go = first < s->count && frame__of_go_library(&s->frames[first]) ? call_stack__of_go_program(s)
									 : NO_FRAME;
	java = call_stack__of_java_program(s, first);
	return go != NO_FRAME ? go : java != NO_INDEX ? java : first;
}

bool call_stack__interpreted(const struct call_stack *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (frame__of_interpreter(&s->frames[i]))
			return true;
	return false;
}

#define CREATOR_FRAMES 32 /* more than anybody asks for */

char *describe_creator(char *dst, size_t size, const struct call_stack *stack, size_t max)
{
	bool interpreted = call_stack__interpreted(stack), inside = true;
	struct frame shown[CREATOR_FRAMES];
	struct call_stack own = {.frames = shown, .end = stack->end};

	/* Of an interpreter's own functions only the innermost, where it waits or runs. */
	for (size_t i = call_stack__first_own(stack); i < stack->count && own.count < CREATOR_FRAMES; i++) {
		if (!interpreted || inside || frame__of_interpreter(&stack->frames[i]))
			shown[own.count++] = stack->frames[i];
		inside = false;
	}
	return describe_stack(dst, size, &own, max);
}
