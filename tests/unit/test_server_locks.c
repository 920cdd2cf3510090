/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of PostgreSQL: who blocks whom, in records of any shape; a server itself is in tests/cases. */
#include "samples.h"

#include <errno.h>
#include <unistd.h>

#include "postgres/runtime/server_locks.h"

/* As PostgreSQL 15 has them. */
struct node {
	struct node *prev, *next;
};
struct lock {
	unsigned char tag[16];
	uint32_t granted, waited;
	struct node holders, queue;
};
struct record {
	struct node links;
	unsigned char other[48];
	int pid;
	unsigned char more[44];
	struct lock *lock;
	struct at_lock *at;
	int mode;
	uint32_t held;
};
struct at_lock {
	struct lock *lock;
	struct record *record, *leader;
	uint32_t modes, released;
	struct node in_lock, in_record;
};

#define LAYOUT 1 /* 14, 15, 16 */
#define SHARE  5
#define ROW    3
#define ALL    8

_Static_assert(offsetof(struct record, pid) == 64 && offsetof(struct record, lock) == 112 &&
		       offsetof(struct record, mode) == 128 && offsetof(struct lock, queue) == 40 &&
		       offsetof(struct at_lock, in_lock) == 32,
	       "storage/proc.h, storage/lock.h");

#define BACKENDS 4
static struct lock lock;
static struct record records[BACKENDS];
static struct at_lock at[BACKENDS];
static struct process *self;

static void begin_list(struct node *head)
{
	head->prev = head->next = head;
}

static void append_node(struct node *head, struct node *n)
{
	n->prev = head->prev;
	n->next = head;
	head->prev->next = n;
	head->prev = n;
}

/* Backend i is at the lock: it has those modes, or waits for one. */
static void put(int i, uint32_t has, int waits)
{
	records[i].pid = 100 + i;
	at[i] = (struct at_lock){.lock = &lock, .record = &records[i], .leader = &records[i], .modes = has};
	append_node(&lock.holders, &at[i].in_lock);
	if (!waits)
		return;
	records[i].lock = &lock;
	records[i].at = &at[i];
	records[i].mode = waits;
	append_node(&lock.queue, &records[i].links);
}

static void begin(void)
{
	memset(records, 0, sizeof(records));
	memset(at, 0, sizeof(at));
	begin_list(&lock.holders);
	begin_list(&lock.queue);
	if (!self)
		CHECK_EQ(process__open(getpid(), &self), 0);
}

static int ask(int i, struct lock_blocker *ret)
{
	struct backend b = {(uint64_t)(uintptr_t)&records[i], LAYOUT};

	return server_locks__blocker(self, &b, ret);
}

TEST(the_holder_of_a_mode_that_excludes)
{
	struct lock_blocker b;

	begin();
	put(0, 1u << 1, 0); /* reads: lets writers in */
	put(1, 1u << SHARE, 0);
	put(2, 1u << SHARE, 0);
	put(3, 0, ROW);
	CHECK_EQ(ask(3, &b), 0);
	CHECK(b.holds);
	CHECK_EQ(b.ns_pid, 101);
	CHECK_EQ(b.count, 2);
	CHECK_EQ(b.backend.record, (uint64_t)(uintptr_t)&records[1]);
	CHECK_EQ(ask(1, &b), -ENODATA); /* it waits for nothing */
	records[1].pid = 0;
	CHECK_EQ(ask(3, &b), 0);
	CHECK_EQ(b.ns_pid, 0); /* a prepared transaction */
}

TEST(who_comes_before)
{
	struct lock_blocker b;

	begin();
	put(0, 1u << 1, 0);
	put(1, 0, ALL);
	put(2, 0, 2);
	put(3, 0, 1);
	CHECK_EQ(ask(1, &b), 0);
	CHECK(b.holds);
	CHECK_EQ(b.ns_pid, 100);
	CHECK_EQ(ask(3, &b), 0);
	CHECK(!b.holds);
	CHECK_EQ(b.ns_pid, 101);
	CHECK_EQ(b.count, 1); /* the one in between does not exclude it */
}

TEST(a_group_does_not_exclude_its_own)
{
	struct lock_blocker b;

	begin();
	put(0, 1u << ALL, 0);
	put(1, 0, ALL);
	at[1].leader = &records[0];
	CHECK_EQ(ask(1, &b), -EAGAIN); /* nobody blocks it: it is about to get the lock */
	at[1].leader = &records[1];
	at[1].modes = 1u << ROW; /* what it has itself does not block it */
	CHECK_EQ(ask(1, &b), 0);
	CHECK_EQ(b.ns_pid, 100);
}

TEST(records_that_lie)
{
	struct lock_blocker b;

	begin();
	put(0, 1u << ALL, 0);
	put(1, 0, ROW);
	at[0].in_lock.next = &at[0].in_lock; /* a circle without an end */
	CHECK_EQ(ask(1, &b), -EAGAIN);
	at[0].in_lock.next = (struct node *)8;
	CHECK_EQ(ask(1, &b), -EAGAIN);
	at[0].in_lock.next = NULL;
	CHECK_EQ(ask(1, &b), -EAGAIN);
	begin();
	put(0, 1u << ALL, 0);
	put(1, 0, ROW);
	at[0].lock = NULL; /* it has gone to another lock */
	CHECK_EQ(ask(1, &b), -EAGAIN);
	at[0].lock = &lock;
	records[1].mode = 9;
	CHECK_EQ(ask(1, &b), -EAGAIN);
	records[1].mode = 0;
	CHECK_EQ(ask(1, &b), -EAGAIN);
	records[1].mode = ROW;
	at[1].record = &records[0];
	CHECK_EQ(ask(1, &b), -EAGAIN);
	at[1].record = &records[1];
	records[0].pid = -5;
	CHECK_EQ(ask(1, &b), -EAGAIN);
	records[0].pid = 100;
	CHECK_EQ(ask(1, &b), 0);
	begin();
	put(0, 1, 0);
	put(1, 0, ALL);
	put(2, 0, ROW);
	lock.queue.next = &records[2].links; /* a queue in a circle, without the one that asks */
	records[2].links.next = &records[2].links;
	at[0].modes = 0;
	CHECK_EQ(ask(1, &b), -EAGAIN);
}

TEST(other_programs_have_none)
{
	struct server_program program = {0};
	struct mappings maps = {0};
	struct backend b;

	begin();
	CHECK_EQ(process__mappings(self, &maps), 0);
	CHECK_EQ(server_locks__backend(&program, self, &maps, &b), -ENOENT);
	mappings__free(&maps);
	process__close(self);
	self = NULL;
}

TEST_MAIN
