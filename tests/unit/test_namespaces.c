/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces of processes, and what is asked in them. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/namespace_helper.h"
#include "target/namespaces.h"

#define KEY 0x7e5c0aa

TEST(ones_own)
{
	struct namespace_question q = {.subject = NAMESPACE_QUEUE, .id = -1};

	CHECK(namespace__of(getpid(), "net") > 0);
	CHECK(namespace__of(getpid(), "net") != namespace__of(getpid(), "ipc"));
	CHECK_EQ(namespace__of(getpid(), "nothing"), 0);
	CHECK_EQ(namespace__of(-5, "net"), 0);
	CHECK_EQ(namespace__ask(getpid(), &q), -EINVAL);
	CHECK_EQ(namespace__ask(-5, &q), -ESRCH);
	q = (struct namespace_question){.subject = NAMESPACE_SOCKETS};
	CHECK_EQ(namespace__ask(getpid(), &q), 0);
	CHECK(q.fd >= 0);
	close(q.fd);
}

/* What a helper that is asked anything must not follow. */
TEST(odd_questions)
{
	struct namespace_question q = {.subject = NAMESPACE_SUBJECTS};

	CHECK_EQ(namespace__ask_here(-1, &q), -EINVAL);
	q.subject = (enum namespace_subject) - 1;
	CHECK_EQ(namespace__ask_here(-1, &q), -EINVAL);
	q = (struct namespace_question){.subject = NAMESPACE_SET, .count = SYSV_SEMAPHORES + 1};
	CHECK_EQ(namespace__ask_here(-1, &q), -EINVAL);
	CHECK_EQ(q.fd, -1);
}

struct elsewhere {
	pid_t pid; /* 0: no such namespaces here */
	int queue;
};

/* In namespaces of its own, with a queue that has one message. */
static struct elsewhere go_elsewhere(void)
{
	struct elsewhere e = {0};
	int up[2];
	pid_t pid;

	CHECK_EQ(pipe(up), 0);
	pid = fork();
	if (!pid) {
		struct {
			long type;
			char text[5];
		} message = {1, "abcd"};
		int queue = unshare(CLONE_NEWIPC | CLONE_NEWNET) ? -1 : msgget(KEY, IPC_CREAT | 0600);

		if (queue >= 0 && msgsnd(queue, &message, sizeof(message.text), 0))
			queue = -1;
		if (write(up[1], &queue, sizeof(queue)) == (ssize_t)sizeof(queue))
			pause();
		_exit(0);
	}
	if (read(up[0], &e.queue, sizeof(e.queue)) == (ssize_t)sizeof(e.queue) && e.queue >= 0) {
		e.pid = pid;
	} else {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	close(up[0]);
	close(up[1]);
	return e;
}

static void come_back(const struct elsewhere *e)
{
	if (e->pid)
		kill(e->pid, SIGKILL);
	if (e->pid)
		waitpid(e->pid, NULL, 0);
}

/* As root only; who may not enter it learns nothing of it. */
static void check_elsewhere(const struct elsewhere *e)
{
	struct namespace_question q = {.subject = NAMESPACE_QUEUE, .id = e->queue};
	uint64_t own = namespace__of(gettid(), "ipc"), own_net = namespace__of(gettid(), "net");
	int err = namespace__ask(e->pid, &q);

	CHECK(err == 0 || err == -EPERM || err == -EACCES);
	CHECK_EQ(q.queue.messages, !err);
	CHECK_EQ(q.queue.key, err ? 0 : KEY);
	q = (struct namespace_question){.subject = NAMESPACE_SOCKETS};
	CHECK_EQ(namespace__ask(e->pid, &q), err);
	CHECK_EQ(q.fd >= 0, !err);
	if (q.fd >= 0)
		close(q.fd);
	CHECK_EQ(namespace__of(gettid(), "ipc"), own);
	CHECK_EQ(namespace__of(gettid(), "net"), own_net);
}

TEST(anothers)
{
	struct elsewhere e = go_elsewhere();

	CHECK(!namespace_helper__runs());
	if (e.pid)
		check_elsewhere(&e);
	come_back(&e);
}

TEST(by_the_helper)
{
	struct elsewhere e = go_elsewhere();
	uint64_t cpu_ns;

	namespace_helper__start();
	if (e.pid && namespace_helper__runs()) {
		check_elsewhere(&e);
		check_elsewhere(&e);
		cpu_ns = namespace_helper__cpu_ns();
		CHECK(cpu_ns > 0);
	}
	come_back(&e);
}

static pid_t child_of_this(void)
{
	char path[64], text[64] = "";
	int fd, n;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)gettid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : (int)read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

/* One that gives no answer is given up, and what needs no rights is asked here. */
TEST(silent_helper)
{
	struct namespace_question q = {.subject = NAMESPACE_QUEUE, .id = -1};
	pid_t helper;

	namespace_helper__start();
	helper = child_of_this();
	if (!helper || !namespace_helper__runs())
		return;
	kill(helper, SIGSTOP);
	CHECK_EQ(namespace__ask(getpid(), &q), -ETIMEDOUT);
	CHECK(!namespace_helper__runs());
	CHECK_EQ(namespace__ask(getpid(), &q), -EINVAL);
	waitpid(helper, NULL, 0);
}

/* It may have ended. */
TEST(dead_helper)
{
	struct namespace_question q = {.subject = NAMESPACE_QUEUE, .id = -1};
	pid_t helper;
	siginfo_t info;

	namespace_helper__start();
	helper = child_of_this();
	if (!helper || !namespace_helper__runs())
		return;
	kill(helper, SIGKILL);
	waitid(P_PID, (id_t)helper, &info, WEXITED | WNOWAIT);
	CHECK_EQ(namespace__ask(getpid(), &q), -EPIPE);
	CHECK(!namespace_helper__runs());
}

TEST_MAIN
