/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks' bytes: where the lock begins and who owns it, for real locks of this C library and for musl's by
 * hand. */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect/locks/loader_locks.h"
#include "collect/locks/lock_layout.h"
#include "collect/locks/lock_turns.h"
#include "test.h"

static struct lock_bytes bytes_at(const void *word)
{
	struct lock_bytes b = {.word = (uint64_t)(uintptr_t)word, .read = true, .before = true};

	memcpy(b.bytes, (const char *)word - LOCK_BYTES_BEFORE, sizeof(b.bytes));
	return b;
}

/* The lock in the middle, so that what is around it may be read. */
struct roomy {
	uint64_t before[8];
	union {
		pthread_mutex_t mutex;
		pthread_rwlock_t rwlock;
		pthread_barrier_t barrier;
		uint32_t words[24];
		uint64_t longs[12];
	};
	uint64_t after[8];
};

static uint64_t only_start(enum wait_kind kind, enum lock_form form, const struct lock_bytes *b)
{
	uint64_t starts[LOCK_CANDIDATES];

	CHECK_EQ(lock_layout__starts(kind, form, b, starts), 1);
	return starts[0];
}

TEST(each_kind_of_mutex_names_its_owner)
{
	static const int TYPES[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK,
				    PTHREAD_MUTEX_ADAPTIVE_NP};
	pid_t self = (pid_t)syscall(SYS_gettid);

	for (int i = 0; i < 16; i++) {
		struct roomy r = {0};
		pthread_mutexattr_t attr;
		struct lock_bytes b;

		pthread_mutexattr_init(&attr);
		pthread_mutexattr_settype(&attr, TYPES[i & 3]);
		pthread_mutexattr_setrobust(&attr, i & 4 ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED);
		pthread_mutexattr_setprotocol(&attr, i & 8 ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
		if (pthread_mutex_init(&r.mutex, &attr))
			continue; /* no priority inheritance here */
		b = bytes_at(&r.mutex);
		CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_GLIBC, &b), 0);
		pthread_mutex_lock(&r.mutex);
		b = bytes_at(&r.mutex);
		CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_GLIBC, &b), self);
		if (i & 8)
			CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_KERNEL, &b), self);
		CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_UNKNOWN, &b), 0);
		CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_INNER, &b), 0);
		CHECK_EQ(only_start(WAIT_MUTEX, FORM_GLIBC, &b), (uintptr_t)&r.mutex);
		pthread_mutex_unlock(&r.mutex);
		b = bytes_at(&r.mutex);
		CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_GLIBC, &b), 0);
		pthread_mutex_destroy(&r.mutex);
	}
}

TEST(a_written_rwlock_names_its_writer)
{
	struct roomy r = {0};
	struct lock_bytes b;

	pthread_rwlock_init(&r.rwlock, NULL);
	for (int word = 2; word < 4; word++) {
		enum wait_kind kind = word == 2 ? WAIT_RWLOCK_READ : WAIT_RWLOCK_WRITE;

		pthread_rwlock_wrlock(&r.rwlock);
		b = bytes_at(&r.words[word]);
		CHECK_EQ(only_start(kind, FORM_GLIBC, &b), (uintptr_t)&r.rwlock);
		CHECK_EQ(lock_layout__owner(kind, FORM_GLIBC, &b), syscall(SYS_gettid));
		CHECK_EQ(lock_layout__readers(kind, FORM_GLIBC, &b), 0);
		pthread_rwlock_unlock(&r.rwlock);
		pthread_rwlock_rdlock(&r.rwlock);
		b = bytes_at(&r.words[word]);
		CHECK_EQ(lock_layout__owner(kind, FORM_GLIBC, &b), 0);
		CHECK_EQ(lock_layout__readers(kind, FORM_GLIBC, &b), 1);
		pthread_rwlock_unlock(&r.rwlock);
	}
	/* Readers that wait for writers who come first: on the readers' word, with that noted in it. */
	r.words[0] = 4;
	b = bytes_at(&r.words[0]);
	CHECK_EQ(only_start(WAIT_RWLOCK_READ, FORM_GLIBC, &b), (uintptr_t)&r.rwlock);
}

TEST(barriers_begin_before_the_word)
{
	struct roomy r = {0};
	struct lock_bytes b = bytes_at(&r.words[1]);

	CHECK_EQ(only_start(WAIT_BARRIER, FORM_GLIBC, &b), (uintptr_t)&r.barrier);
	b = bytes_at(&r.words[0]); /* before glibc 2.24 */
	CHECK_EQ(only_start(WAIT_BARRIER, FORM_GLIBC, &b), (uintptr_t)&r.barrier);
}

TEST(condition_variables_of_all_layouts_are_among_the_candidates)
{
	static const size_t WORDS[] = {10, 11, 8, 9,
				       1}; /* signals up to 2.40 and from 2.41 on; before 2.25 */
	struct roomy r = {0};

	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
		struct lock_bytes b = bytes_at(&r.words[WORDS[i]]);
		uint64_t starts[LOCK_CANDIDATES];
		size_t count = lock_layout__starts(WAIT_CONDVAR, FORM_GLIBC, &b, starts);
		bool found = false;

		CHECK(count > 1);
		for (size_t k = 0; k < count; k++)
			found = found || starts[k] == (uintptr_t)&r.words;
		CHECK(found);
	}
}

/* Word of musl's mutex is at 4, its type at 0. */
TEST(musl_mutexes)
{
	struct roomy r = {0};
	struct lock_bytes b;

	r.words[0] = 1; /* recursive */
	r.words[1] = 0x80000000u | 4711;
	b = bytes_at(&r.words[1]);
	CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_MUSL, &b), 4711);
	CHECK_EQ(only_start(WAIT_MUTEX, FORM_MUSL, &b), (uintptr_t)&r.words[0]);
	CHECK_EQ(lock_layout__owner(WAIT_RWLOCK_WRITE, FORM_MUSL, &b), 0);
	r.words[0] = 128; /* normal, shared: the word says only that it is locked */
	r.words[1] = 0x80000010u;
	b = bytes_at(&r.words[1]);
	CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_MUSL, &b), 0);
}

TEST(a_musl_thread_is_joined_only_if_it_looks_like_one)
{
	struct roomy r = {0};
	struct lock_bytes b;
#if defined(__x86_64__)
	const size_t detach_state = 14;
#else
	const size_t detach_state = 10;
#endif

	r.longs[0] = (uintptr_t)&r.longs[0];
	r.words[detach_state - 2] = 4711;
	b = bytes_at(&r.words[detach_state]);
	CHECK_EQ(lock_layout__owner(WAIT_JOIN, FORM_MUSL, &b), 4711);
	r.longs[0]++;
	b = bytes_at(&r.words[detach_state]);
	CHECK_EQ(lock_layout__owner(WAIT_JOIN, FORM_MUSL, &b), 0);
}

TEST(musl_waits_elsewhere)
{
	struct roomy r = {0};
	struct lock_bytes b = bytes_at(&r.words[1]);
	uint64_t starts[LOCK_CANDIDATES];

	CHECK(lock_layout__on_stack(WAIT_CONDVAR, FORM_MUSL) &&
	      lock_layout__on_stack(WAIT_BARRIER, FORM_MUSL));
	CHECK(!lock_layout__on_stack(WAIT_CONDVAR, FORM_GLIBC) &&
	      !lock_layout__on_stack(WAIT_MUTEX, FORM_MUSL));
	CHECK_EQ(lock_layout__starts(WAIT_CONDVAR, FORM_MUSL, &b, starts), 0);
}

TEST(rust_s_locks)
{
	struct roomy r = {0};
	struct lock_bytes b;

	/* A writer waits on the word behind the state; three readers hold it, and writers wait. */
	r.words[0] = 3 | 1u << 31;
	b = bytes_at(&r.words[1]);
	CHECK_EQ(only_start(WAIT_RWLOCK_WRITE, FORM_RUST, &b), (uintptr_t)&r.words[0]);
	CHECK_EQ(lock_layout__readers(WAIT_RWLOCK_WRITE, FORM_RUST, &b), 3);
	b = bytes_at(&r.words[0]);
	CHECK_EQ(only_start(WAIT_RWLOCK_READ, FORM_RUST, &b), (uintptr_t)&r.words[0]);
	CHECK_EQ(lock_layout__readers(WAIT_RWLOCK_READ, FORM_RUST, &b), 3);
	CHECK_EQ(only_start(WAIT_MUTEX, FORM_RUST, &b), (uintptr_t)&r.words[0]);
	CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_RUST, &b), 0);
	r.words[0] = 0x3fffffff; /* a writer holds it */
	b = bytes_at(&r.words[0]);
	CHECK_EQ(lock_layout__readers(WAIT_RWLOCK_READ, FORM_RUST, &b), 0);
	CHECK_EQ(lock_layout__starts(WAIT_MUTEX, FORM_PARKING_LOT, &b, (uint64_t[LOCK_CANDIDATES]){0}), 0);
}

TEST(what_could_not_be_read_names_nobody)
{
	struct lock_bytes b = {.word = 0x1000};

	memset(b.bytes, 1, sizeof(b.bytes));
	for (int kind = 0; kind < WAIT_KINDS; kind++)
		for (int form = FORM_UNKNOWN; form <= FORM_PARKING_LOT; form++) {
			CHECK_EQ(lock_layout__owner((enum wait_kind)kind, (enum lock_form)form, &b), 0);
			CHECK_EQ(lock_layout__readers((enum wait_kind)kind, (enum lock_form)form, &b), 0);
		}
	b.read = true; /* but not before the word */
	CHECK_EQ(lock_layout__owner(WAIT_MUTEX, FORM_MUSL, &b), 0);
	CHECK_EQ(lock_layout__owner(WAIT_JOIN, FORM_MUSL, &b), 0);
}

/* As in struct rtld_global: the number of namespaces, then the mutexes. */
struct loader {
	uint8_t before[LOADER_BYTES_BEFORE - 8];
	uint64_t namespaces;
	pthread_mutex_t mutexes[LOADER_LOCKS];
};

static const char *loader_member(const struct loader *l, size_t mutex)
{
	return loader_locks__member((const uint8_t *)l + mutex * LOADER_LOCK_BYTES +
				    offsetof(struct loader, namespaces) -
				    (LOADER_LOCKS - 1) * LOADER_LOCK_BYTES);
}

TEST(locks_of_the_loader_are_known_by_their_order)
{
	struct loader l = {.namespaces = 1};
	pthread_mutexattr_t attr;

	CHECK(!loader_member(&l, 0)); /* not recursive */
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	for (size_t i = 0; i < LOADER_LOCKS; i++)
		pthread_mutex_init(&l.mutexes[i], &attr);
	pthread_mutex_lock(&l.mutexes[1]);
	CHECK_STR(loader_member(&l, 0), "_dl_load_lock");
	CHECK_STR(loader_member(&l, 1), "_dl_load_write_lock");
	CHECK_STR(loader_member(&l, 2), "_dl_load_tls_lock");
	l.namespaces = 16;
	CHECK_STR(loader_member(&l, 2), "_dl_load_tls_lock");
	pthread_mutex_init(&l.mutexes[0], NULL);
	CHECK(!loader_member(&l, 2));
	for (uint64_t n = 0; n <= 17; n += 17) {
		pthread_mutex_init(&l.mutexes[0], &attr);
		l.namespaces = n;
		CHECK(!loader_member(&l, 0));
		CHECK(!loader_member(&l, 1));
		CHECK(!loader_member(&l, 2));
	}
}

TEST(readers_that_come_while_a_writer_waits)
{
	struct lock_turns t = {0};

	lock_turns__look(&t, 7, 1000, 500, 2);
	CHECK_EQ(t.taken, 0);
	lock_turns__look(&t, 7, 2000, 1500, 4);
	lock_turns__look(&t, 7, 3000, 2500, 1);
	lock_turns__look(&t, 7, 4000, 3500, 2);
	CHECK_EQ(t.taken, 3);
	/* another that waits, too */
	lock_turns__look(&t, 8, 4000, 100, 2);
	CHECK_EQ(t.writer, 7);
	CHECK_EQ(t.taken, 3);
	/* it ran, and may have had the lock */
	lock_turns__look(&t, 7, 5000, 900, 5);
	CHECK_EQ(t.taken, 0);
	lock_turns__look(&t, 7, 6000, 1900, 5);
	CHECK_EQ(t.taken, 0);
	/* it has gone */
	lock_turns__look(&t, 8, 7000, 6000, 9);
	CHECK_EQ(t.writer, 8);
	CHECK_EQ(t.taken, 0);
	/* a clock that goes back */
	lock_turns__look(&t, 8, 6000, 6000, 12);
	CHECK_EQ(t.taken, 0);
}

TEST_MAIN
