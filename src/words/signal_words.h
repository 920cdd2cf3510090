/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What waking the waiters of a lock is called. */
#ifndef TS_WORDS_SIGNAL_WORDS_H
#define TS_WORDS_SIGNAL_WORDS_H

#include "report/report.h"

struct signal_words {
	const char *act, *done; /* "signal", "signalled"; NULL: nobody signals locks of that kind */
};

static inline struct signal_words signal_words(enum lock_kind kind)
{
	if (kind == LOCK_CONDVAR)
		return (struct signal_words){"signal", "signalled"};
	if (kind == LOCK_SEMAPHORE)
		return (struct signal_words){"post", "posted"};
	return (struct signal_words){NULL, NULL};
}

#endif
