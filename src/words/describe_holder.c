// SPDX-License-Identifier: GPL-2.0-or-later
/* Who holds a lock: by the lock itself, or likely, where it keeps no owner. */
#include "words/describe.h"

#include <string.h>

#include "util/append.h"
#include "waits/wait.h"

pid_t naming__holder(const struct lock_row *lock, bool *ret_likely)
{
	bool likely = lock->owner_tid <= 0 && lock->likely_tid > 0;

	if (ret_likely)
		*ret_likely = likely;
	return likely ? lock->likely_tid : lock->owner_tid;
}

bool naming__exclusive(const struct lock_row *lock)
{
	return wait__exclusive(lock->kind) || lock->as_lock;
}

const struct thread_row *naming__waited_for(const struct naming *n, const struct thread_row *t,
					    bool *ret_likely)
{
	const struct lock_row *lock = t && t->blocked ? naming__lock(n, t->wait.lock) : NULL;

	if (ret_likely)
		*ret_likely = false;
	if (!t || !t->blocked)
		return NULL;
	if (t->wait.blocked_by > 0 || !lock || lock->owner_tid > 0)
		return naming__thread(n, t->wait.blocked_by);
	return naming__thread(n, naming__holder(lock, ret_likely));
}

bool lock_row__may_end(const struct lock_row *lock)
{
	return lock->type && (lock->kind == LOCK_JOIN || lock->kind == LOCK_TASK);
}

bool lock_row__guessed(const struct lock_row *lock)
{
	return lock->owner_tid <= 0 && lock->likely_tid > 0 && lock->likely != LOCK_LIKELY_READS;
}

/* Readers that keep coming, while a writer waits, are as much a cause as those that have it. */
static void put_readers(char *dst, size_t size, size_t *used, const struct lock_row *lock)
{
	bool counted = lock->likely_tid && lock->likely == LOCK_LIKELY_READS;

	if (counted && lock->readers == 1) {
		append(dst, size, used, "held for reading by ");
		return;
	}
	append(dst, size, used, "held for reading by %llu thread%s", (unsigned long long)lock->readers,
	       lock->readers == 1 ? "" : "s");
	if (lock->taken)
		append(dst, size, used, " (readers took it at least %llu times while a writer waited)",
		       (unsigned long long)lock->taken);
	if (lock->likely_tid && counted)
		append(dst, size, used, ", one of them ");
	else if (lock->likely_tid)
		append(dst, size, used, lock->readers == 1 ? ", likely " : ", likely one of them ");
}

char *describe_holder(char *dst, size_t size, const struct naming *n, const struct lock_row *lock)
{
	char name[DESCRIBE_NAME];
	size_t used = 0;

	*dst = '\0';
	if (lock->owner_tid > 0)
		return describe_owner(dst, size, n, lock->kind, lock->owner_tid);
	if (lock->by_virtual)
		append(dst, size, &used, "%s by a virtual thread, which is not seen",
		       lock->kind == LOCK_TASK ? "run" : "held");
	else if (lock->readers)
		put_readers(dst, size, &used, lock);
	else if (lock->likely_tid > 0 && lock->likely == LOCK_LIKELY_POOL)
		append(dst, size, &used, "queued for the threads of a pool that all wait for such: ");
	else if (lock->likely_tid > 0)
		append(dst, size, &used, "likely held by ");
	else if (lock->holders > 1)
		append(dst, size, &used, "likely held by %llu threads", (unsigned long long)lock->holders);
	if (lock->likely_tid <= 0)
		return dst;
	append(dst, size, &used, "%s", describe_tid(name, sizeof(name), n, lock->likely_tid));
	return dst;
}

/* Of locks of a kind, where nothing more is known of this one. */
static const char *no_owner_of(enum lock_kind kind)
{
	switch (kind) {
	case LOCK_RWLOCK:
		return " (a read lock keeps no owner)";
	case LOCK_CONDVAR:
		return " (a condition variable has no owner)";
	case LOCK_SEMAPHORE:
		return " (a semaphore keeps no owner)";
	case LOCK_BARRIER:
		return " (a barrier has no owner)";
	case LOCK_MUTEX:
	case LOCK_MONITOR:
		return " (no owner could be read from it)";
	case LOCK_FUTEX:
		return " (only its futex word is known)";
	case LOCK_TASK:
		return " (no thread runs it yet)";
	case LOCK_JOIN:
	case LOCK_KINDS:
		break;
	}
	return "";
}

char *describe_no_owner(char *dst, size_t size, const struct lock_row *lock)
{
	size_t used = 0;

	*dst = '\0';
	if (lock->type && lock->kind == LOCK_RWLOCK && strstr(lock->type, "StampedLock"))
		append(dst, size, &used, " (a StampedLock keeps no owner)");
	else if (lock->native_type && wait__exclusive(lock->kind))
		append(dst, size, &used, " (a %s keeps no owner)", lock->native_type);
	else if (lock->reused)
		append(dst, size, &used,
		       " (thread %d, which has its owner's TID, was created after a thread began to wait)",
		       (int)lock->reused);
	else if (lock->outside)
		append(dst, size, &used, " (its owner is no thread of this process)");
	else
		append(dst, size, &used, "%s", no_owner_of(lock->kind));
	return dst;
}

char *describe_likely(char *dst, size_t size, const struct lock_row *lock)
{
	char name[DESCRIBE_NAME];
	size_t used = 0;

	*dst = '\0';
	if (lock->owner_tid > 0 || lock->likely_tid <= 0 || !lock->likely_in)
		return dst;
	append(dst, size, &used, "its %s, on its stack%s, %s",
	       describe_function(name, sizeof(name), lock->likely_in),
	       lock->likely == LOCK_LIKELY_HANDLER ? " and interrupted by a signal" : "",
	       lock->likely == LOCK_LIKELY_TAKEN ? "has taken it" : "will unlock it");
	return dst;
}
