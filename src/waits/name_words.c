// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/name_words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WORD_MAX 24

/* A name says lock only if it does not also say that it is a loop: "lock_monitor_thread". */
static const char *const LOCK[] = {"lock",    "locked", "rwlock", "spinlock", "mutex",
				   "rdlock",  "wrlock", "latch",  "acquire",  "contended",
				   "enqueue", "enq",    "commit", "gil",      "futexlock"};
static const char *const WORK[] = {"worker", "workers", "loop", "mainloop", "next",
				   "idle",   "pop",     "deq",  "dequeue",  "accept"};
/* Work, if the name also says that it gets or awaits it: "take_job", not "finish_job". */
static const char *const JOB[] = {"work",    "job",      "jobs",    "task",       "tasks",
				  "events",  "client",   "clients", "connection", "request",
				  "message", "messages", "command"};
static const char *const GET[] = {"get", "take", "wait", "await", "fetch", "recv", "receive", "poll"};
/* Loops, and the ends of locks and jobs. */
static const char *const NEITHER[] = {"thread",  "main",     "daemon", "timer",   "monitor",   "watch",
				      "watcher", "cleaner",  "purge",  "manager", "scheduler", "flusher",
				      "unlock",  "release",  "join",   "finish",  "done",      "complete",
				      "reply",   "response", "clock"};
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

/* The next word in small letters; false: the name has ended. Too long a word says nothing. */
static bool next_word(const char **name, char word[WORD_MAX])
{
	const char *c = *name;
	size_t n = 0;

	while (*c && !isalpha((unsigned char)*c) && *c != '(' && *c != '<')
		c++;
	while (isalpha((unsigned char)*c)) {
		bool more = isalpha((unsigned char)c[1]);

		if (n < WORD_MAX - 1)
			word[n++] = (char)tolower((unsigned char)*c);
		c++;
		/* "waitFor", "RWLock": a capital begins a word if a small letter is on one side of it */
		if (more && isupper((unsigned char)*c) &&
		    (islower((unsigned char)c[-1]) || islower((unsigned char)c[1])))
			break;
	}
	word[n] = '\0';
	*name = c;
	return n > 0;
}

enum name_says name__says(const char *function)
{
	bool lock = false, work = false, job = false, get = false, neither = false, only_wait = true;
	char word[WORD_MAX];

	while (next_word(&function, word)) {
		lock = lock || AMONG(LOCK, word);
		work = work || AMONG(WORK, word);
		job = job || AMONG(JOB, word);
		get = get || AMONG(GET, word);
		neither = neither || AMONG(NEITHER, word);
		only_wait = only_wait && AMONG(WAITING, word);
	}
	work = work || (job && get);
	if (lock && !work && !neither)
		return NAME_SAYS_LOCK;
	if (work && !lock && !neither)
		return NAME_SAYS_WORK;
	return only_wait ? NAME_SAYS_WAIT : NAME_SAYS_NOTHING;
}
