/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has the other end of a pipe that goroutines wait on. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "go/collect/go_pipes.h"
#include "target/open_files.h"
#include "test.h"

#define STACK_BYTES 65536

static int in, out; /* of the pipe */
static char path[64];
static _Alignas(16) char stack[STACK_BYTES];

static void open_pipe(void)
{
	char link[32];
	int ends[2];
	ssize_t n;

	CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
	in = ends[0];
	out = ends[1];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", in);
	n = readlink(link, path, sizeof(path) - 1);
	CHECK(n > 0);
	path[n > 0 ? n : 0] = '\0';
}

static void close_pipe(void)
{
	close(in);
	close(out);
}

static int wait_for_ever(void *arg)
{
	(void)arg;
	while (pause())
		;
	return 0;
}

/* A process with that end alone, whose name says so once it has closed the other. */
static pid_t holder(int closes)
{
	int ready[2];
	char c;
	pid_t pid;

	CHECK_EQ(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		close(closes);
		prctl(PR_SET_NAME, "holder");
		if (write(ready[1], "x", 1) == 1)
			wait_for_ever(NULL);
		_exit(1);
	}
	CHECK_EQ(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
}

TEST(holders_of_the_write_end)
{
	struct go_group groups[2] = {{.count = 2}, {.count = 1}};
	struct go_reading reading = {.groups = groups, .group_count = 2};
	struct go_pipes p = {.pid = getpid()};
	struct pipe_reader r;
	struct arena a = {0};
	pid_t first, second, reader;

	open_pipe();
	first = holder(in);
	second = holder(in);
	reader = holder(out);
	go_pipes__look(&p, &groups[1], 1, path, false, &r);
	CHECK(r.pid == first || r.pid == second);
	CHECK_EQ(r.others, 1);
	CHECK_STR(r.comm, "holder");
	/* Of a socket, a FIFO, a pipe that nobody has, and one that is waited for otherwise, nothing is said.
	 */
	go_pipes__look(&p, &groups[1], 1, "socket:[1]", false, &r);
	CHECK_EQ(r.pid, 0);
	go_pipes__look(&p, &groups[1], 1, NULL, false, &r);
	CHECK_EQ(r.pid, 0);
	go_pipes__look(&p, &groups[1], 1, "pipe:[1]", false, &r);
	CHECK_EQ(r.pid, 0);
	go_pipes__look(&p, &groups[1], 1, path, true, &r);
	CHECK_EQ(r.pid, 0);
	go_pipes__look(&p, &groups[0], 0, path, true, &r);
	CHECK_EQ(r.pid, reader);
	go_pipes__look(&p, &groups[0], 0, path, true, &r);
	go_pipes__name(&p, &reading, &a);
	CHECK_EQ(groups[1].pipe_end_count, 2);
	CHECK_EQ(groups[1].pipes_seen, 1);
	CHECK_EQ(groups[0].pipe_end_count, 1);
	CHECK_EQ(groups[0].pipes_seen, 2);
	CHECK(groups[0].pipe_write && !groups[1].pipe_write);
	CHECK_EQ(groups[0].pipe_ends[0].pid, reader);
	CHECK_EQ(groups[0].pipe_ends[0].count, 2);
	CHECK_STR(groups[0].pipe_ends[0].name, "holder");
	CHECK_EQ(groups[1].pipe_ends[0].count, 1);
	CHECK_EQ(groups[1].pipe_ends_more, 0);
	go_pipes__free(&p);
	end(first);
	end(second);
	end(reader);
	close_pipe();
	arena__free(&a);
}

/* os/exec forks so: until it executes its program, the child has every descriptor. */
TEST(a_child_that_is_being_started_holds_nothing)
{
	struct go_group group = {.count = 1};
	struct go_pipes p = {.pid = getpid()};
	struct pipe_reader r;
	pid_t child;

	open_pipe();
	child = clone(wait_for_ever, stack + STACK_BYTES, CLONE_VM | SIGCHLD, NULL);
	CHECK(child > 0);
	go_pipes__look(&p, &group, 0, path, false, &r);
	CHECK_EQ(r.pid, 0);
	CHECK_EQ(group.pipes_seen, 0);
	go_pipes__free(&p);
	end(child);
	close_pipe();
}

TEST(those_that_have_most_are_kept)
{
	struct go_group group = {.count = 100};
	struct go_reading reading = {.groups = &group, .group_count = 1};
	struct go_pipes p = {.pid = getpid()};
	struct pipe_reader r;
	struct arena a = {0};
	pid_t holders[PIPE_ENDS + 2];

	for (size_t i = 0; i < PIPE_ENDS + 2; i++) {
		open_pipe();
		holders[i] = holder(in);
		for (size_t k = 0; i && k < (i == PIPE_ENDS ? 2 : 1); k++) {
			open_files__free(p.open);
			p.open = NULL;
			go_pipes__look(&p, &group, 0, path, false, &r);
		}
		close_pipe();
	}
	go_pipes__name(&p, &reading, &a);
	CHECK_EQ(group.pipe_end_count, PIPE_ENDS);
	CHECK_EQ(group.pipe_ends_more, 1);
	CHECK_EQ(group.pipe_ends[0].pid, holders[PIPE_ENDS]);
	CHECK_EQ(group.pipe_ends[0].count, 2);
	go_pipes__free(&p);
	for (size_t i = 0; i < PIPE_ENDS + 2; i++)
		end(holders[i]);
	arena__free(&a);
}

TEST_MAIN
