/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often readers took an rwlock while a writer waited for it, as far as its own count shows. Pure. */
#ifndef TS_COLLECT_LOCKS_LOCK_TURNS_H
#define TS_COLLECT_LOCKS_LOCK_TURNS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct lock_turns {
	pid_t writer;     /* that waits; 0: none */
	uint64_t time_ns; /* of the last look at it */
	uint64_t readers; /* then */
	uint64_t taken;   /* since the first look, at least */
};

/* A look. blocked_ns: for how long the writer has not run; it has not had the lock meanwhile. A reader that
 * leaves while another comes is not seen, so the count is a lower bound. */
static inline void lock_turns__look(struct lock_turns *t, pid_t writer, uint64_t time_ns, uint64_t blocked_ns,
				    uint64_t readers)
{
	bool again = t->writer == writer && time_ns >= t->time_ns && blocked_ns >= time_ns - t->time_ns;

	/* Another one that waits longer is being counted for. */
	if (t->writer && t->writer != writer && t->time_ns == time_ns)
		return;
	if (!again)
		t->taken = 0;
	else if (readers > t->readers)
		t->taken += readers - t->readers;
	t->writer = writer;
	t->time_ns = time_ns;
	t->readers = readers;
}

#endif
