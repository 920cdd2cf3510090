// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/locks/locks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/locks/loader_locks.h"
#include "collect/locks/lock_layout.h"
#include "collect/locks/lock_layout_arch.h"
#include "collect/locks/lock_turns.h"
#include "util/heap.h"
#include "util/table.h"
#include "util/text.h"

#define MAX_LOCKS 65536

struct lock_key {
	uint64_t word;
	uint64_t pid;
};

struct known_lock {
	struct lock_key key;
	struct lock_facts facts;
	uint64_t hinted; /* a possible start from a waiter's values; 0: none */
	uint64_t stamp;  /* of the waiter for which it was searched; 0: it was not */
	bool named;
	struct lock_turns turns;
	pid_t gone;       /* an owner that had ended */
	uint64_t gone_ns; /* when that was found first */
	struct lock_bytes bytes;
	UT_hash_handle hh;
};

struct locks {
	struct targets *targets;
	struct known_lock *locks;
	struct lock_facts nothing;
};

struct locks *locks__new(struct targets *t)
{
	struct locks *l = HEAP_NEW(struct locks, 1);

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
	if (HASH_COUNT(l->locks) >= MAX_LOCKS)
		return NULL;
	k = HEAP_NEW(struct known_lock, 1);
	k->key = key;
	k->bytes.word = word;
	k->facts = (struct lock_facts){.address = word, .kind = LOCK_FUTEX, .wait = WAIT_FUTEX};
	HASH_ADD(hh, l->locks, key, sizeof(k->key), k);
	return k;
}

static bool begins_variable(struct target *t, uint64_t address)
{
	struct frame s;

	return t && !symbolizer__data(t->symbolizer, address, &s) && s.function && !s.offset;
}

/* The start of the lock: from its layout, from a variable that starts there, or from a waiter's values. */
static uint64_t start_of(const struct known_lock *k, struct target *t)
{
	uint64_t starts[LOCK_CANDIDATES];
	size_t count = lock_layout__starts(k->facts.wait, k->facts.form, &k->bytes, starts);

	if (count == 1)
		return starts[0];
	for (size_t i = 0; i < count; i++)
		if (begins_variable(t, starts[i]))
			return starts[i];
	return k->hinted ? k->hinted : k->key.word;
}

/* "_rtld_global._dl_load_lock"; NULL: another one. */
static char *name_in_loader(const struct target *t, const struct frame *s, uint64_t address)
{
	uint8_t bytes[LOADER_BYTES];
	const char *member;

	if (strcmp(s->function, LOADER_VARIABLE) ||
	    process__read(t->process, address - LOADER_BYTES_BEFORE, bytes, sizeof(bytes)) !=
		    (ssize_t)sizeof(bytes))
		return NULL;
	member = loader_locks__member(bytes);
	return member ? heap__format(LOADER_VARIABLE ".%s", member) : NULL;
}

/* "/db", as sem_open() is given it, with glibc; NULL: another one. The process that has created it has it by
 * another name. */
static char *name_in_file(struct target *t, const struct known_lock *k)
{
	static const char START[] = "/dev/shm/sem.", DELETED[] = " (deleted)";
	const struct mapping *m = mappings__find(target__mappings(t), k->facts.address);
	const char *path = m && k->facts.kind == LOCK_SEMAPHORE ? m->path : NULL;
	size_t length;

	if (!path || !starts_with(path, START))
		return NULL;
	path += strlen(START);
	length = strlen(path);
	if (length > strlen(DELETED) && !strcmp(path + length - strlen(DELETED), DELETED))
		length -= strlen(DELETED);
	return heap__format("/%.*s", (int)length, path);
}

/* "log_mutex"; "queue+24" within a larger variable. */
static void name(struct locks *l, struct known_lock *k)
{
	struct target *t = targets__named(l->targets, (pid_t)k->key.pid);
	struct frame s;

	k->named = true;
	k->facts.address = start_of(k, t);
	if (!t)
		return;
	k->facts.symbol = name_in_file(t, k);
	if (k->facts.symbol || symbolizer__data(t->symbolizer, k->facts.address, &s) || !s.function)
		return;
	k->facts.symbol = name_in_loader(t, &s, k->facts.address);
	if (!k->facts.symbol)
		k->facts.symbol = s.offset ? heap__format("%s+%llu", s.function, (unsigned long long)s.offset)
					   : heap__string(s.function);
}

/* Its name may change with the evidence. */
static void unname(struct known_lock *k)
{
	free((char *)k->facts.symbol);
	k->facts.symbol = NULL;
	k->facts.address = k->key.word;
	k->named = false;
}

void locks__learn(struct locks *l, pid_t pid, uint64_t word, enum wait_kind wait, enum lock_form form)
{
	struct known_lock *k = find(l, pid, word);

	if (!k || wait == WAIT_FUTEX || (wait == k->facts.wait && form == k->facts.form))
		return;
	k->facts.wait = wait;
	k->facts.kind = wait__lock_kind(wait);
	k->facts.form = form;
	unname(k);
}

void locks__hint(struct locks *l, pid_t pid, uint64_t word, const uint64_t *values, size_t count)
{
	struct known_lock *k = find(l, pid, word);
	uint64_t starts[LOCK_CANDIDATES];
	size_t n = k && !k->hinted ? lock_layout__starts(k->facts.wait, k->facts.form, &k->bytes, starts) : 0;

	for (size_t i = 0; n > 1 && i < n * count; i++) {
		if (values[i % count] != starts[i / count])
			continue;
		k->hinted = starts[i / count];
		unname(k);
		return;
	}
}

void locks__place(struct locks *l, pid_t pid, uint64_t word, uint64_t address, uint64_t stamp)
{
	struct known_lock *k = find(l, pid, word);

	if (!k)
		return;
	k->stamp = stamp;
	if (k->hinted != address)
		unname(k);
	k->hinted = address;
}

bool locks__placed(struct locks *l, pid_t pid, uint64_t word, uint64_t stamp)
{
	const struct known_lock *k = find(l, pid, word);

	return !k || k->stamp == stamp;
}

const struct lock_facts *locks__facts(struct locks *l, pid_t pid, uint64_t word)
{
	struct known_lock *k = find(l, pid, word);

	if (!k) {
		l->nothing = (struct lock_facts){.address = word, .kind = LOCK_FUTEX, .wait = WAIT_FUTEX};
		return &l->nothing;
	}
	if (!k->named)
		name(l, k);
	return &k->facts;
}

/* The readable part, before the word and after it. */
static bool read_around(const struct process *p, struct lock_bytes *b)
{
	ssize_t n = process__read(p, b->word, b->bytes + LOCK_BYTES_BEFORE, LOCK_BYTES_AFTER);

	memset(b->bytes, 0, LOCK_BYTES_BEFORE);
	if (n < 4)
		return false;
	memset(b->bytes + LOCK_BYTES_BEFORE + n, 0, LOCK_BYTES_AFTER - (size_t)n);
	b->before = process__read(p, b->word - LOCK_BYTES_BEFORE, b->bytes, LOCK_BYTES_BEFORE) ==
		    LOCK_BYTES_BEFORE;
	return true;
}

static void read_lock(const struct process *p, struct lock_bytes *b)
{
	b->before = process__read(p, b->word - LOCK_BYTES_BEFORE, b->bytes, sizeof(b->bytes)) ==
		    (ssize_t)sizeof(b->bytes);
	/* The lock may be the first or the last object on its page. */
	b->read = b->before || read_around(p, b);
}

void locks__read(struct locks *l, pid_t pid, uint64_t word)
{
	struct known_lock *k = find(l, pid, word);
	struct target *t = k ? targets__get(l->targets, pid) : NULL;

	if (t)
		read_lock(t->process, &k->bytes);
}

void locks__copied(struct locks *l, pid_t pid, uint64_t word, const uint8_t *lock, size_t bytes)
{
	struct known_lock *k = find(l, pid, word);

	if (!k)
		return;
	k->bytes.before = bytes == sizeof(k->bytes.bytes);
	k->bytes.read = bytes >= LOCK_BYTES_AFTER;
	if (k->bytes.read)
		memcpy(k->bytes.bytes, lock, sizeof(k->bytes.bytes));
}

pid_t locks__maybe_owner(struct locks *l, pid_t pid, uint64_t word)
{
	const struct known_lock *k = find(l, pid, word);

	return k ? lock_layout__owner(WAIT_MUTEX, k->facts.form ? k->facts.form : FORM_GLIBC, &k->bytes) : 0;
}

/* A FILE of glibc points to its owner's struct pthread, which begins with its own address. */
static pid_t file_owner(struct locks *l, const struct known_lock *k)
{
	uint64_t thread = lock_layout__file_owner(&k->bytes), self[2];
	struct target *t = thread && glibc_tid_at ? targets__get(l->targets, (pid_t)k->key.pid) : NULL;
	pid_t tid;

	for (int i = 0; t && i < 2; i++)
		if (process__read(t->process, thread + glibc_self_at[i], &self[i], 8) != 8 ||
		    self[i] != thread)
			return 0;
	return t && process__read(t->process, thread + glibc_tid_at, &tid, sizeof(tid)) == sizeof(tid) ? tid
												       : 0;
}

static pid_t owner_in(struct locks *l, const struct known_lock *k)
{
	return k->facts.form == FORM_FILE ? file_owner(l, k)
					  : lock_layout__owner(k->facts.wait, k->facts.form, &k->bytes);
}

pid_t locks__owner(struct locks *l, pid_t pid, uint64_t word)
{
	const struct known_lock *k = find(l, pid, word);

	return k ? owner_in(l, k) : 0;
}

bool locks__still_owned(struct locks *l, pid_t pid, uint64_t word)
{
	struct known_lock *k = find(l, pid, word);
	struct target *t = k ? targets__get(l->targets, pid) : NULL;
	struct lock_bytes copy;
	pid_t owner;
	bool same;

	if (!t)
		return false;
	copy = k->bytes;
	owner = owner_in(l, k);
	read_lock(t->process, &k->bytes);
	same = k->bytes.read && owner_in(l, k) == owner;
	k->bytes = copy;
	return same;
}

uint64_t locks__readers(struct locks *l, pid_t pid, uint64_t word)
{
	const struct known_lock *k = find(l, pid, word);

	return k ? lock_layout__readers(k->facts.wait, k->facts.form, &k->bytes) : 0;
}

void locks__note_writer(struct locks *l, pid_t pid, uint64_t word, pid_t writer, uint64_t time_ns,
			uint64_t blocked_ns)
{
	struct known_lock *k = find(l, pid, word);

	if (k)
		lock_turns__look(&k->turns, writer, time_ns, blocked_ns,
				 lock_layout__readers(WAIT_RWLOCK_WRITE, k->facts.form, &k->bytes));
}

pid_t locks__noted_writer(struct locks *l, pid_t pid, uint64_t word)
{
	const struct known_lock *k = find(l, pid, word);

	return k ? k->turns.writer : 0;
}

uint64_t locks__taken(struct locks *l, pid_t pid, uint64_t word, uint64_t time_ns)
{
	const struct known_lock *k = find(l, pid, word);

	return k && k->turns.time_ns == time_ns ? k->turns.taken : 0;
}

void locks__note_gone(struct locks *l, pid_t pid, uint64_t word, pid_t owner, uint64_t time_ns)
{
	struct known_lock *k = find(l, pid, word);

	if (!k || k->gone == owner)
		return;
	k->gone = owner;
	k->gone_ns = time_ns;
}

bool locks__gone_before(struct locks *l, pid_t pid, uint64_t word, pid_t owner, uint64_t time_ns)
{
	const struct known_lock *k = find(l, pid, word);

	return k && k->gone && k->gone == owner && k->gone_ns < time_ns;
}
