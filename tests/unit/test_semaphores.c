/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semaphores that count jobs, and semaphores that are locks. */
#include "hangs_said.h"

#include <sys/syscall.h>

static struct sample_lock *semaphore(struct sample *s, pid_t count)
{
	struct sample_lock *l = add_lock(s, 10, 0x1000, 0x1000);

	l->kind = LOCK_SEMAPHORE;
	for (pid_t i = 0; i < count; i++)
		add_waiter(s, 10, 30 + i, 0x1000, 0)->kind = WAIT_SEMAPHORE;
	return l;
}

static void workers_wait(struct sample *s)
{
	semaphore(s, 5);
}

static void taken_by_one(struct sample *s, pid_t waiters)
{
	struct sample_lock *l;

	add_caller(s, 11, WAIT_SLEEP, SYS_clock_nanosleep, NULL);
	l = semaphore(s, waiters);
	l->as_lock = true;
	l->likely_tid = 11;
	l->likely = LOCK_LIKELY_TAKEN;
	l->likely_in = "query";
	l->holders = 1;
}

static void one_holds_up_two(struct sample *s)
{
	taken_by_one(s, 2);
}

static void one_holds_up_one(struct sample *s)
{
	taken_by_one(s, 1);
}

static void slots_are_taken(struct sample *s)
{
	struct sample_lock *l = semaphore(s, 2);

	l->as_lock = true;
	l->holders = 3;
}

static void gate_is_closed(struct sample *s)
{
	semaphore(s, 2)->as_lock = true;
}

static void in_a_circle(struct sample *s)
{
	for (pid_t i = 0; i < 2; i++) {
		uint64_t address = 0x1000 * (uint64_t)(i + 1);
		struct sample_lock *l = add_lock(s, 10, address, address);

		l->kind = LOCK_SEMAPHORE;
		l->as_lock = true;
		l->likely_tid = 12 - i;
		l->likely = LOCK_LIKELY_TAKEN;
		l->likely_in = "query";
		add_waiter(s, 10, 11 + i, address, 0)->kind = WAIT_SEMAPHORE;
	}
}

TEST(semaphores_that_are_locks)
{
	check(workers_wait, "");
	check(one_holds_up_two,
	      "lock-convoy warning: 2 threads wait, up to 2.0 s, for the semaphore at 0x1000, likely held by "
	      "worker (11), which has been in clock_nanosleep for 2.0 s (30 31 11) of 10\n");
	check(one_holds_up_one, "stuck-thread warning: worker (30) has waited 2.0 s for semaphore 0x1000, "
				"likely held by worker "
				"(11), which has been in clock_nanosleep for 2.0 s (30) of 10\n");
	check(slots_are_taken,
	      "lock-convoy info: 2 threads wait, up to 2.0 s, for the semaphore at 0x1000, likely held by 3 "
	      "threads (30 31) of 10\n");
	check(gate_is_closed, "lock-convoy info: 2 threads wait, up to 2.0 s, for the semaphore at 0x1000, "
			      "holder unknown (a semaphore keeps no owner) (30 31) of 10\n");
	check(in_a_circle,
	      "deadlock warning: likely deadlock of 2 threads: worker (11) waits for semaphore 0x1000, "
	      "worker "
	      "(12) waits for semaphore 0x2000, in a circle (query, on the stack of worker (12), has taken "
	      "semaphore 0x1000; query, on the stack of worker (11), has taken semaphore 0x2000) (11 12) of "
	      "10\n");
}

static const char *reader_in;

static void stack_of(struct sample *s, struct sample_thread *t, const char *inner, const char *outer)
{
	struct frame *frames = ARENA_NEW(&s->arena, struct frame, 2);

	frames[0] = (struct frame){.address = 1, .function = inner};
	frames[1] = (struct frame){.address = 2, .function = outer};
	t->stack = (struct call_stack){.frames = frames, .count = 2, .end = STACK_COMPLETE};
}

static void one_reads_and_two_wait(struct sample *s)
{
	stack_of(s, add_caller(s, 11, WAIT_READ, SYS_read, "anon_inode:[eventfd]"), "get", reader_in);
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	stack_of(s, add_waiter(s, 10, 30, 0x1000, 11), "take_lock", "work");
	stack_of(s, add_waiter(s, 10, 31, 0x1000, 11), "take_lock", "work");
}

/* They wait for the reader, or for their turn at reading: then they are in its function. */
TEST(a_turn_is_in_one_function)
{
	reader_in = "work";
	check(one_reads_and_two_wait,
	      "lock-convoy info: 2 threads wait, up to 2.0 s, for the mutex at 0x1000, held by worker (11), "
	      "which has been in read(anon_inode:[eventfd]) for 2.0 s (30 31 11) of 10\n");
	reader_in = "answer";
	check(one_reads_and_two_wait,
	      "lock-convoy warning: 2 threads wait, up to 2.0 s, for the mutex at 0x1000, held by worker "
	      "(11), "
	      "which has been in read(anon_inode:[eventfd]) for 2.0 s (30 31 11) of 10\n");
}

TEST_MAIN
