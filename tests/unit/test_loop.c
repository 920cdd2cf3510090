/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event loop, with real descriptors, timers, signals and processes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "util/loop.h"

#define NS_PER_MS 1000000ull

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static struct loop *new_loop(void)
{
	struct loop *l = NULL;

	CHECK_EQ(loop__new(&l), 0);
	return l;
}

struct seen {
	struct loop *loop;
	int calls, last_fd;
	int remove[2]; /* to be removed by the call, 0: none */
};

static void see(void *arg, int fd)
{
	struct seen *s = arg;

	s->calls++;
	s->last_fd = fd;
	for (int i = 0; i < 2; i++)
		if (s->remove[i])
			loop__remove(s->loop, s->remove[i]);
}

TEST(what_can_be_read_is_told_until_it_is_read)
{
	struct seen seen = {.loop = new_loop()};
	int ends[2];
	char byte;

	CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
	CHECK_EQ(loop__add(seen.loop, ends[0], see, &seen), 0);
	CHECK_EQ(loop__add(seen.loop, ends[0], see, &seen), -EEXIST);
	CHECK_EQ(loop__turn(seen.loop, 0), 0);
	CHECK_EQ(seen.calls, 0);
	CHECK_EQ(write(ends[1], "x", 1), 1);
	CHECK_EQ(loop__turn(seen.loop, LOOP_FOREVER), 0);
	CHECK_EQ(loop__turn(seen.loop, LOOP_FOREVER), 0);
	CHECK_EQ(seen.calls, 2);
	CHECK_EQ(seen.last_fd, ends[0]);
	CHECK_EQ(read(ends[0], &byte, 1), 1);
	CHECK_EQ(loop__turn(seen.loop, 0), 0);
	CHECK_EQ(seen.calls, 2);
	/* Nobody can write to it any more. */
	close(ends[1]);
	CHECK_EQ(loop__turn(seen.loop, LOOP_FOREVER), 0);
	CHECK_EQ(seen.calls, 3);
	loop__remove(seen.loop, ends[0]);
	loop__remove(seen.loop, ends[0]);
	CHECK_EQ(loop__turn(seen.loop, 0), 0);
	CHECK_EQ(seen.calls, 3);
	close(ends[0]);
	loop__free(seen.loop);
}

TEST(what_is_removed_in_a_turn_is_not_called_in_it_any_more)
{
	struct loop *l = new_loop();
	struct seen seen[2] = {{.loop = l}, {.loop = l}};
	int ends[2][2];

	for (int i = 0; i < 2; i++) {
		CHECK_EQ(pipe2(ends[i], O_CLOEXEC), 0);
		CHECK_EQ(write(ends[i][1], "x", 1), 1);
		CHECK_EQ(loop__add(l, ends[i][0], see, &seen[i]), 0);
	}
	/* Each removes both: whichever comes first is the only one. */
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 2; k++)
			seen[i].remove[k] = ends[k][0];
	CHECK_EQ(loop__turn(l, LOOP_FOREVER), 0);
	CHECK_EQ(seen[0].calls + seen[1].calls, 1);
	CHECK_EQ(loop__turn(l, 0), 0);
	CHECK_EQ(seen[0].calls + seen[1].calls, 1);
	/* And may be added again. */
	CHECK_EQ(loop__add(l, ends[0][0], see, &seen[0]), 0);
	CHECK_EQ(loop__turn(l, LOOP_FOREVER), 0);
	CHECK_EQ(seen[0].calls + seen[1].calls, 2);
	for (int i = 0; i < 4; i++)
		close(ends[i / 2][i % 2]);
	loop__free(l);
}

TEST(more_descriptors_than_a_turn_takes_all_have_theirs)
{
	struct loop *l = new_loop();
	struct seen seen[200] = {{0}};
	int ends[200][2];
	bool all = true;

	for (int i = 0; i < 200; i++) {
		CHECK_EQ(pipe2(ends[i], O_CLOEXEC), 0);
		CHECK_EQ(write(ends[i][1], "x", 1), 1);
		CHECK_EQ(loop__add(l, ends[i][0], see, &seen[i]), 0);
	}
	for (int i = 0; i < 10; i++)
		CHECK_EQ(loop__turn(l, 0), 0);
	for (int i = 0; i < 200; i++)
		all = all && seen[i].calls > 0;
	CHECK(all);
	for (int i = 0; i < 400; i++)
		close(ends[i / 2][i % 2]);
	loop__free(l);
}

TEST(a_regular_file_is_refused)
{
	struct loop *l = new_loop();
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	CHECK_EQ(loop__add(l, fd, see, NULL), -EPERM);
	CHECK_EQ(loop__add(l, -1, see, NULL), -EBADF);
	close(fd);
	loop__free(l);
}

/* As the ring buffer's, which is one for all its rings. */
TEST(a_descriptor_of_descriptors)
{
	struct seen seen = {.loop = new_loop()};
	struct epoll_event e = {.events = EPOLLIN};
	int ends[2], inner = epoll_create1(EPOLL_CLOEXEC);

	CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
	CHECK_EQ(epoll_ctl(inner, EPOLL_CTL_ADD, ends[0], &e), 0);
	CHECK_EQ(loop__add(seen.loop, inner, see, &seen), 0);
	CHECK_EQ(loop__turn(seen.loop, 0), 0);
	CHECK_EQ(seen.calls, 0);
	CHECK_EQ(write(ends[1], "x", 1), 1);
	CHECK_EQ(loop__turn(seen.loop, LOOP_FOREVER), 0);
	CHECK_EQ(seen.calls, 1);
	loop__free(seen.loop);
	close(inner);
	close(ends[0]);
	close(ends[1]);
}

/* ---- time ------------------------------------------------------------------- */

TEST(a_turn_ends_at_its_time_and_not_before)
{
	struct loop *l = new_loop();
	uint64_t begin = now_ns(), end = begin + 20 * NS_PER_MS + 1;

	CHECK_EQ(loop__turn(l, begin), 0);
	CHECK_EQ(loop__turn(l, end), 0);
	CHECK(now_ns() >= end);
	loop__free(l);
}

struct ticks {
	uint64_t count, calls;
};

static void tick(void *arg, uint64_t count)
{
	struct ticks *t = arg;

	t->count += count;
	t->calls++;
}

static void until_ticks(struct loop *l, const struct ticks *t, uint64_t count)
{
	while (t->count < count)
		CHECK_EQ(loop__turn(l, LOOP_FOREVER), 0);
}

/* However late each one was handled, their number is that of the clock; one may be on its way. */
TEST(the_timer_does_not_drift)
{
	struct ticks t = {0};
	struct loop *l = new_loop();
	struct timespec busy = {0, 3000000};
	uint64_t from = now_ns(), until, then;

	CHECK_EQ(loop__every(l, 10 * NS_PER_MS, tick, &t), 0);
	until = now_ns();
	while (t.count < 20) {
		CHECK_EQ(loop__turn(l, LOOP_FOREVER), 0);
		CHECK(t.count <= (now_ns() - from) / (10 * NS_PER_MS));
		nanosleep(&busy, NULL);
	}
	then = now_ns();
	CHECK_EQ(loop__turn(l, 0), 0);
	CHECK(t.count + 1 >= (then - until) / (10 * NS_PER_MS));
	CHECK(t.count <= (now_ns() - from) / (10 * NS_PER_MS));
	loop__free(l);
}

TEST(ticks_that_were_missed_come_as_one)
{
	struct ticks t = {0};
	struct loop *l = new_loop();
	struct timespec busy = {0, 50000000};

	CHECK_EQ(loop__every(l, 10 * NS_PER_MS, tick, &t), 0);
	nanosleep(&busy, NULL);
	CHECK_EQ(loop__turn(l, LOOP_FOREVER), 0);
	CHECK_EQ(t.calls, 1);
	CHECK(t.count >= 5);
	loop__free(l);
}

TEST(the_timer_can_be_set_anew_and_stopped)
{
	struct ticks first = {0}, second = {0};
	struct loop *l = new_loop();

	CHECK_EQ(loop__every(l, 3600 * 1000 * NS_PER_MS, tick, &first), 0);
	CHECK_EQ(loop__every(l, NS_PER_MS, tick, &second), 0);
	until_ticks(l, &second, 3);
	CHECK_EQ(first.count, 0);
	CHECK_EQ(loop__every(l, 0, tick, &second), 0);
	second.count = 0;
	CHECK_EQ(loop__turn(l, now_ns() + 20 * NS_PER_MS), 0);
	CHECK_EQ(second.count, 0);
	loop__free(l);
}

/* ---- signals and processes ------------------------------------------------------- */

struct signals {
	int count[65];
	pid_t from;
};

static void take_signal(void *arg, const struct signalfd_siginfo *info)
{
	struct signals *s = arg;

	s->count[info->ssi_signo]++;
	s->from = (pid_t)info->ssi_pid;
}

static struct loop *signal_loop(struct signals *seen, sigset_t *ret_before)
{
	static const int TAKEN[] = {SIGINT, SIGTERM, SIGWINCH, SIGCHLD};
	struct loop *l = new_loop();
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(TAKEN) / sizeof(TAKEN[0]); i++)
		sigaddset(&set, TAKEN[i]);
	sigprocmask(SIG_SETMASK, NULL, ret_before);
	CHECK_EQ(loop__signals(l, &set, take_signal, seen), 0);
	CHECK_EQ(loop__signals(l, &set, take_signal, seen), -EEXIST);
	return l;
}

TEST(signals_are_told_each_once)
{
	struct signals seen = {0};
	sigset_t before;
	struct loop *l = signal_loop(&seen, &before);

	CHECK_EQ(loop__turn(l, 0), 0);
	kill(getpid(), SIGTERM);
	kill(getpid(), SIGINT);
	kill(getpid(), SIGWINCH); /* ignored, unless somebody takes it */
	CHECK_EQ(loop__turn(l, LOOP_FOREVER), 0);
	CHECK_EQ(loop__turn(l, 0), 0);
	CHECK_EQ(seen.count[SIGTERM], 1);
	CHECK_EQ(seen.count[SIGINT], 1);
	CHECK_EQ(seen.count[SIGWINCH], 1);
	CHECK_EQ(seen.from, getpid());
	loop__free(l);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* In a child that waits to be let go: status 3. */
static pid_t hold_child(int *ret_gate)
{
	int ends[2];
	char byte;
	pid_t pid;

	CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) != 0)
			_exit(1);
		_exit(3);
	}
	close(ends[0]);
	*ret_gate = ends[1];
	return pid;
}

TEST(a_childs_end_is_told_by_its_signal)
{
	struct signals seen = {0};
	sigset_t before;
	struct loop *l = signal_loop(&seen, &before);
	int gate, status = 0;
	pid_t pid = hold_child(&gate);

	CHECK_EQ(loop__turn(l, 0), 0);
	CHECK_EQ(seen.count[SIGCHLD], 0);
	close(gate);
	CHECK_EQ(loop__turn(l, LOOP_FOREVER), 0);
	CHECK_EQ(seen.count[SIGCHLD], 1);
	CHECK_EQ(seen.from, pid);
	CHECK_EQ(waitpid(pid, &status, WNOHANG), pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	loop__free(l);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Also one that is no child of ours: its pidfd is a descriptor as any other. */
TEST(a_processs_end_is_told_by_its_pidfd)
{
	struct seen seen = {.loop = new_loop()};
	int gate, pidfd;
	pid_t pid = hold_child(&gate);

	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd >= 0) {
		CHECK_EQ(loop__add(seen.loop, pidfd, see, &seen), 0);
		CHECK_EQ(loop__turn(seen.loop, 0), 0);
		CHECK_EQ(seen.calls, 0);
		close(gate);
		CHECK_EQ(loop__turn(seen.loop, LOOP_FOREVER), 0);
		CHECK_EQ(seen.calls, 1);
		/* It stays so, also of one that has been collected; until it is removed. */
		waitpid(pid, NULL, 0);
		seen.remove[0] = pidfd;
		CHECK_EQ(loop__turn(seen.loop, LOOP_FOREVER), 0);
		CHECK_EQ(loop__turn(seen.loop, 0), 0);
		CHECK_EQ(seen.calls, 2);
		close(pidfd);
	}
	loop__free(seen.loop);
}

TEST_MAIN
