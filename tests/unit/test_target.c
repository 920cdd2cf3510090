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

TEST(file_systems)
{
	int fd = open("/proc/self/status", O_RDONLY), ends[2];
	struct process *p = NULL;
	char type[16] = "";

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK_EQ(process__file_system(p, fd, type, sizeof(type)), 0);
	CHECK_STR(type, "proc");
	close(fd);
	CHECK_EQ(process__file_system(p, fd, type, sizeof(type)), -ENOENT);
	CHECK_EQ(pipe(ends), 0); /* on no mount that has a place */
	CHECK_EQ(process__file_system(p, ends[0], type, sizeof(type)), -ENOENT);
	close(ends[0]);
	close(ends[1]);
	process__close(p);
}

TEST(descriptors)
{
	char path[] = "/tmp/ts-test-XXXXXX", named[64];
	int fd = mkstemp(path), ends[2], before = fcntl(fd, F_SETFL, O_APPEND);
	struct descriptor d = {0};
	struct process *p = NULL;

	CHECK_EQ(before, 0);
	snprintf(named, sizeof(named), "%s (deleted)", path);
	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK_EQ(write(fd, "12345", 5), 5);
	CHECK_EQ(process__descriptor(p, fd, &d), 0);
	CHECK_STR(d.path, path);
	CHECK(!d.deleted && (d.flags & O_APPEND) && (d.flags & O_ACCMODE) == O_RDWR);
	CHECK_EQ(d.position, 5);
	free(d.path);
	CHECK_EQ(rename(path, named), 0);
	CHECK_EQ(process__descriptor(p, fd, &d), 0);
	CHECK_STR(d.path, named);
	CHECK(!d.deleted);
	free(d.path);
	unlink(named);
	CHECK_EQ(process__descriptor(p, fd, &d), 0);
	CHECK_STR(d.path, named);
	CHECK(d.deleted);
	free(d.path);
	close(fd);
	CHECK_EQ(process__descriptor(p, fd, &d), -EBADF);
	CHECK_EQ(process__descriptor(p, -1, &d), -EBADF);
	CHECK_EQ(pipe(ends), 0);
	CHECK_EQ(process__descriptor(p, ends[0], &d), 0);
	CHECK(strncmp(d.path, "pipe:[", 6) == 0 && d.inode && !d.deleted);
	free(d.path);
	process__close(p);
}

static uint64_t since_ns = UINT64_MAX;

/* Where a file of that inode is: "here", "gone", "another", another path; "?" else. */
static const char *where(const struct process *p, const char *path, uint64_t inode)
{
	static char text[256];
	char *moved = NULL;
	int err = process__find_moved(p, path, &(struct known_file){inode, since_ns}, &moved);

	snprintf(text, sizeof(text), "%s",
		 !err && !moved   ? "here"
		 : !err           ? moved
		 : err == -ENOENT ? "gone"
		 : err == -ESTALE ? "another"
				  : "?");
	free(moved);
	return text;
}

static uint64_t make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	struct stat st = {0};

	CHECK(fd >= 0 && !fstat(fd, &st));
	close(fd);
	return st.st_ino;
}

TEST(a_file_that_was_moved)
{
	char dir[] = "/tmp/ts-test-XXXXXX", path[64], moved[64], other[64];
	struct process *p = NULL;
	uint64_t inode;

	CHECK(mkdtemp(dir) && !process__open(getpid(), &p));
	snprintf(path, sizeof(path), "%s/app.log", dir);
	snprintf(moved, sizeof(moved), "%s/app.log.1", dir);
	snprintf(other, sizeof(other), "/tmp/app.log.%d", (int)getpid());
	inode = make_file(path);
	CHECK_STR(where(p, path, inode), "here");
	CHECK_EQ(rename(path, moved), 0);
	CHECK_STR(where(p, path, inode), moved);
	CHECK(make_file(path) != inode);
	CHECK_STR(where(p, path, inode), moved);
	CHECK_EQ(rename(moved, other), 0); /* another directory is not searched */
	CHECK_STR(where(p, path, inode), "another");
	unlink(path);
	CHECK(access(path, F_OK) < 0); /* the kernel has cached that nothing is there */
	CHECK_STR(where(p, path, inode), "gone");
	CHECK_EQ(symlink(other, path), 0); /* not followed: it is not the file */
	CHECK_STR(where(p, path, inode), "another");
	CHECK_STR(where(p, "app.log", inode), "?");
	CHECK_STR(where(p, "/", inode), "another");
	CHECK_STR(where(p, other, inode), "here");
	since_ns = 1; /* made later, so it only has the number of the file in question */
	CHECK_STR(where(p, other, inode), "another");
	since_ns = UINT64_MAX;
	unlink(path);
	unlink(other);
	rmdir(dir);
	CHECK(access(path, F_OK) < 0);
	CHECK(strcmp(where(p, path, inode), "here") != 0);
	process__close(p);
}

TEST(only_regular_files_are_opened)
{
	char path[] = "/tmp/ts-test-XXXXXX";
	struct process *p = NULL;

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK(mkdtemp(path) != NULL);
	char fifo[64];
	snprintf(fifo, sizeof(fifo), "%s/fifo", path);
	CHECK_EQ(mknod(fifo, S_IFIFO | 0600, 0), 0);
	CHECK_EQ(process__open_path(p, fifo), -EINVAL);
	CHECK_EQ(process__open_path(p, path), -EINVAL);
	CHECK_EQ(process__open_path(p, "/dev/null"), -EINVAL);
	CHECK_EQ(process__open_path(p, "/no such file"), -ENOENT);
	CHECK_EQ(process__open_path(p, "relative"), -EINVAL);
	unlink(fifo);
	rmdir(path);
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
	struct thread_limits l;
	struct process *p = NULL;

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK_EQ(process__thread_limits(p, &l), 0);
	CHECK(l.system.used != LIMIT_NONE && l.system.used > 0 && l.system.max > l.system.used);
	CHECK(l.pids_cgroup.max == LIMIT_NONE || l.cgroup[0] == '/');
	if (getuid() == 0)
		CHECK(l.nproc.max == LIMIT_NONE);
	process__close(p);
}

TEST_MAIN
