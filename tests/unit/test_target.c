/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/limits.h"
#include "target/mappings.h"
#include "target/process_private.h"
#include "test.h"

struct child {
	pid_t pid;
	int go; /* write end: the child waits on it */
};

/* Starts body in a child that tells when it is ready. */
static struct child start(void (*body)(int ready, int wait))
{
	int ready[2], go[2];
	struct child c;
	char byte;

	if (pipe(ready) || pipe(go))
		exit(2);
	fflush(stdout);
	c.pid = fork();
	if (c.pid == 0) {
		close(go[1]);
		body(ready[1], go[0]);
		_exit(0);
	}
	close(ready[1]);
	close(go[0]);
	if (read(ready[0], &byte, 1) != 1)
		exit(2);
	close(ready[0]);
	c.go = go[1];
	return c;
}

static void finish(struct child *c)
{
	close(c->go);
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
}

static void wait_for_end(int wait)
{
	char byte;

	while (read(wait, &byte, 1) < 0 && errno == EINTR)
		;
}

static char secret[] = "only in the child";

static void plain_body(int ready, int wait)
{
	secret[0] = 'O';
	if (write(ready, "x", 1) != 1)
		_exit(2);
	wait_for_end(wait);
}

TEST(a_child_is_seen)
{
	struct child c = start(plain_body);
	struct process *p = NULL;
	struct mappings maps;
	char buf[sizeof(secret)], self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	CHECK_EQ(process__open(c.pid, &p), 0);
	if (!p)
		return;
	self[n > 0 ? n : 0] = '\0';
	CHECK_EQ(process__pid(p), c.pid);
	CHECK_EQ(process__kind(p), PROCESS_USER);
	CHECK(process__alive(p));
	CHECK(process__pidfd(p) >= 0);
	CHECK(process__start_ticks(p) > 0);
	CHECK(!process__is_32bit(p));
	CHECK_STR(process__exe(p), self);
	CHECK(process__cmdline(p)[0] != NULL);
	CHECK_EQ(process__read(p, (uintptr_t)secret, buf, sizeof(buf)), sizeof(buf));
	CHECK_STR(buf, "Only in the child");
	CHECK_EQ(process__read(p, 8, buf, 8), -EFAULT);
	CHECK_EQ(process__mappings(p, &maps), 0);
	const struct mapping *m = mappings__find(&maps, (uintptr_t)plain_body);
	CHECK(m && m->executable && strcmp(m->path, self) == 0);
	if (m) {
		int fd = process__open_mapping(p, m);

		CHECK(fd >= 0);
		CHECK(fd >= 0 && pread(fd, buf, 4, 0) == 4 && memcmp(buf, "\177ELF", 4) == 0);
		close(fd);
	}
	mappings__free(&maps);
	finish(&c);
	CHECK(!process__alive(p));
	CHECK_EQ(process__read(p, (uintptr_t)secret, buf, sizeof(buf)), -ESRCH);
	CHECK(process__mappings(p, &maps) < 0);
	process__close(p);
	CHECK_EQ(process__open(c.pid, &p), -ESRCH);
}

static char *half; /* two pages, the second cannot be read */

static void half_body(int ready, int wait)
{
	mprotect(half + 4096, 4096, PROT_NONE);
	plain_body(ready, wait);
}

TEST(reading_stops_at_what_cannot_be_read)
{
	static char buf[8192];
	struct process *p = NULL;

	half = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(half, 'h', 8192);
	struct child c = start(half_body);
	CHECK_EQ(process__open(c.pid, &p), 0);
	CHECK_EQ(process__read(p, (uintptr_t)half + 100, buf, 8000), 3996);
	CHECK(buf[3995] == 'h');
	CHECK_EQ(process__read(p, (uintptr_t)half + 4096, buf, 8), -EFAULT);
	CHECK_EQ(process__read(p, UINT64_MAX - 3, buf, 100), -EFAULT);
	finish(&c);
	process__close(p);
	munmap(half, 8192);
}

static void zombie_body(int ready, int wait)
{
	(void)wait;
	if (write(ready, "x", 1) != 1)
		_exit(2);
}

TEST(a_zombie_is_told)
{
	struct child c = start(zombie_body);
	struct process *p = NULL;
	siginfo_t info;

	waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT);
	CHECK_EQ(process__open(c.pid, &p), 0);
	CHECK_EQ(process__kind(p), PROCESS_ZOMBIE);
	CHECK(!process__alive(p));
	finish(&c);
	process__close(p);
}

TEST(a_kernel_thread_is_told)
{
	struct process *p;

	if (process__open(2, &p) != 0)
		return; /* in a container PID 2 is something else, or nothing */
	if (strcmp(process__comm(p), "kthreadd") == 0) {
		CHECK_EQ(process__kind(p), PROCESS_KERNEL_THREAD);
		CHECK_STR(process__exe(p), "");
		CHECK(process__cmdline(p)[0] == NULL);
	}
	process__close(p);
}

static int second_wait;

static void *second_thread(void *arg)
{
	/* The main thread is gone when its state says so. */
	char path[64], text[512] = "";
	int ready = (int)(intptr_t)arg;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
	for (int i = 0; i < 2000 && !strstr(text, ") Z"); i++) {
		usleep(1000);
		read_short(AT_FDCWD, path, text, sizeof(text));
	}
	secret[0] = 'O';
	if (write(ready, "x", 1) != 1)
		_exit(2);
	wait_for_end(second_wait);
	_exit(0);
}

static void leaderless_body(int ready, int wait)
{
	pthread_t t;

	second_wait = wait;
	if (pthread_create(&t, NULL, second_thread, (void *)(intptr_t)ready))
		_exit(2);
	syscall(SYS_exit, 0); /* this thread only */
}

TEST(a_process_whose_main_thread_has_exited)
{
	struct child c = start(leaderless_body);
	struct process *p = NULL;
	struct mappings maps = {0};
	char buf[sizeof(secret)];

	CHECK_EQ(process__open(c.pid, &p), 0);
	CHECK_EQ(process__kind(p), PROCESS_USER);
	CHECK(process__alive(p));
	CHECK(process__exe(p)[0] == '/');
	CHECK_EQ(process__mappings(p, &maps), 0);
	CHECK(maps.count > 5);
	CHECK_EQ(process__read(p, (uintptr_t)secret, buf, sizeof(buf)), sizeof(buf));
	CHECK_STR(buf, "Only in the child");
	const struct mapping *m = mappings__find(&maps, (uintptr_t)second_thread);
	int fd = m ? process__open_mapping(p, m) : -1;
	CHECK(fd >= 0);
	close(fd);
	mappings__free(&maps);
	finish(&c);
	process__close(p);
}

TEST(a_thread_names_its_process)
{
	struct process *p = NULL;

	CHECK_EQ(process__open((pid_t)syscall(SYS_gettid), &p), 0);
	CHECK_EQ(process__pid(p), getpid());
	process__close(p);
	CHECK_EQ(process__open(-1, &p), -ESRCH);
	CHECK_EQ(process__open(0x3fffffff, &p), -ESRCH);
	process__close(NULL);
}

static void renamed_body(int ready, int wait)
{
	prctl(PR_SET_NAME, "another");
	plain_body(ready, wait);
}

TEST(a_thread_has_a_name_while_it_lives)
{
	char name[TASK_NAME], before[TASK_NAME];
	struct child c = start(plain_body);

	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, "two\nlines");
	CHECK_STR(task__name(getpid(), name), "two\nlines");
	prctl(PR_SET_NAME, before);
	CHECK(*task__name(c.pid, name) != '\0');
	finish(&c);
	CHECK_STR(task__name(c.pid, name), "");
}

TEST(workers_are_children_of_the_same_name)
{
	struct child a = start(plain_body), b = start(plain_body), other = start(renamed_body);
	struct process *p = NULL;
	char children[64];
	bool listed; /* CONFIG_PROC_CHILDREN */

	snprintf(children, sizeof(children), "/proc/self/task/%d/children", (int)getpid());
	listed = !access(children, R_OK);
	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK_EQ(process__workers(p), listed ? 2 : 0);
	finish(&b);
	CHECK_EQ(process__workers(p), listed ? 1 : 0);
	finish(&a);
	finish(&other);
	process__close(p);
}

static int see(pid_t pid, const char *comm, void *arg)
{
	bool *seen = arg;

	*seen = *seen || (pid == getpid() && comm[0]);
	return *seen ? 7 : 0;
}

TEST(all_processes)
{
	bool seen = false;

	CHECK_EQ(processes__each(see, &seen), 7);
	CHECK(seen);
}

TEST(limits_of_this_process)
{
	struct shared_limits shared = {0};
	struct thread_limits l;
	struct process *p = NULL;

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK_EQ(process__thread_limits(p, &shared, &l), 0);
	CHECK_EQ(l.pids.used, l.system.used);
	CHECK(l.pids.max > l.pids.used && l.pids.max <= 4194304); /* PID_MAX_LIMIT, include/linux/threads.h */
	CHECK(l.system.used != LIMIT_NONE && l.system.used > 0 && l.system.max > l.system.used);
	CHECK(l.pids_cgroup.max == LIMIT_NONE || l.cgroup[0] == '/');
	if (getuid() == 0)
		CHECK(l.nproc.max == LIMIT_NONE);
	process__close(p);
}

TEST_MAIN
