/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Convoys and deadlocks of goroutines, from what was read of the locks. */
#include "model/findings/go_lock_findings.h"
#include "model/findings/go_stuck.h"
#include "model/go/lock_holders.h"
#include "model/rows/rows.h"
#include "words/describe.h"
#include "test.h"
#include "thresholds.h"

static struct go_lock locks[2];
static struct go_group idle_group;
static struct arena arena;
static struct findings found;

static struct go_holder holder(uint64_t goid, const char *function, uint64_t waits_for)
{
	return (struct go_holder){
		.who = {.goid = goid, .state = "semacquire", .function = function, .wait = {.fd = -1}},
		.stays = true,
		.locked_at = {.function = function, .file = "/src/main.go", .line = (int)goid},
		.waits_for = waits_for};
}

static void reset(void)
{
	locks[0] = (struct go_lock){.address = 0x100,
				    .name = "main.a",
				    .waiters = 1,
				    .state_known = true,
				    .locked = true,
				    .wait_sure_ns = NS_OF_MS(20)};
	locks[1] = locks[0];
	locks[1].address = 0x200;
	locks[1].name = "main.b";
}

static size_t find(void)
{
	struct go_reading reading = {.locks = locks,
				     .lock_count = 2,
				     .groups = &idle_group,
				     .group_count = idle_group.state ? 1 : 0};
	struct naming naming = {.by_tid = true};

	arena__free(&arena);
	found = (struct findings){.arena = &arena};
	findings__go_locks(&found, &reading, lock_holders__join(&arena, &reading, &naming), 2, 1);
	return found.count;
}

TEST(circle)
{
	reset();
	locks[0].holders[locks[0].holder_count++] = holder(18, "main.ab", 0x200);
	locks[1].holders[locks[1].holder_count++] = holder(19, "main.ba", 0x100);
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].kind, FINDING_DEADLOCK);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	CHECK_STR(found.list[0].summary,
		  "likely deadlock of 2 goroutines, by the locks that their frames hold: goroutine 18 in "
		  "main.ab has "
		  "locked main.a (sync.Mutex) at main.go:18 and waits for main.b (sync.Mutex), goroutine 19 "
		  "in main.ba "
		  "has locked main.b (sync.Mutex) at main.go:19 and waits for main.a (sync.Mutex)");
	/* One of them has run meanwhile: it may have unlocked its lock since. */
	locks[1].holders[0].stays = false;
	CHECK_EQ(find(), 0);
}

/* A mutex that is used as a signal looks the same. */
TEST(a_goroutine_that_locks_twice)
{
	reset();
	locks[0].holders[locks[0].holder_count++] = holder(18, "main.twice", 0x100);
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	CHECK_STR(found.list[0].summary,
		  "likely deadlock of 1 goroutine, by the locks that their frames hold: goroutine 18 in "
		  "main.twice has locked main.a (sync.Mutex) at main.go:18 and waits for it again, which "
		  "only another goroutine can unlock");
}

TEST(readers_behind_a_writer)
{
	reset();
	locks[0].kind = GO_LOCK_RWMUTEX;
	locks[0].waiters = 3;
	locks[0].active_readers = 2;
	locks[0].holders[0] = holder(7, "main.other", 0);
	locks[0].holders[1] = holder(8, "main.reader", 0x100);
	locks[0].holders[0].read = locks[0].holders[1].read = true;
	locks[0].holder_count = 2;
	CHECK_EQ(find(), 1);
	CHECK_STR(found.list[0].summary, "likely deadlock of 1 goroutine, by the locks that their frames "
					 "hold: goroutine 8 in main.reader has "
					 "locked main.a (sync.RWMutex) for reading at main.go:8 and waits "
					 "for it again, behind a writer that "
					 "waits for its readers; 2 more goroutines wait behind");
}

TEST(convoy)
{
	reset();
	locks[0].waiters = 49;
	locks[0].function = "main.line";
	locks[0].holders[locks[0].holder_count++] = holder(18, "main.line", 0);
	locks[0].holders[0].who.state = "syscall";
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].kind, FINDING_LOCK_CONVOY);
	CHECK_EQ(found.list[0].severity, SEVERITY_INFO);
	CHECK_STR(found.list[0].summary,
		  "49 goroutines wait, at least 20 ms, for main.a (sync.Mutex) in main.line; likely holder "
		  "is goroutine "
		  "18 in main.line (locked at main.go:18, not yet unlocked), in syscall below main.line");
	locks[0].wait_sure_ns = NS_OF_S(LOCK_CONVOY_WARNING_S);
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	/* Two that have it for themselves: nothing is known. */
	locks[0].holders[locks[0].holder_count++] = holder(19, "main.line", 0);
	CHECK_EQ(find(), 1);
	CHECK(strstr(found.list[0].summary, "; holder unknown (") != NULL);
}

TEST(no_convoy)
{
	struct frame accept[] = {{.function = "internal/poll.(*FD).Accept"}, {.function = "main.serve"}};

	reset();
	CHECK_EQ(find(), 0); /* one waits for each */
	locks[0].waiters = 5;
	locks[0].wait_sure_ns = NS_OF_MS(LOCK_CONVOY_MS) - 1;
	CHECK_EQ(find(), 0);
	locks[0].kind = GO_LOCK_WAIT_GROUP;
	locks[0].wait_sure_ns = NS_OF_S(600);
	CHECK_EQ(find(), 0);
	/* Workers that take turns at accept. */
	locks[0].kind = GO_LOCK_MUTEX;
	locks[0].holders[locks[0].holder_count++] = holder(18, "main.serve", 0);
	locks[0].holders[0].who.stack = (struct call_stack){.frames = accept, .count = 2};
	CHECK_EQ(find(), 0);
	/* The holder waits for something to do. */
	locks[0].holders[0].who.stack.count = 0;
	locks[0].holders[0].who.state = "chan receive";
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_INFO);
}

/* Of those that read from one connection, one waits for data, and the others for their turn. */
TEST(turns_at_reading)
{
	reset();
	locks[0].kind = GO_LOCK_FILE;
	locks[0].waiters = 11;
	locks[0].wait_sure_ns = NS_OF_S(5);
	locks[0].function = "internal/poll.(*FD).ReadFromInet4";
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_INFO);
	locks[0].function = "internal/poll.(*FD).Write";
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
}

/* The lock is a captured variable: who has locked it is not known. */
TEST(turns_in_a_closure)
{
	struct frame frames[] = {{.function = "main.main.func1"}};

	reset();
	locks[0].waiters = 11;
	locks[0].wait_sure_ns = NS_OF_S(5);
	locks[0].function = "main.main.func1";
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	idle_group = (struct go_group){.state = "chan receive", .stack = {.frames = frames, .count = 1}};
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_INFO);
	idle_group.state = "syscall";
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	idle_group = (struct go_group){0};
}

TEST(a_chain_that_leads_nowhere)
{
	reset();
	locks[0].waiters = 2;
	locks[0].holders[locks[0].holder_count++] = holder(18, "main.ab", 0x999);
	CHECK_EQ(find(), 1);
	CHECK_EQ(found.list[0].kind, FINDING_LOCK_CONVOY);
}

static size_t stuck(const char *state, uint64_t count, uint64_t goid)
{
	struct frame frames[] = {{.function = "main.f", .file = "/src/main.go", .line = 3}};
	struct go_group group = {.state = state,
				 .count = count,
				 .goids = {goid},
				 .goid_count = 1,
				 .stack = {.frames = frames, .count = 1}};
	struct go_reading reading = {.groups = &group, .group_count = 1};

	arena__free(&arena);
	found = (struct findings){.arena = &arena};
	findings__go_stuck(&found, &reading, 1);
	return found.count;
}

TEST(never)
{
	CHECK_EQ(stuck("chan send (nil chan)", 1, 7), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	CHECK_STR(found.list[0].summary,
		  "goroutine 7 can never go on: it sends to a nil channel at main.go:3");
	CHECK_EQ(stuck("chan receive (nil chan)", 12, 7), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	CHECK_STR(found.list[0].summary,
		  "12 goroutines can never go on: they receive from a nil channel at main.go:3");
	CHECK_EQ(stuck("select (no cases)", 1, 7), 1);
	CHECK_EQ(found.list[0].severity, SEVERITY_INFO);
	CHECK_EQ(stuck("select (no cases)", 1, 1), 0);
	CHECK_EQ(stuck("chan receive", 100, 7), 0);
}

TEST_MAIN
