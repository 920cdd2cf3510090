// SPDX-License-Identifier: GPL-2.0-or-later
/* Who woke the waiters of a condition variable or semaphore last, as far as the kernel saw it. */
#include "words/describe.h"

#include "util/append.h"
#include "util/duration.h"
#include "words/signal_words.h"

/* Of a younger signal the time says nothing: it differs with each look. */
#define SHOWN_AGE_NS 1000000000ull

char *describe_signal(char *dst, size_t size, const struct naming *n, const struct lock_row *lock)
{
	const struct signal_words w = signal_words(lock->kind);
	const struct thread_row *by = naming__thread(n, lock->signalled_by);
	char name[DESCRIBE_NAME], time[DURATION_TEXT];
	size_t used = 0;

	*dst = '\0';
	if (!lock->unsignalled_ns || !w.done)
		return dst;
	duration_format(time, sizeof(time), lock->unsignalled_ns);
	if (lock->signalled_by <= 0) {
		append(dst, size, &used, ", no %s seen for %s", w.act, time);
		return dst;
	}
	/* Another thread may have got the number of one that has ended. */
	if (by && by->age_ns < lock->unsignalled_ns)
		describe_thread(name, sizeof(name), NULL, lock->signalled_by);
	else
		describe_tid(name, sizeof(name), n, lock->signalled_by);
	append(dst, size, &used, ", last %s by %s", w.done, name);
	if (lock->unsignalled_ns >= SHOWN_AGE_NS)
		append(dst, size, &used, " %s ago", time);
	return dst;
}
