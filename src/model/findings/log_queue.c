// SPDX-License-Identifier: GPL-2.0-or-later
/* Which full channels are queues of a log. */
#include "model/findings/log_queue.h"

#include <ctype.h>
#include <string.h>

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

static bool is_log(const struct go_reading *r, const struct go_queue_row *q)
{
	const struct go_reader_row *one = go_queue__slowest(q);

	if (one && one->writes && (!one->r.wait_exact || one->r.wait_ns >= NS_OF_MS(LOG_QUEUE_FULL_MS)))
		return true;
	return sent_by_logger(r, q);
}

static void tell(struct findings *f, pid_t pid, const struct go_queue_row *q)
{
	const struct go_reader_row *one = go_queue__slowest(q);
	pid_t *tids = ARENA_NEW(f->arena, pid_t, q->q->reader_count + 1);
	bool lasts = one && one->writes
			     ? !one->r.wait_exact || one->r.wait_ns >= NS_OF_S(LOG_QUEUE_FULL_WARNING_S)
			     : q->q->wait_known && q->q->wait_max_ns >= NS_OF_S(LOG_QUEUE_FULL_WARNING_S);
	char text[SENTENCE];
	size_t count = 0;

	for (size_t i = 0; i < q->q->reader_count; i++)
		if (q->readers[i].r.tid)
			tids[count++] = q->readers[i].r.tid;
	describe_go_queue(text, sizeof(text), q);
	findings__add(f, &(struct finding){.kind = FINDING_LOG_QUEUE_FULL,
					   .severity = lasts ? SEVERITY_USUAL : SEVERITY_INFO,
					   .summary = arena__format(f->arena, "%s", text),
					   .pid = pid,
					   .tids = tids,
					   .tid_count = count,
					   .path = one && one->file && *one->file == '/' ? one->file : NULL});
}

void findings__log_queues(struct findings *f, const struct go_reading *r, struct go_queue_row *queues,
			  pid_t pid)
{
	for (size_t i = 0; r && i < r->queue_count; i++) {
		queues[i].of_log = is_log(r, &queues[i]);
		if (queues[i].of_log)
			tell(f, pid, &queues[i]);
	}
}
