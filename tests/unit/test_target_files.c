/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of real processes: what their descriptors are, where they went. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/file_systems.h"
#include "target/process_private.h"
#include "test.h"

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
	char *path_alone = NULL;

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
	CHECK_EQ(process__descriptor_path(p, fd, &path_alone), 0);
	CHECK_STR(path_alone, named); /* it is its name */
	free(path_alone);
	unlink(named);
	CHECK_EQ(process__descriptor(p, fd, &d), 0);
	CHECK_STR(d.path, named);
	CHECK(d.deleted);
	free(d.path);
	CHECK_EQ(process__descriptor_path(p, fd, &path_alone), 0);
	CHECK_STR(path_alone, named);
	free(path_alone);
	close(fd);
	CHECK_EQ(process__descriptor(p, fd, &d), -EBADF);
	CHECK_EQ(process__descriptor(p, -1, &d), -EBADF);
	CHECK_EQ(process__descriptor_path(p, fd, &path_alone), -EBADF);
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

/* Its files are there, whatever is not to be seen of them any more. */
TEST(files_of_a_process_that_has_ended)
{
	char path[] = "/tmp/ts-test-XXXXXX";
	int fd = mkstemp(path), held[2];
	struct process *p = NULL;
	struct stat st = {0};
	siginfo_t info;
	pid_t child;

	CHECK(fd >= 0 && !fstat(fd, &st) && !pipe(held));
	child = fork();
	if (!child) {
		char byte;

		close(held[1]);
		_exit(read(held[0], &byte, 1) == 0 ? 0 : 1);
	}
	CHECK_EQ(process__open(child, &p), 0);
	CHECK_STR(where(p, path, st.st_ino), "here");
	close(held[0]);
	close(held[1]);
	CHECK_EQ(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0); /* a zombie now */
	CHECK_STR(where(p, path, st.st_ino), "?");
	CHECK_EQ(waitpid(child, NULL, 0), child);
	CHECK_STR(where(p, path, st.st_ino), "?");
	process__close(p);
	close(fd);
	unlink(path);
}

#define ANY_SIZE UINT64_MAX

TEST(only_regular_files_are_opened)
{
	char path[] = "/tmp/ts-test-XXXXXX";
	struct process *p = NULL;

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK(mkdtemp(path) != NULL);
	char fifo[64];
	snprintf(fifo, sizeof(fifo), "%s/fifo", path);
	CHECK_EQ(mknod(fifo, S_IFIFO | 0600, 0), 0);
	CHECK_EQ(process__open_path(p, fifo, ANY_SIZE), -EINVAL);
	CHECK_EQ(process__open_path(p, path, ANY_SIZE), -EINVAL);
	CHECK_EQ(process__open_path(p, "/dev/null", ANY_SIZE), -EINVAL);
	CHECK_EQ(process__open_path(p, "/no such file", ANY_SIZE), -ENOENT);
	CHECK_EQ(process__open_path(p, "relative", ANY_SIZE), -EINVAL);
	unlink(fifo);
	rmdir(path);
	process__close(p);
}

/* Regular files, for stat, whose reading has effects, or never ends. */
TEST(files_of_the_kernel_are_not_opened)
{
	static const char *const paths[] = {"/proc/kmsg", "/proc/self/maps", "/sys/kernel/uevent_seqnum",
					    "/sys/kernel/tracing/trace_pipe", "/sys/fs/cgroup/cgroup.procs"};
	char path[] = "/tmp/ts-test-XXXXXX", to[64];
	struct process *p = NULL;

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK(mkdtemp(path) != NULL);
	snprintf(to, sizeof(to), "%s/link", path);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (access(paths[i], F_OK))
			continue;
		CHECK_EQ(process__open_path(p, paths[i], ANY_SIZE), -EACCES);
		CHECK_EQ(host_file__open(paths[i], ANY_SIZE), -EACCES);
		CHECK_EQ(symlink(paths[i], to), 0);
		CHECK_EQ(process__open_path(p, to, ANY_SIZE), -EACCES);
		unlink(to);
	}
	/* nor through the links of /proc, which lead to another root */
	CHECK_EQ(process__open_path(p, "/proc/self/exe", ANY_SIZE), -ELOOP);
	CHECK_EQ(process__open_path(p, "/proc/self/root/etc/passwd", ANY_SIZE), -ELOOP);
	rmdir(path);
	process__close(p);
}

TEST(files_larger_than_asked_for_are_not_opened)
{
	char path[] = "/tmp/ts-test-XXXXXX";
	struct process *p = NULL;
	int fd = mkstemp(path), opened;

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK_EQ(ftruncate(fd, 1001), 0);
	CHECK_EQ(process__open_path(p, path, 1000), -EFBIG);
	opened = process__open_path(p, path, 1001);
	CHECK(opened >= 0);
	close(opened);
	close(fd);
	unlink(path);
	process__close(p);
}

/* A link of the target's leads to what it means there, and never to the same path of this host. */
TEST(links_stay_in_the_root)
{
	char root[] = "/tmp/ts-test-XXXXXX", link[64];
	struct process *p = NULL;
	int ready[2];
	char byte;

	CHECK(mkdtemp(root) != NULL);
	CHECK_EQ(pipe(ready), 0);
	snprintf(link, sizeof(link), "%s/link", root);
	CHECK_EQ(symlink("/etc/passwd", link), 0);
	pid_t child = fork();
	if (!child) {
		if (chroot(root) || chdir("/"))
			_exit(0); /* not allowed: the test is not possible */
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 1) {
		CHECK_EQ(process__open(child, &p), 0);
		CHECK_EQ(process__open_path(p, "/link", ANY_SIZE), -ENOENT);
		CHECK_EQ(process__open_path(p, "/../../../../etc/passwd", ANY_SIZE), -ENOENT);
		process__close(p);
	}
	kill(child, SIGKILL);
	CHECK_EQ(waitpid(child, NULL, 0), child);
	close(ready[0]);
	unlink(link);
	rmdir(root);
}

/* Each run of blanks and newlines becomes one blank: a sentence may be wrapped anywhere. */
static void unwrap(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (!isspace((unsigned char)*from))
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

/* "HEAD a; b; c." with the names of one kind, in the order of the list: so that the page has all and no
 * other. */
static bool documented(const char *text, const char *head, enum fs_trust trust)
{
	size_t count, used;
	const struct file_system *list = file_systems__list(&count);
	char sentence[1024];

	used = (size_t)snprintf(sentence, sizeof(sentence), "%s", head);
	for (size_t i = 0; i < count; i++)
		if (list[i].trust == trust)
			used += (size_t)snprintf(sentence + used, sizeof(sentence) - used, " %s;",
						 list[i].name);
	sentence[used - 1] = '.';
	return strstr(text, sentence) != NULL;
}

TEST(documented_file_systems)
{
	size_t count, len = 0;
	const struct file_system *list = file_systems__list(&count);
	char *text = NULL;

	CHECK_EQ(read_whole(AT_FDCWD, "docs/security.md", 1 << 20, &text, &len), 0);
	if (text) {
		unwrap(text);
		CHECK(documented(text, "File systems on this machine:", FS_LOCAL));
		CHECK(documented(text, "File systems of a server, whose files are copied first:", FS_SERVED));
	}
	for (size_t i = 0; i < count; i++)
		CHECK_EQ(file_system__trust((long)list[i].magic), list[i].trust);
	free(text);
	CHECK_EQ(file_system__trust(0x9fa0), FS_REFUSED); /* proc */
	CHECK_EQ(file_system__trust((int)0xff534d42), FS_SERVED);
}

TEST_MAIN
