/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hangs in one instant: snapshot and top say the same of the same facts, and nothing of healthy programs. */
#include "hangs_said.h"

#include <sys/syscall.h>

#include "model/rows/stops.h"
#include "words/describe.h"

static void add_held_lock(struct sample *s, uint64_t address, pid_t owner)
{
	add_lock(s, 10, address, address)->owner_tid = owner;
}

/* Each of count threads from 11 on waits for a lock of the next one. */
static void circle(struct sample *s, pid_t count)
{
	for (pid_t i = 0; i < count; i++) {
		uint64_t lock = 0x1000 * (uint64_t)(i + 1);
		pid_t owner = 11 + (i + 1) % count;

		add_held_lock(s, lock, owner);
		add_waiter(s, 10, 11 + i, lock, owner)->blocked_ns = NS_PER_S * (1 + (unsigned)i);
	}
}

static void circle_of_three(struct sample *s)
{
	circle(s, 3);
	add_waiter(s, 10, 20, 0x1000, 12); /* behind */
}

static void waits_for_itself(struct sample *s)
{
	circle(s, 1);
}

static void circle_with_a_timeout(struct sample *s)
{
	circle(s, 2);
	s->threads[1].args[3] = 0x7000; /* futex: FUTEX_WAIT with a timeout */
}

TEST(a_circle_is_a_deadlock_however_large)
{
	check(circle_of_three,
	      "deadlock critical: deadlock of 3 threads: worker (11) waits for mutex 0x1000, worker (12) "
	      "waits "
	      "for mutex 0x2000, worker (13) waits for mutex 0x3000, in a circle; 1 more thread waits behind "
	      "(11 12 13) of 10\n");
	check(waits_for_itself, "deadlock critical: deadlock of one thread: worker (11) waits for mutex "
				"0x1000, which it already "
				"holds (11) of 10\n");
}

TEST(a_circle_with_a_timeout_ends_by_itself)
{
	struct arena a = {0};
	const char *text = both_say(&a, circle_with_a_timeout);

	CHECK(!strstr(text, "deadlock"));
	CHECK(strstr(text, "again: a circle until one of the waits times out"));
	arena__free(&a);
}

static void waiters(struct sample *s, pid_t owner, pid_t count, unsigned seconds)
{
	add_held_lock(s, 0x1000, owner);
	for (pid_t i = 0; i < count; i++)
		add_waiter(s, 10, 30 + i, 0x1000, owner)->blocked_ns = seconds * NS_PER_S;
}

static void leader_accepts(struct sample *s)
{
	add_caller(s, 11, WAIT_ACCEPT, SYS_accept4, NULL);
	waiters(s, 11, 5, 5000);
}

static void one_follower(struct sample *s)
{
	add_caller(s, 11, WAIT_ACCEPT, SYS_accept4, NULL);
	waiters(s, 11, 1, 5000);
}

static void leader_waits_for_events(struct sample *s)
{
	add_caller(s, 11, WAIT_POLL, SYS_epoll_pwait, NULL);
	waiters(s, 11, 2, 5000);
}

static void owner_polls(struct sample *s)
{
	add_caller(s, 11, WAIT_POLL, SYS_ppoll, NULL);
	waiters(s, 11, 2, 5);
}

static void owner_computes(struct sample *s)
{
	add_thread(s, 10, 11);
	waiters(s, 11, 2, 9);
}

static void owner_computes_for_one(struct sample *s)
{
	add_thread(s, 10, 11);
	waiters(s, 11, 1, 9);
}

static void owner_computes_for_long(struct sample *s)
{
	add_thread(s, 10, 11);
	waiters(s, 11, 2, 10);
}

static void owner_is_dead(struct sample *s)
{
	add_thread(s, 10, 11)->state = 'Z';
	waiters(s, 11, 2, 2);
}

#define TWO_WAIT(severity, time)                                \
	"lock-convoy " severity ": 2 threads wait, up to " time \
	", for the mutex at 0x1000, held by worker (11), "

TEST(what_the_owner_does_decides_how_bad_it_is)
{
	check(leader_accepts, "");
	check(one_follower, "");
	check(leader_waits_for_events,
	      TWO_WAIT("info",
		       "1 h 23 min") "which has been in epoll_pwait(fd 0) for 2.0 s (30 31 11) of 10\n");
	check(owner_polls,
	      TWO_WAIT("warning", "5.0 s") "which has been in ppoll for 2.0 s (30 31 11) of 10\n");
	check(owner_computes, TWO_WAIT("info", "9.0 s") "which is running (30 31 11) of 10\n");
	check(owner_computes_for_one,
	      "stuck-thread info: worker (30) has waited 9.0 s for mutex 0x1000, held by "
	      "worker (11), which is running (30) of 10\n");
	check(owner_computes_for_long, TWO_WAIT("warning", "10.0 s") "which is running (30 31 11) of 10\n");
	check(owner_is_dead, TWO_WAIT("warning", "2.0 s") "which is dead (30 31 11) of 10\n");
}

/* A worker that has its turn waits for a condition variable in the function that others want the mutex for.
 */
static const struct frame in_turn[] = {{.address = 1, .function = "pthread_cond_wait"},
				       {.address = 2, .function = "take"},
				       {.address = 3, .function = "serve"}};
static const struct frame in_wait[] = {{.address = 4, .function = "pthread_mutex_lock"},
				       {.address = 5, .function = "serve"}};
static const struct frame in_other[] = {{.address = 4, .function = "pthread_mutex_lock"},
					{.address = 6, .function = "produce"}};

static void one_has_its_turn(struct sample *s, const struct frame *wanted)
{
	struct sample_thread *owner = add_caller(s, 11, WAIT_CONDVAR, SYS_futex, NULL);

	owner->stack = (struct call_stack){.frames = in_turn, .count = 3, .end = STACK_COMPLETE};
	waiters(s, 11, 2, 5);
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].tid >= 30)
			s->threads[i].stack =
				(struct call_stack){.frames = wanted, .count = 2, .end = STACK_COMPLETE};
}

static void turns_at_a_queue(struct sample *s)
{
	one_has_its_turn(s, in_wait);
}

static void turns_at_a_poll(struct sample *s)
{
	one_has_its_turn(s, in_wait);
	s->threads[0].kind = WAIT_POLL;
	s->threads[0].syscall = SYS_poll;
}

static void producers_behind_a_consumer(struct sample *s)
{
	one_has_its_turn(s, in_other);
}

static const char *severity_of(struct arena *a, fill_fn *fill)
{
	const char *text = both_say(a, fill);

	return strstr(text, "lock-convoy warning: ") ? "warning"
	       : strstr(text, "lock-convoy info: ")  ? "info"
						     : text;
}

TEST(a_turn_at_a_condition_variable)
{
	struct arena a = {0};

	CHECK_STR(severity_of(&a, turns_at_a_queue), "info");
	CHECK_STR(severity_of(&a, turns_at_a_poll), "info");
	CHECK_STR(severity_of(&a, producers_behind_a_consumer), "warning");
	arena__free(&a);
}

static void connects_and_sleeps(struct sample *s)
{
	add_caller(s, 11, WAIT_CONNECT, SYS_connect, NULL)->path = "10.0.0.1:80";
	add_caller(s, 12, WAIT_READ, SYS_read, NULL)->state = 'D';
}

static void stop(struct sample *s, char state, bool frozen)
{
	for (pid_t i = 10; i < 13; i++) {
		struct sample_thread *t = add_caller(s, i, WAIT_STOPPED, SYS_futex, NULL);

		t->state = state;
		t->frozen = frozen;
		t->blocked_ns = (unsigned)i * NS_PER_S;
	}
}

static void by_signal(struct sample *s)
{
	stop(s, 'T', false);
}

static void by_debugger(struct sample *s)
{
	stop(s, 't', false);
}

static void by_cgroup(struct sample *s)
{
	stop(s, 'D', true);
}

TEST(stuck_and_stopped)
{
	check(connects_and_sleeps,
	      "stuck-thread warning: worker (11) has been in connect(10.0.0.1:80) for 2.0 s (11) of 10\n"
	      "stuck-thread warning: worker (12) has been in read(fd 0) for 2.0 s, in uninterruptible sleep "
	      "(12) "
	      "of 10\n");
	check(by_signal,
	      "stuck-thread warning: 3 threads have been stopped for up to 12.0 s, by a signal; SIGCONT "
	      "continues it: worker (12), worker (11) and worker (10) (12 11 10) of 10\n");
}

static struct stop_row stop_of(fill_fn *fill, pid_t other, char state)
{
	struct sample *s = filled(fill);
	struct stop_row stop;

	if (other) {
		struct sample_thread *t = add_caller(s, other, WAIT_READ, SYS_read, NULL);

		t->state = state;
		t->blocked = state != 'Z' && state != 'R';
	}
	stop = stop__of(s->threads, s->thread_count);
	sample__free(s);
	return stop;
}

TEST(a_process_is_stopped_if_all_of_it_is)
{
	struct stop_row stop = stop_of(by_signal, 0, 0);
	char text[DESCRIBE_STOP];

	CHECK_EQ(stop.duration_ns, 10 * NS_PER_S); /* the last one stopped then */
	CHECK_STR(describe_stop(text, sizeof(text), &stop),
		  "stopped for 10.0 s, by a signal; SIGCONT continues it");
	CHECK_EQ(stop_of(by_debugger, 0, 0).by, STOP_TRACER);
	stop = stop_of(by_cgroup, 0, 0);
	CHECK_STR(describe_stop(text, sizeof(text), &stop),
		  "frozen for 10.0 s, by its cgroup (docker pause, systemctl freeze)");
	CHECK_EQ(stop_of(by_signal, 20, 'S').by, STOP_NONE);
	CHECK_EQ(stop_of(by_signal, 20, 'R').by, STOP_NONE);
	CHECK_EQ(stop_of(by_signal, 20, 'D').by, STOP_SIGNAL); /* it stops as soon as it can */
	CHECK_EQ(stop_of(by_signal, 20, 'Z').by, STOP_SIGNAL);
	CHECK_EQ(stop_of(connects_and_sleeps, 0, 0).by, STOP_NONE);
	CHECK_EQ(stop__of(NULL, 0).by, STOP_NONE);
}

/* Where every process is watched, somebody's stopped editor is not worth a warning. */
TEST(stopped_jobs_of_others_are_information)
{
	struct model *m = model_with_base(sample_at(0));
	const struct interval_report *r;

	model__every_process(m);
	r = model__interval(m, filled(by_signal));
	CHECK_EQ(r->finding_count, 1);
	CHECK_EQ(r->finding_count ? r->findings[0].severity : 0, SEVERITY_INFO);
	CHECK_EQ(r->processes[0].stop.by, STOP_SIGNAL);
	model__free(m);
}

/* Each process has its own findings, and its own limit of them. */
TEST(processes_are_told_apart)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	for (pid_t pid = 100; pid < 400; pid += 100) {
		uint64_t lock = (uint64_t)pid * 0x1000;

		add_process(s, pid, 3);
		add_lock(s, pid, lock, lock)->owner_tid = pid;
		add_waiter(s, pid, pid, 0, 0)->kind = WAIT_CONNECT;
		add_waiter(s, pid, pid + 1, lock, pid);
		add_waiter(s, pid, pid + 2, lock, pid);
	}
	r = model__interval(m, s);
	CHECK_EQ(r->finding_count, 3);
	for (size_t i = 0; i < r->finding_count; i++) {
		CHECK_EQ(r->findings[i].kind, FINDING_LOCK_CONVOY);
		CHECK_EQ(r->findings[i].tid_count, 3);
		CHECK_EQ(r->findings[i].tids[2], r->findings[i].pid);
	}
	model__free(m);
}

static void two_syncs_of_a_log(struct sample *s, pid_t pid, pid_t tid)
{
	for (pid_t i = 0; i < 2; i++) {
		struct sample_thread *t = add_waiter(s, pid, tid + i, 0, 0);

		t->kind = WAIT_FSYNC;
		t->syscall = SYS_fsync;
		t->path = arena__string(&s->arena, "/log");
		t->blocked_ns = NS_PER_S * (unsigned)(4 - i);
	}
}

static void syncs_of_a_log(struct sample *s)
{
	two_syncs_of_a_log(s, 10, 11);
}

/* No probe has seen the calls yet. */
TEST(a_look_at_a_sync_says_what_a_snapshot_does)
{
	static const char SAYS[] =
		"log-stall warning: worker (11) has been in fsync(/log) for 4.0 s; 1 more thread is in "
		"a call on it (11 12) of 10\n";
	struct sample *s = filled(syncs_of_a_log), *other = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *snapshot = model__snapshot(&a, s, NULL);
	struct model *m = model__new();
	const struct interval_report *look;

	CHECK_STR(findings_text(&a, snapshot->findings, snapshot->finding_count), SAYS);
	add_process(other, 20, 2);
	two_syncs_of_a_log(other, 20, 21);
	sample__join(s, other);
	look = model__look(m, s);
	CHECK_STR(findings_text(&a, look->findings, look->finding_count),
		  arena__format(&a,
				"%slog-stall warning: worker (21) has been in fsync(/log) for 4.0 s; 1 more "
				"thread is "
				"in a call on it (21 22) of 20\n",
				SAYS));
	model__free(m);
	arena__free(&a);
}

/* Snapshots of two processes, in one look. */
TEST(a_look_at_several_processes)
{
	struct sample *s = filled(circle_of_three), *other = sample_at(1);
	struct model *m = model__new();
	const struct interval_report *r;

	add_process(other, 20, 2);
	add_lock(other, 20, 0x1000, 0x1000)->owner_tid = 21;
	add_waiter(other, 20, 21, 0x1000, 21)->name = arena__string(&other->arena, "other");
	other->losses[0] = 2;
	other->cpu_ns = 7;
	sample__join(s, other);
	r = model__look(m, s);
	CHECK_EQ(r->process_count, 2);
	CHECK_EQ(r->thread_count, 5);
	CHECK_EQ(r->lock_count, 4);
	CHECK_EQ(r->finding_count, 2);
	CHECK(says(&r->findings[0], "deadlock of 3 threads"));
	CHECK(says(&r->findings[1], "deadlock of one thread: other (21) waits"));
	CHECK_EQ(r->losses[0].count, 2);
	CHECK_EQ(r->cost.cpu_ns, 7); /* so far */
	CHECK(r->cost.bpf_ns == UINT64_MAX);
	model__free(m);
}

TEST_MAIN
