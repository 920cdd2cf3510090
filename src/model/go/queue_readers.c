// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/go/queue_readers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "thresholds.h"
#include "util/duration.h"
#include "words/describe.h"
#include "words/describe_go.h"
#include "words/go_names.h"

#define SENTENCE 1024

/* ---- readers and the threads they are on ---------------------------------------- */

/* Where it is in the program itself, and what it has called there. */
static void take_place(struct go_reader_row *one)
{
	const struct call_stack *s = &one->r.stack;
	size_t at = call_stack__of_go_program(s);

	if (at == NO_FRAME)
		return;
	one->at = &s->frames[at];
	if (at)
		one->callee = s->frames[at - 1].function;
	for (size_t i = 0; i < at; i++)
		one->callee_writes = one->callee_writes || go_name__writes(s->frames[i].function);
}

void go_reader__join(struct go_reader_row *one, const struct go_reader *from, const struct naming *threads)
{
	const struct thread_row *t = from->tid ? naming__thread(threads, from->tid) : NULL;

	one->r = *from;
	take_place(one);
	if (t && t->blocked && t->goid == one->r.goid && !t->go_running && t->wait.syscall) {
		one->call = t->wait.syscall;
		one->file = t->wait.file;
		one->r.wait_ns = t->wait.duration_ns;
		one->r.wait_known = one->r.wait_exact = true;
		one->writes = t->wait.kind == WAIT_WRITE || t->wait.kind == WAIT_FSYNC;
	} else if (one->r.wait.target == GO_TARGET_FD) {
		one->call = one->r.wait.fd_write ? "write" : "read";
		one->file = one->r.wait.file;
		one->writes = one->r.wait.fd_write;
	}
	one->writes = one->writes || (!one->call && one->callee_writes);
}

struct go_queue_row *queue_readers__join(struct arena *a, const struct go_reading *from,
					 const struct naming *threads)
{
	struct go_queue_row *list = ARENA_NEW(a, struct go_queue_row, from->queue_count + 1);

	for (size_t i = 0; i < from->queue_count; i++) {
		list[i].q = &from->queues[i];
		for (size_t k = 0; k < list[i].q->reader_count; k++)
			go_reader__join(&list[i].readers[k], &list[i].q->readers[k], threads);
	}
	return list;
}

/* ---- in words --------------------------------------------------------------------- */

const struct go_reader_row *go_queue__slowest(const struct go_queue_row *q)
{
	const struct go_reader_row *found = q->q->reader_count ? &q->readers[0] : NULL;

	for (size_t i = 1; i < q->q->reader_count; i++) {
		const struct go_reader_row *one = &q->readers[i];

		if (one->writes != found->writes ? one->writes : one->r.wait_ns > found->r.wait_ns)
			found = one;
	}
	return found;
}

/* It is between two calls: there is nothing that it waits for. */
static bool can_run(const struct go_reader *r)
{
	return !strcmp(r->state, "running") || !strcmp(r->state, "runnable") ||
	       !strcmp(r->state, "preempted");
}

/* "fsync(/var/log/app.log)", "os.(*File).Sync", "chan receive below main.run". */
static void describe_reader_call(char *dst, size_t size, const struct go_reader_row *one)
{
	if (one->call && one->file)
		snprintf(dst, size, "in %s(%s)", one->call, one->file);
	else if (one->call && one->r.wait.target == GO_TARGET_FD)
		snprintf(dst, size, "in %s(fd %d)", one->call, one->r.wait.fd);
	else if (one->call)
		snprintf(dst, size, "in %s", one->call);
	else if (can_run(&one->r))
		snprintf(dst, size, "%s%s%s", one->r.state, one->r.function ? " in " : "",
			 one->r.function ? one->r.function : "");
	else if (one->callee)
		snprintf(dst, size, "in %s", one->callee);
	else
		snprintf(dst, size, "in %s%s%s", one->r.state, one->r.function ? " below " : "",
			 one->r.function ? one->r.function : "");
}

char *describe_go_doing(char *dst, size_t size, const struct go_reader_row *one)
{
	char call[SENTENCE - 192], time[DURATION_TEXT] = "", line[DESCRIBE_NAME] = "";

	describe_reader_call(call, sizeof(call), one);
	if (one->r.wait_known)
		duration_format(time, sizeof(time), one->r.wait_ns);
	if (one->at)
		describe_go_line(line, sizeof(line), one->at);
	snprintf(dst, size, "%s%s%s%s%s%s", call, *line ? " at " : "", line, *time ? " for " : "",
		 *time && !one->r.wait_exact ? "about " : "", time);
	return dst;
}

char *describe_go_queue(char *dst, size_t size, const struct go_queue_row *q)
{
	const struct go_reader_row *one = go_queue__slowest(q);
	uint64_t readers = q->q->reader_count + q->q->readers_more;
	const char *likely = q->q->likely ? "likely " : "";
	char room[64], doing[SENTENCE], time[DURATION_TEXT], lasts[DURATION_TEXT + 32] = "";
	int used;

	if (q->q->cap)
		snprintf(room, sizeof(room), " (%" PRIu64 "/%" PRIu64 ")", q->q->len, q->q->cap);
	else
		*room = '\0';
	if (q->lasts_ns >= NS_OF_S(LOG_QUEUE_FULL_WARNING_S))
		snprintf(lasts, sizeof(lasts), " in each reading for %s",
			 duration_format(time, sizeof(time), q->lasts_ns));
	used = snprintf(dst, size, "%" PRIu64 " %s blocked sending on %schan 0x%" PRIx64 "%s%s; ",
			q->q->senders, q->q->senders == 1 ? "goroutine" : "goroutines",
			q->q->cap ? "" : "unbuffered ", q->q->address, room, lasts);
	if (used < 0 || (size_t)used >= size)
		return dst;
	dst += used;
	size -= (size_t)used;
	if (!one) {
		snprintf(dst, size, "its receiver is unknown");
		return dst - used;
	}
	describe_go_doing(doing, sizeof(doing), one);
	if (readers == 1)
		snprintf(dst, size, "its %sreceiver is %s", likely, doing);
	else
		snprintf(dst, size, "of its %" PRIu64 " %sreceivers, goroutine %" PRIu64 " is %s", readers,
			 likely, one->r.goid, doing);
	return dst - used;
}
