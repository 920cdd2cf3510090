// SPDX-License-Identifier: GPL-2.0-or-later
/* Channels that are full: what those are doing that should receive, and which of them are queues of a log. */
#include "model/go/queue_readers.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "words/describe.h"
#include "util/duration.h"

#define QUEUE_NS 10000000ull /* a shorter call is usual traffic */
#define LONG_NS  1000000000ull
#define SENTENCE 1024

/* ---- readers and the threads they are on ---------------------------------------- */

static void join_reader(struct go_reader *one, const struct naming *threads)
{
	const struct thread_row *t = one->tid ? naming__thread(threads, one->tid) : NULL;

	if (t && t->blocked && t->goid == one->goid && !t->go_running && t->wait.syscall) {
		one->call = t->wait.syscall;
		one->file = t->wait.file;
		one->wait_ns = t->wait.duration_ns;
		one->wait_known = one->wait_exact = true;
		one->writes = t->wait.kind == WAIT_WRITE || t->wait.kind == WAIT_FSYNC;
	} else if (one->wait.target == GO_TARGET_FD) {
		one->call = one->wait.fd_write ? "write" : "read";
		one->file = one->wait.file;
		one->writes = one->wait.fd_write;
	}
}

void model__go_queues(struct arena *a, struct go_report *r, const struct naming *threads)
{
	struct go_queue *list = ARENA_NEW(a, struct go_queue, r->queue_count + 1);

	for (size_t i = 0; i < r->queue_count; i++) {
		list[i] = r->queues[i];
		for (size_t k = 0; k < list[i].reader_count; k++)
			join_reader(&list[i].readers[k], threads);
	}
	r->queues = list;
}

/* ---- in words --------------------------------------------------------------------- */

/* The one to name: who writes, and for longest. */
static const struct go_reader *slowest(const struct go_queue *q)
{
	const struct go_reader *found = q->reader_count ? &q->readers[0] : NULL;

	for (size_t i = 1; i < q->reader_count; i++) {
		const struct go_reader *one = &q->readers[i];

		if (one->writes != found->writes ? one->writes : one->wait_ns > found->wait_ns)
			found = one;
	}
	return found;
}

static void describe_doing(char *dst, size_t size, const struct go_reader *one)
{
	char time[DURATION_TEXT] = "";
	const char *about = one->wait_exact ? "" : "about ";

	if (one->wait_known)
		duration_format(time, sizeof(time), one->wait_ns);
	else
		about = "";
	if (one->call && one->file)
		snprintf(dst, size, "in %s(%s)%s%s%s", one->call, one->file, *time ? " " : "", about, time);
	else if (one->call && one->wait.target == GO_TARGET_FD)
		snprintf(dst, size, "in %s(fd %d)%s%s%s", one->call, one->wait.fd, *time ? " " : "", about,
			 time);
	else
		snprintf(dst, size, "in %s%s%s%s%s%s", one->call ? one->call : one->state,
			 one->function && !one->call ? " below " : "",
			 one->function && !one->call ? one->function : "", *time ? " " : "", about, time);
}

char *describe_go_queue(char *dst, size_t size, const struct go_queue *q)
{
	const struct go_reader *one = slowest(q);
	uint64_t readers = q->reader_count + q->readers_more;
	const char *likely = q->likely ? "likely " : "";
	char room[64], doing[SENTENCE];
	int used;

	if (q->cap)
		snprintf(room, sizeof(room), "%" PRIu64 "/%" PRIu64, q->len, q->cap);
	else
		snprintf(room, sizeof(room), "without a buffer");
	used = snprintf(dst, size, "%" PRIu64 " %s to send to chan 0x%" PRIx64 " (%s); ", q->senders,
			q->senders == 1 ? "goroutine waits" : "goroutines wait", q->address, room);
	if (used < 0 || (size_t)used >= size)
		return dst;
	dst += used;
	size -= (size_t)used;
	if (!one) {
		snprintf(dst, size, "its reader is not known");
		return dst - used;
	}
	describe_doing(doing, sizeof(doing), one);
	if (readers == 1)
		snprintf(dst, size, "its %sreader is %s", likely, doing);
	else
		snprintf(dst, size, "of its %" PRIu64 " %sreaders goroutine %" PRIu64 " is %s", readers,
			 likely, one->goid, doing);
	return dst - used;
}

/* ---- the finding ------------------------------------------------------------------ */

/* A word of a name in lower case: letters up to the next capital, as in "zapLogger", or other character. */
static const char *next_word(const char *name, char *word, size_t size)
{
	size_t n = 0;

	while (*name && !isalpha((unsigned char)*name))
		name++;
	while (isupper((unsigned char)*name) && n + 1 < size)
		word[n++] = (char)tolower((unsigned char)*name++);
	while (islower((unsigned char)*name) && n + 1 < size)
		word[n++] = *name++;
	word[n] = '\0';
	return n ? name : NULL;
}

bool go_name__of_logger(const char *function)
{
	static const char *const words[] = {"log",  "logs", "logger", "loggers", "logging",
					    "logf", "slog", "zap",    "zerolog", "logrus",
					    "klog", "glog", "syslog", "zaplog",  "logline"};
	char word[32];

	while (function && (function = next_word(function, word, sizeof(word))))
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (!strcmp(word, words[i]))
				return true;
	return false;
}

/* By the names of those who send: only of those that all wait on this one channel. */
static bool sent_by_logger(const struct go_report *r, const struct go_queue *q)
{
	for (size_t i = 0; i < r->group_count; i++) {
		const struct go_group *g = &r->groups[i];

		if ((g->wait.target != GO_TARGET_CHAN && g->wait.target != GO_TARGET_SELECT) ||
		    g->wait.address != q->address || g->targets != 1)
			continue;
		for (size_t k = 0; k < g->stack.count; k++)
			if (go_name__of_logger(g->stack.frames[k].function))
				return true;
	}
	return false;
}

static bool is_log(const struct go_report *r, const struct go_queue *q)
{
	const struct go_reader *one = slowest(q);

	if (one && one->writes && (!one->wait_exact || one->wait_ns >= QUEUE_NS))
		return true;
	return sent_by_logger(r, q);
}

static void tell(struct findings *f, pid_t pid, const struct go_queue *q)
{
	const struct go_reader *one = slowest(q);
	pid_t *tids = ARENA_NEW(f->arena, pid_t, q->reader_count + 1);
	bool lasts = one && one->writes ? !one->wait_exact || one->wait_ns >= LONG_NS
					: q->wait_known && q->wait_max_ns >= LONG_NS;
	char text[SENTENCE];
	size_t count = 0;

	for (size_t i = 0; i < q->reader_count; i++)
		if (q->readers[i].tid)
			tids[count++] = q->readers[i].tid;
	describe_go_queue(text, sizeof(text), q);
	findings__add(f, &(struct finding){.kind = "log-queue-full",
					   .severity = lasts ? "warning" : "info",
					   .summary = arena__format(f->arena, "%s", text),
					   .pid = pid,
					   .tids = tids,
					   .tid_count = count,
					   .path = one && one->file && *one->file == '/' ? one->file : NULL});
}

void findings__log_queues(struct findings *f, const struct go_report *r, pid_t pid)
{
	for (size_t i = 0; r && i < r->queue_count; i++)
		if (is_log(r, &r->queues[i]))
			tell(f, pid, &r->queues[i]);
}
