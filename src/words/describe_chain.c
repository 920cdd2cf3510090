// SPDX-License-Identifier: GPL-2.0-or-later
/* What a lock's owner waits for, along the chain to the thread that blocks the others. */
#include "words/describe.h"

#include <string.h>

#include "util/append.h"

#define SHOWN_OWNERS 6

struct chain {
	const struct thread_row *first[SHOWN_OWNERS], *last;
	size_t length;
	bool circle; /* there is no last one: length covers a part */
};

static struct chain follow(const struct naming *n, const struct thread_row *owner)
{
	const struct thread_row *mark = NULL;
	struct chain c = {0};
	size_t next_mark = 1;

	/* Brent: in a circle the mark is met again, as the steps between two marks double. */
	for (const struct thread_row *t = owner; t && !c.circle; t = naming__waited_for(n, t, NULL)) {
		c.circle = t == mark;
		if (c.circle)
			break;
		if (c.length < SHOWN_OWNERS)
			c.first[c.length] = t;
		c.last = t;
		if (++c.length != next_mark)
			continue;
		mark = t;
		next_mark *= 2;
	}
	return c;
}

/* "in Thread.sleep()", "waiting for a permit of a Semaphore": what the thread waits for by its stack, where
 * the lock is only the runtime's own means. "": not known. */
static const char *other_wait(char *dst, size_t size, const struct wait *w)
{
	size_t length = w->what ? strlen(w->what) : 0, used = 0;

	*dst = '\0';
	if (length > 2 && (w->class == WAIT_CLASS_UNKNOWN || w->reason == WAIT_REASON_BEHIND))
		append(dst, size, &used, "%s%s", !strcmp(w->what + length - 2, "()") ? "in " : "waiting for ",
		       w->what);
	return dst;
}

/* Its lock is the end of a thread that is known. */
static bool ends(const struct lock_row *lock, const struct thread_row *t)
{
	return lock->kind == LOCK_JOIN && t->wait.blocked_by > 0;
}

/* ", which has been in fsync(/var/log/app.log) for 2.3 s" */
static void put_owner(char *dst, size_t size, size_t *used, const struct naming *n,
		      const struct thread_row *t)
{
	const struct lock_row *lock = naming__lock(n, t->wait.lock);
	char text[DESCRIBE_HALT], memory[DESCRIBE_WAIT], time[DESCRIBE_AGE];

	if (!t->blocked) {
		append(dst, size, used, ", which is %s", describe_running(text, sizeof(text), t));
		return;
	}
	describe_age(time, sizeof(time), &t->wait);
	if (t->wait.kind == WAIT_STOPPED)
		append(dst, size, used, ", which has been %s for %s %s",
		       t->wait.frozen ? "frozen" : "stopped", time,
		       describe_stopper(text, sizeof(text), &t->halt));
	else if (*describe_wait_named(text, sizeof(text), &t->wait))
		append(dst, size, used, ", which has been %s%s for %s", describe_wait_verb(&t->wait), text,
		       time);
	else if (lock && *other_wait(text, sizeof(text), &t->wait))
		append(dst, size, used, ", which has been %s for %s", text, time);
	else if (lock && ends(lock, t))
		append(dst, size, used, ", which has waited %s for the end of %s", time,
		       describe_tid(text, sizeof(text), n, t->wait.blocked_by));
	else if (lock)
		append(dst, size, used, ", which has waited %s for %s", time,
		       describe_lock_short(text, sizeof(text), lock));
	else
		append(dst, size, used, ", which has been in %s for %s%s",
		       describe_wait_short(text, sizeof(text), n, &t->wait), time,
		       describe_memory(memory, sizeof(memory), &t->halt));
	if (t->wait.server)
		append(dst, size, used, " (file server: %s)", t->wait.server);
	else if (t->wait.writer)
		append(dst, size, used, " (%s)",
		       describe_device_writer(text, sizeof(text), t->wait.writer, t->pid));
}

const char *naming__circle(const struct naming *n, const struct thread_row *first)
{
	const struct thread_row *t = first;
	bool guessed = false, likely;

	do {
		const struct lock_row *lock = naming__lock(n, t->wait.lock);

		if (t->wait.timed)
			return "circle until one of the waits times out";
		t = naming__waited_for(n, t, &likely);
		guessed = guessed || likely || (lock && lock_row__may_end(lock));
	} while (t && t != first);
	return guessed ? "likely deadlock" : "deadlock";
}

static bool among(const struct thread_row *const *list, size_t count, const struct thread_row *t)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == t)
			return true;
	return false;
}

static void put_held_by(char *dst, size_t size, size_t *used, const struct naming *n,
			const struct thread_row *waiter)
{
	const struct lock_row *lock = naming__lock(n, waiter->wait.lock);
	enum lock_kind kind = lock ? lock->kind : LOCK_FUTEX;
	char owner[DESCRIBE_NAME + 24], holder[DESCRIBE_HOLDER];

	if (lock && ends(lock, waiter))
		return;
	if (waiter->wait.blocked_by > 0)
		append(dst, size, used, ", %s",
		       describe_owner(owner, sizeof(owner), n, kind, waiter->wait.blocked_by));
	else if (lock && *describe_holder(holder, sizeof(holder), n, lock))
		append(dst, size, used, ", %s", holder);
}

char *describe_chain(char *dst, size_t size, const struct naming *n, pid_t owner)
{
	const struct chain c = follow(n, naming__thread(n, owner));
	size_t shown = c.length < SHOWN_OWNERS ? c.length : SHOWN_OWNERS, used = 0;
	char name[DESCRIBE_NAME], links[DESCRIBE_CHAIN];

	*dst = '\0';
	for (size_t i = 0; i < shown; i++) {
		const struct thread_row *next = naming__waited_for(n, c.first[i], NULL);

		put_owner(dst, size, &used, n, c.first[i]);
		if (next || (c.first[i]->blocked && c.first[i]->wait.blocked_by > 0))
			put_held_by(dst, size, &used, n, c.first[i]);
		if (!next && c.first[i]->blocked)
			append(dst, size, &used, "%s",
			       describe_links(links, sizeof(links), &c.first[i]->wait));
		if (!next)
			return dst;
		if (among(c.first, i + 1, next)) {
			append(dst, size, &used, " again: a %s", naming__circle(n, next));
			return dst;
		}
	}
	if (c.circle) {
		append(dst, size, &used, ", and on into a %s", naming__circle(n, c.last));
	} else if (c.length > shown) {
		append(dst, size, &used, ", and %zu more threads up to %s", c.length - shown,
		       describe_thread(name, sizeof(name), c.last->name, c.last->tid));
		put_owner(dst, size, &used, n, c.last);
		if (c.last->blocked)
			append(dst, size, &used, "%s", describe_links(links, sizeof(links), &c.last->wait));
	}
	return dst;
}
