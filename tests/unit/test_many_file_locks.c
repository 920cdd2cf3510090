/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A very long list of file locks, made up and the kernel's own: read in bounded time, and no holder rather
 * than a wrong one. */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/file_locks.h"
#include "util/clock.h"

#define LINES     100000
#define FILES     500
#define LINE_ROOM 80
#define MOST_NS   (5 * NS_PER_S) /* of CPU time, with sanitizers; a second look at each line takes minutes */

TEST(a_number_that_is_no_pid)
{
	const struct file_lock_wait w = {.pid = 200, .fd = 3, .kind = FILE_LOCK_RECORD};
	char text[] = "1: POSIX  ADVISORY  WRITE 4294967295 08:01:11 0 EOF\n"
		      "1: -> POSIX  ADVISORY  WRITE 200 08:01:11 0 EOF\n";
	struct file_lock_holder h = file_lock__holder_in(text, &w, 11);

	CHECK(h.found);
	CHECK_EQ(h.pid, 0);
}

TEST(a_list_of_100000_lines)
{
	const struct file_lock_wait last = {.pid = 200, .fd = 3, .kind = FILE_LOCK_RECORD};
	uint64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	char *text = malloc((LINES + 1) * LINE_ROOM);
	size_t used = 0;

	for (int i = 1; i <= LINES; i++)
		used += (size_t)snprintf(text + used, LINE_ROOM,
					 "%d: POSIX  ADVISORY  WRITE 100 08:01:11 %d %d\n", i, i, i);
	snprintf(text + used, LINE_ROOM, "%d: -> POSIX  ADVISORY  WRITE 200 08:01:11 7 7\n", LINES);
	CHECK_EQ(file_lock__holder_in(text, &last, 11).pid, 100);
	CHECK(clock_ns(CLOCK_THREAD_CPUTIME_ID) - from < MOST_NS);
	free(text);
}

static int lock_range(int fd, int command, off_t start)
{
	struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = 1};

	return fcntl(fd, command, &range);
}

static int locks_taken = LINES;

/* Many files, because the kernel goes through the locks of one for each that it adds. */
static void take_many(int *files)
{
	for (int i = 0; i < locks_taken; i++)
		if (lock_range(files[i % FILES], F_SETLK, i / FILES * 2))
			_exit(1);
}

/* Says that it is ready, and stays until it is killed, or its parent ends. */
static pid_t start(void (*run)(int *files), int *files, void (*then)(int *files))
{
	int ready[2];
	char byte;
	pid_t child;

	CHECK(!pipe(ready));
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		if (run)
			run(files);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		then(files);
		_exit(0);
	}
	close(ready[1]);
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void stay(int *files)
{
	(void)files;
	pause();
}

static void wait_for_one(int *files)
{
	lock_range(files[0], F_SETLKW, 0);
}

static bool waits_in_fcntl(pid_t pid)
{
	char path[64], call[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	f = fopen(path, "r");
	if (f && !fgets(call, sizeof(call), f))
		*call = '\0';
	if (f)
		fclose(f);
	return strstr(call, "lock") != NULL;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Who holds what a child waits for, of so many locks; *ret_owner: who does. */
static struct file_lock_holder holder_among(int locks, pid_t *ret_owner)
{
	struct file_lock_wait wait = {.kind = FILE_LOCK_RECORD};
	struct file_lock_holder h;
	int files[FILES];
	uint64_t from;

	for (int i = 0; i < FILES; i++) {
		char path[] = "/tmp/many_file_locks.XXXXXX";

		files[i] = mkstemp(path);
		CHECK(files[i] >= 0);
		unlink(path);
	}
	locks_taken = locks;
	*ret_owner = start(take_many, files, stay);
	wait.pid = start(NULL, files, wait_for_one);
	wait.fd = files[0];
	for (int i = 0; i < 2000 && !waits_in_fcntl(wait.pid); i++)
		usleep(10000);
	from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	h = file_lock__holder(&wait);
	CHECK(clock_ns(CLOCK_THREAD_CPUTIME_ID) - from < MOST_NS);
	end(wait.pid);
	end(*ret_owner);
	for (int i = 0; i < FILES; i++)
		close(files[i]);
	return h;
}

TEST(the_kernel_s_list_of_1000_locks)
{
	pid_t owner;
	struct file_lock_holder h = holder_among(1000, &owner);

	CHECK(h.found);
	CHECK_EQ(h.pid, owner);
}

/* How much of the list is read in its time depends on the machine: a cut one has no answer. */
TEST(the_kernel_s_list_of_100000_locks)
{
	pid_t owner;
	struct file_lock_holder h = holder_among(LINES, &owner);

	CHECK(!h.found || h.pid == owner);
}

TEST_MAIN
