// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/go/queue_readers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "words/describe.h"
#include "util/duration.h"

#define SENTENCE 1024

/* ---- readers and the threads they are on ---------------------------------------- */

static void join_reader(struct go_reader_row *one, const struct go_reader *from, const struct naming *threads)
{
	const struct thread_row *t = from->tid ? naming__thread(threads, from->tid) : NULL;

	one->r = *from;
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
}

struct go_queue_row *queue_readers__join(struct arena *a, const struct go_reading *from,
					 const struct naming *threads)
{
	struct go_queue_row *list = ARENA_NEW(a, struct go_queue_row, from->queue_count + 1);

	for (size_t i = 0; i < from->queue_count; i++) {
		list[i].q = &from->queues[i];
		for (size_t k = 0; k < list[i].q->reader_count; k++)
			join_reader(&list[i].readers[k], &list[i].q->readers[k], threads);
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

static void describe_doing(char *dst, size_t size, const struct go_reader_row *one)
{
	char time[DURATION_TEXT] = "";
	const char *about = one->r.wait_exact ? "" : "about ";

	if (one->r.wait_known)
		duration_format(time, sizeof(time), one->r.wait_ns);
	else
		about = "";
	if (one->call && one->file)
		snprintf(dst, size, "in %s(%s)%s%s%s", one->call, one->file, *time ? " for " : "", about,
			 time);
	else if (one->call && one->r.wait.target == GO_TARGET_FD)
		snprintf(dst, size, "in %s(fd %d)%s%s%s", one->call, one->r.wait.fd, *time ? " for " : "",
			 about, time);
	else
		snprintf(dst, size, "in %s%s%s%s%s%s", one->call ? one->call : one->r.state,
			 one->r.function && !one->call ? " below " : "",
			 one->r.function && !one->call ? one->r.function : "", *time ? " for " : "", about,
			 time);
}

char *describe_go_queue(char *dst, size_t size, const struct go_queue_row *q)
{
	const struct go_reader_row *one = go_queue__slowest(q);
	uint64_t readers = q->q->reader_count + q->q->readers_more;
	const char *likely = q->q->likely ? "likely " : "";
	char room[64], doing[SENTENCE];
	int used;

	if (q->q->cap)
		snprintf(room, sizeof(room), " (%" PRIu64 "/%" PRIu64 ")", q->q->len, q->q->cap);
	else
		*room = '\0';
	used = snprintf(dst, size, "%" PRIu64 " %s blocked sending on %schan 0x%" PRIx64 "%s; ",
			q->q->senders, q->q->senders == 1 ? "goroutine" : "goroutines",
			q->q->cap ? "" : "unbuffered ", q->q->address, room);
	if (used < 0 || (size_t)used >= size)
		return dst;
	dst += used;
	size -= (size_t)used;
	if (!one) {
		snprintf(dst, size, "its receiver is unknown");
		return dst - used;
	}
	describe_doing(doing, sizeof(doing), one);
	if (readers == 1)
		snprintf(dst, size, "its %sreceiver is %s", likely, doing);
	else
		snprintf(dst, size, "of its %" PRIu64 " %sreceivers, goroutine %" PRIu64 " is %s", readers,
			 likely, one->r.goid, doing);
	return dst - used;
}
