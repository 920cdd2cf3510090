/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other threads say of a thread's wait, however they are ordered. */
#include "model/rows/crowd.h"
#include "samples.h"

static size_t behind(const struct crowd *c, pid_t tid)
{
	return crowd__behind(c, &(struct sample_thread){.pid = 10, .tid = tid});
}

static size_t beside(const struct crowd *c, pid_t pid, uint64_t word)
{
	return crowd__same_word(c, &(struct sample_thread){.pid = pid, .tid = 1, .lock_address = word});
}

static bool has_request(const struct crowd *c, pid_t tid)
{
	return crowd__has_request(c, &(struct sample_thread){.pid = 10, .tid = tid});
}

TEST(who_waits_behind)
{
	static const pid_t owners[] = {30, 5, 30, 12, 30, 5};
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct crowd *c = crowd__of(&a, s);

	CHECK_EQ(behind(c, 30), 0);
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++)
		add_waiter(s, 10, 40 + (pid_t)i, 0x1000, owners[i]);
	add_waiter(s, 10, 50, 0x1000, 12)->kind = WAIT_CONDVAR; /* no lock, so no owner */
	c = crowd__of(&a, s);
	CHECK_EQ(behind(c, 30), 3);
	CHECK_EQ(behind(c, 5), 2);
	CHECK_EQ(behind(c, 12), 1);
	CHECK_EQ(behind(c, 13), 0);
	/* A lock's owner, though the waiters name none. */
	add_lock(s, 10, 0x2000, 0x2000)->owner_tid = 1;
	add_lock(s, 10, 0x3000, 0x3000)->owner_tid = 0;
	c = crowd__of(&a, s);
	CHECK_EQ(behind(c, 1), 1);
	CHECK_EQ(behind(c, 0), 0);
	/* And a likely holder of one that keeps none. */
	add_lock(s, 10, 0x4000, 0x4000)->likely_tid = 2;
	c = crowd__of(&a, s);
	CHECK_EQ(behind(c, 2), 1);
	arena__free(&a);
	sample__free(s);
}

TEST(who_waits_on_the_same_word)
{
	static const uint64_t words[] = {0x3000, 0x1000, 0x2000, 0x1000, 0x3000, 0x1000};
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct crowd *c;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		add_waiter(s, i == 5 ? 20 : 10, 40 + (pid_t)i, words[i], 0);
	c = crowd__of(&a, s);
	CHECK_EQ(beside(c, 10, 0x1000), 2);
	CHECK_EQ(beside(c, 10, 0x2000), 1);
	CHECK_EQ(beside(c, 10, 0x3000), 2);
	CHECK_EQ(beside(c, 20, 0x1000), 1); /* of another process */
	CHECK_EQ(beside(c, 10, 0), 0);
	arena__free(&a);
	sample__free(s);
}

static void add_request(struct sample *s, pid_t tid, enum ts_file_kind kind)
{
	if (!s->requests)
		s->requests = calloc(ROOM, sizeof(*s->requests));
	s->requests[s->request_count++] = (struct sample_request){.key = {.kind = kind}, .tid = tid};
}

/* The kernel's thread that works on a request of this TID's. */
static struct sample_thread *add_worker(struct sample *s, pid_t tid, const char *name)
{
	static const struct frame journal = {.function = "jbd2_log_wait_commit"};
	struct sample_thread *t = add_waiter(s, 10, tid, 0, 0);

	t->kind = WAIT_OTHER;
	t->syscall = -1;
	t->name = name;
	t->kernel_stack = (struct call_stack){.frames = &journal, .count = 1, .end = STACK_COMPLETE};
	return t;
}

TEST(whose_requests_are_under_way)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct crowd *c;

	add_request(s, 33, TS_FILE_REGULAR);
	add_request(s, 11, TS_FILE_REGULAR);
	add_request(s, 22, TS_FILE_SOCKET); /* a slow client's */
	add_worker(s, 40, "iou-wrk-55");
	add_worker(s, 41, "iou-wrk-44");
	add_worker(s, 42, "iou-wrk-66")->kernel_stack.count = 0; /* without work */
	add_worker(s, 43, "worker-77");
	c = crowd__of(&a, s);
	CHECK(has_request(c, 33));
	CHECK(has_request(c, 11));
	CHECK(!has_request(c, 22));
	CHECK(has_request(c, 55));
	CHECK(has_request(c, 44));
	CHECK(!has_request(c, 66));
	CHECK(!has_request(c, 77));
	arena__free(&a);
	sample__free(s);
}

TEST_MAIN
