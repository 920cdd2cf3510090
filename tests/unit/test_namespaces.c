/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces of processes, and what is asked in them. */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/namespaces.h"

static void note(void *arg)
{
	*(uint64_t *)arg = namespace__of(gettid(), "ipc");
}

TEST(ones_own)
{
	uint64_t where = 0;

	CHECK(namespace__of(getpid(), "net") > 0);
	CHECK(namespace__of(getpid(), "net") != namespace__of(getpid(), "ipc"));
	CHECK_EQ(namespace__of(getpid(), "nothing"), 0);
	CHECK_EQ(namespace__of(-5, "net"), 0);
	CHECK_EQ(namespace__run(getpid(), "ipc", CLONE_NEWIPC, note, &where), 0);
	CHECK_EQ(where, namespace__of(getpid(), "ipc"));
	where = 0;
	CHECK_EQ(namespace__run(-5, "ipc", CLONE_NEWIPC, note, &where), -ESRCH);
	CHECK_EQ(where, 0);
}

/* As root only; who may not enter it learns nothing of it. */
TEST(anothers)
{
	uint64_t own = namespace__of(getpid(), "ipc"), where = 0;
	int up[2], err;
	char byte = 0;
	pid_t child;

	CHECK_EQ(pipe(up), 0);
	child = fork();
	if (!child) {
		byte = unshare(CLONE_NEWIPC) ? 'n' : 'y';
		if (write(up[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	if (read(up[0], &byte, 1) == 1 && byte == 'y') {
		err = namespace__run(child, "ipc", CLONE_NEWIPC, note, &where);
		CHECK(err == 0 || err == -EPERM || err == -EACCES);
		CHECK_EQ(where, err ? 0 : namespace__of(child, "ipc"));
		CHECK(where != own);
		CHECK_EQ(namespace__of(gettid(), "ipc"), own);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(up[0]);
	close(up[1]);
}

TEST_MAIN
