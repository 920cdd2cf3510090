// SPDX-License-Identifier: GPL-2.0-or-later
/* Which full channels are queues of a log. */
#include "model/findings/log_queue.h"

#include <ctype.h>
#include <string.h>

#include "model/findings/go_resolver.h"
#include "model/findings/go_lock_findings.h"
#include "model/findings/go_leaked.h"
#include "model/findings/go_stuck.h"
#include "model/findings/queue_memory.h"
#include "model/go/queue_readers.h"
#include "report/go_rows.h"
#include "thresholds.h"
#include "words/describe_go.h"

#define SENTENCE 1024

/* A word of a name, in lower case: letters up to the next capital, as in "zapLogger", or up to another
 * character. */
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

/* By the function names of the senders; only groups that wait on this one channel. */
static bool sent_by_logger(const struct go_reading *r, const struct go_queue_row *q)
{
	for (size_t i = 0; i < r->group_count; i++) {
		const struct go_group *g = &r->groups[i];

		if ((g->wait.target != GO_TARGET_CHAN && g->wait.target != GO_TARGET_SELECT) ||
		    g->wait.address != q->q->address || g->targets != 1)
			continue;
		for (size_t k = 0; k < g->stack.count; k++)
			if (go_name__of_logger(g->stack.frames[k].function))
				return true;
	}
	return false;
}

static bool received_by_logger(const struct go_reader_row *one)
{
	for (size_t i = 0; i < one->r.stack.count; i++)
		if (go_name__of_logger(one->r.stack.frames[i].function))
			return true;
	return false;
}

/* It waits in the network poller to write, or its thread has been in the call for a while. */
static bool hangs_in_write(const struct go_reader_row *one)
{
	if (!one->writes || !one->call)
		return false;
	return one->r.wait_exact ? one->r.wait_ns >= NS_OF_MS(LOG_QUEUE_FULL_MS)
				 : one->r.wait.target == GO_TARGET_FD;
}

static bool is_log(const struct go_reading *r, const struct go_queue_row *q)
{
	const struct go_reader_row *one = go_queue__slowest(q);

	if (one && (hangs_in_write(one) || (one->writes && (q->was_of_log || received_by_logger(one)))))
		return true;
	return sent_by_logger(r, q);
}

/* The runtime's stamp of a wait may be that old for a new one. */
static uint64_t sure_wait(const struct go_queue *q)
{
	uint64_t off_ns = NS_OF_S(GOROUTINE_STAMP_OFF_S);
	uint64_t stamped = q->wait_known && q->wait_max_ns > off_ns ? q->wait_max_ns - off_ns : 0;

	return stamped > q->wait_sure_ns ? stamped : q->wait_sure_ns;
}

/*
 * Senders stand still: one of them has waited for so long, or each time they were read some did, however
 * short each single call of the receiver is; or it has not received for so long.
 */
static bool stands_still(const struct go_queue_row *q)
{
	const struct go_reader_row *one = go_queue__slowest(q);
	uint64_t least_ns = NS_OF_S(LOG_QUEUE_FULL_WARNING_S);

	if (sure_wait(q->q) >= least_ns || q->lasts_ns >= least_ns)
		return true;
	return one && one->writes && one->r.wait_known && one->r.wait_ns >= least_ns &&
	       (one->r.wait_exact || one->r.wait_ns >= NS_OF_S(GOROUTINE_STAMP_OFF_S));
}

static void report_queue(struct findings *f, pid_t pid, const struct go_queue_row *q)
{
	const struct go_reader_row *one = go_queue__slowest(q);
	pid_t *tids = ARENA_NEW(f->arena, pid_t, q->q->reader_count + 1);
	char text[SENTENCE];
	size_t count = 0;

	for (size_t i = 0; i < q->q->reader_count; i++)
		if (q->readers[i].r.tid)
			tids[count++] = q->readers[i].r.tid;
	describe_go_queue(text, sizeof(text), q);
	findings__add(f, &(struct finding){.kind = FINDING_LOG_QUEUE_FULL,
					   .severity = stands_still(q) ? SEVERITY_USUAL : SEVERITY_INFO,
					   .summary = arena__format(f->arena, "%s", text),
					   .pid = pid,
					   .tids = tids,
					   .tid_count = count,
					   .goroutines = q->q->senders,
					   .path = one && one->file && *one->file == '/' ? one->file : NULL});
}

void findings__log_queues(struct findings *f, const struct go_reading *r, struct go_queue_row *queues,
			  struct go_lock_row *locks, pid_t pid, struct queue_memory *memory, uint64_t now_ns)
{
	size_t count = r ? r->queue_count : 0, lock_count = r ? r->lock_count : 0, before = f->count;

	if (memory) {
		queue_memory__compare(memory, pid, queues, count, now_ns);
		queue_memory__compare_locks(memory, pid, locks, lock_count, now_ns);
	}
	findings__go_locks(f, r, locks, lock_count, pid);
	if (r && !r->problem) {
		findings__go_stuck(f, r, pid);
		findings__go_leaked(f, r, pid);
		findings__go_resolver(f, r, pid);
	}
	for (size_t i = 0; i < count; i++) {
		queues[i].of_log = is_log(r, &queues[i]);
		if (queues[i].of_log)
			report_queue(f, pid, &queues[i]);
	}
	if (memory)
		queue_memory__keep_locks(memory, pid, locks, lock_count, now_ns);
	if (memory)
		queue_memory__keep(memory, pid, queues, count, f->list + before, f->count - before, now_ns);
}
