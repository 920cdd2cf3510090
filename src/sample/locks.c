// SPDX-License-Identifier: GPL-2.0-or-later
#include "sample/locks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/futex.h>
#include <uthash.h>

#include "model/wait.h"

#define MAX_LOCKS 65536

/* From the first word of a lock to its last that tells something, wherever in it the futex word lies. */
#define BYTES_BEFORE 16
#define BYTES_AFTER  32

struct lock_key {
	uint64_t word;
	uint64_t pid;
};

struct known_lock {
	struct lock_key key;
	struct lock_facts facts;
	bool named;
	bool read;                                 /* bytes are valid */
	uint8_t bytes[BYTES_BEFORE + BYTES_AFTER]; /* around the word */
	UT_hash_handle hh;
};

struct locks {
	struct targets *targets;
	struct known_lock *locks;
	struct lock_facts nothing;
};

struct locks *locks__new(struct targets *t)
{
	struct locks *l = calloc(1, sizeof(*l));

	if (l)
		l->targets = t;
	return l;
}

static void drop(struct locks *l, struct known_lock *k)
{
	HASH_DEL(l->locks, k);
	free((char *)k->facts.symbol);
	free(k);
}

void locks__free(struct locks *l)
{
	struct known_lock *k, *next;

	if (!l)
		return;
	HASH_ITER(hh, l->locks, k, next)
	drop(l, k);
	free(l);
}

void locks__forget(struct locks *l, pid_t pid)
{
	struct known_lock *k, *next;

	HASH_ITER(hh, l->locks, k, next)
	if (k->key.pid == (uint64_t)pid)
		drop(l, k);
}

static struct known_lock *find(struct locks *l, pid_t pid, uint64_t word)
{
	struct lock_key key = {.word = word, .pid = (uint64_t)pid};
	struct known_lock *k;

	HASH_FIND(hh, l->locks, &key, sizeof(key), k);
	if (k)
		return k;
	if (HASH_COUNT(l->locks) >= MAX_LOCKS || !(k = calloc(1, sizeof(*k))))
		return NULL;
	k->key = key;
	k->facts = (struct lock_facts){.address = word, .kind = "futex", .wait = WAIT_FUTEX};
	HASH_ADD(hh, l->locks, key, sizeof(k->key), k);
	return k;
}

/*
 * glibc's rwlocks, condition variables and barriers wait on words inside
 * (pthread_rwlock_t: 8 and 12; pthread_cond_t: up to 44; barrier: 4): where a
 * variable covers the word, the lock is the variable.
 */
static void name(struct locks *l, struct known_lock *k)
{
	struct target *t = targets__named(l->targets, (pid_t)k->key.pid);
	struct symbol s;
	char *text = NULL;

	k->named = true;
	if (!t || symbolizer__data(t->symbolizer, k->key.word, &s) || !s.function)
		return;
	if (s.offset && s.offset < 48 &&
	    (k->facts.wait == WAIT_RWLOCK_READ || k->facts.wait == WAIT_RWLOCK_WRITE ||
	     k->facts.wait == WAIT_CONDVAR || k->facts.wait == WAIT_BARRIER)) {
		k->facts.address = k->key.word - s.offset;
		s.offset = 0;
	}
	if (s.offset && asprintf(&text, "%s+%llu", s.function, (unsigned long long)s.offset) < 0)
		return;
	k->facts.symbol = text ? text : strdup(s.function);
}

void locks__learn(struct locks *l, pid_t pid, uint64_t word, enum wait_kind wait)
{
	struct known_lock *k = find(l, pid, word);

	if (!k || wait == WAIT_FUTEX || wait == k->facts.wait)
		return;
	k->facts.wait = wait;
	k->facts.kind = wait__lock_kind(wait);
	/* The kind may say that the word lies inside. */
	free((char *)k->facts.symbol);
	k->facts.symbol = NULL;
	k->facts.address = word;
	k->named = false;
}

const struct lock_facts *locks__facts(struct locks *l, pid_t pid, uint64_t word)
{
	struct known_lock *k = find(l, pid, word);

	if (!k) {
		l->nothing = (struct lock_facts){.address = word, .kind = "futex", .wait = WAIT_FUTEX};
		return &l->nothing;
	}
	if (!k->named)
		name(l, k);
	return &k->facts;
}

void locks__read(struct locks *l, pid_t pid, uint64_t word)
{
	struct known_lock *k = find(l, pid, word);
	struct target *t = k ? targets__get(l->targets, pid) : NULL;

	if (!t)
		return;
	k->read = process__read(t->process, word - BYTES_BEFORE, k->bytes, sizeof(k->bytes)) ==
		  (ssize_t)sizeof(k->bytes);
	if (k->read)
		return;
	/* The lock is the first thing on its page. */
	memset(k->bytes, 0, BYTES_BEFORE);
	k->read = process__read(t->process, word, k->bytes + BYTES_BEFORE, BYTES_AFTER) == BYTES_AFTER;
}

static uint32_t u32_at(const struct known_lock *k, int64_t offset)
{
	uint32_t value;

	if (offset < -BYTES_BEFORE || offset + 4 > BYTES_AFTER)
		return 0;
	memcpy(&value, k->bytes + BYTES_BEFORE + offset, sizeof(value));
	return value;
}

static pid_t mutex_owner(const struct known_lock *k)
{
	if (!u32_at(k, 0))
		return 0;
	if (u32_at(k, 16) & 32)
		return (pid_t)(u32_at(k, 0) & FUTEX_TID_MASK);
	return (pid_t)u32_at(k, 8);
}

pid_t locks__maybe_owner(struct locks *l, pid_t pid, uint64_t word)
{
	const struct known_lock *k = find(l, pid, word);

	return k && k->read ? mutex_owner(k) : 0;
}

/*
 * glibc, sysdeps/nptl/bits/struct_mutex.h: lock at 0, owner at 8, kind at 16
 * (32 set: priority inheritance, where the kernel keeps the TID in the word).
 * struct_rwlock.h: cur_writer at 24. struct pthread: tid is what join waits on.
 */
pid_t locks__owner(struct locks *l, pid_t pid, uint64_t word)
{
	struct known_lock *k = find(l, pid, word);

	if (!k || !k->read)
		return 0;
	switch (k->facts.wait) {
	case WAIT_MUTEX:
		return mutex_owner(k);
	case WAIT_RWLOCK_READ:
	case WAIT_RWLOCK_WRITE:
		/* Only where the word's place in the lock is known for certain: by a variable's name. */
		return k->facts.address != word ? (pid_t)u32_at(k, (int64_t)(k->facts.address - word) + 24)
						: 0;
	case WAIT_JOIN:
		return (pid_t)u32_at(k, 0);
	default:
		return 0;
	}
}
