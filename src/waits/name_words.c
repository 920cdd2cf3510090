// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/name_words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "waits/name_parts.h"

#define WORD_MAX 24

/* A name says lock only if it does not also say that it is a loop: "lock_monitor_thread". */
static const char *const LOCK[] = {"lock",   "rwlock",  "spinlock",  "mutex",   "rdlock",
				   "wrlock", "acquire", "contended", "enqueue", "enq",
				   "commit", "gil",     "futexlock"};
static const char *const WORK[] = {"worker", "workers", "loop", "mainloop", "next",
				   "idle",   "pop",     "deq",  "dequeue",  "accept"};
/* Work, if the name also says that it gets or awaits it: "take_job", not "finish_job". */
static const char *const JOB[] = {"work",    "job",      "jobs",    "task",       "tasks",
				  "events",  "client",   "clients", "connection", "request",
				  "message", "messages", "command"};
static const char *const GET[] = {"get", "take", "wait", "await", "fetch", "recv", "receive", "poll"};
/* Loops, and the ends of locks and jobs. */
static const char *const NEITHER[] = {"thread",  "main",      "daemon", "timer",   "monitor",   "watch",
				      "watcher", "cleaner",   "purge",  "manager", "scheduler", "flusher",
				      "unlock",  "release",   "join",   "finish",  "done",      "complete",
				      "reply",   "response",  "clock",  "renew",   "renewal",   "refresh",
				      "alive",   "heartbeat", "expire", "expiry",  "sweep",     "reap"};
/* What is done with a type that is called a lock, to get it. */
static const char *const ENTER[] = {"enter",  "get",   "take",  "obtain", "grab",      "hold",  "begin",
				    "down",   "read",  "write", "shared", "exclusive", "await", "own",
				    "access", "claim", "start", "call",   "operator"};
static const char *const WAITING[] = {"wait",      "waits",    "waiting", "cond",   "condition", "condvar",
				      "variable",  "timed",    "sleep",   "usleep", "nap",       "pause",
				      "block",     "park",     "until",   "for",    "futex",     "sem",
				      "semaphore", "backoff",  "delay",   "spin",   "yield",     "ms",
				      "us",        "internal", "common",  "my",     "inline",    "mysql",
				      "impl",      "poll",     "select",  "epoll",  "timedwait", "native",
				      "os",        "platform", "slow",    "path",   "wrapper",   "msleep"};

#define AMONG(list, word) among(list, sizeof(list) / sizeof((list)[0]), word)

static bool among(const char *const *list, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (list[i][0] == word[0] && !strcmp(list[i], word))
			return true;
	return false;
}

/* The next word in small letters; false: there is no more. Too long a word says nothing. */
static bool next_word(struct name_part *name, char word[WORD_MAX])
{
	const char *c = name->from;
	size_t n = 0;

	while (c < name->to && !isalpha((unsigned char)*c))
		c++;
	while (c < name->to && isalpha((unsigned char)*c)) {
		bool more = c + 1 < name->to && isalpha((unsigned char)c[1]);

		if (n < WORD_MAX - 1)
			word[n++] = (char)tolower((unsigned char)*c);
		c++;
		/* "waitFor", "RWLock": a capital begins a word if a small letter is on one side of it */
		if (more && isupper((unsigned char)*c) &&
		    (islower((unsigned char)c[-1]) || (c + 1 < name->to && islower((unsigned char)c[1]))))
			break;
	}
	word[n] = '\0';
	name->from = c;
	return n > 0;
}

struct said {
	bool latch, waits, lock, work, job, get, neither;
};

static void hear(struct said *s, struct name_part part)
{
	char word[WORD_MAX];

	while (next_word(&part, word)) {
		s->latch = s->latch || !strcmp(word, "latch");
		s->waits = s->waits || !strcmp(word, "wait") || !strcmp(word, "await");
		s->lock = s->lock || AMONG(LOCK, word);
		s->work = s->work || AMONG(WORK, word);
		s->job = s->job || AMONG(JOB, word);
		s->get = s->get || AMONG(GET, word);
		s->neither = s->neither || AMONG(NEITHER, word);
	}
}

static bool only_waits(struct name_part name)
{
	char word[WORD_MAX];

	while (next_word(&name, word))
		if (!AMONG(WAITING, word))
			return false;
	return true;
}

/* "Mutex::enter", not "CommitLog::flush": what else a type does that has the word is not to get it. */
static bool gets_it(struct name_part function)
{
	char word[WORD_MAX];

	while (next_word(&function, word))
		if (!AMONG(WAITING, word) && !AMONG(LOCK, word) && !AMONG(ENTER, word))
			return false;
	return true;
}

/* Modules count here: what waits in one that is called by another word may be more than a wait. */
static bool path_only_waits(const char *function)
{
	return only_waits((struct name_part){function, function + strcspn(function, "(<")});
}

enum name_says name__says(const char *function)
{
	const struct name_parts parts = name_parts__of(function);
	struct said s = {0};
	bool by_type;

	hear(&s, parts.function);
	/* To wait for a latch is to wait until it is counted down; to latch something, to lock it. */
	s.lock = s.lock || (s.latch && !s.waits);
	by_type = !s.lock;
	hear(&s, parts.type);
	s.work = s.work || (s.job && s.get);
	if (s.lock && !s.work && !s.neither)
		return !by_type || gets_it(parts.function) ? NAME_SAYS_LOCK : NAME_SAYS_NOTHING;
	if (s.work && !s.lock && !s.neither)
		return NAME_SAYS_WORK;
	return only_waits(parts.type) && only_waits(parts.function) && path_only_waits(function)
		       ? NAME_SAYS_WAIT
		       : NAME_SAYS_NOTHING;
}
