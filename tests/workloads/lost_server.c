/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts a copy of itself from a file server (user_disk.h, mounted at --dir) that then answers nothing any
 * more before --stop; the copy has one thread beside its main thread, and both only wait. With --takes 1 the
 * server still takes one request, whose caller not even SIGKILL ends then; else they stay in the queue.
 */
#include "user_disk.h"
#include <dirent.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

static int log_fd;

static void *run_syncer(void *arg)
{
	if (write(log_fd, "x", 1) != 1 || fsync(log_fd))
		die("sync");
	return arg;
}

static void *run_waiter(void *arg)
{
	set_name("waiter");
	sleep_for_ever();
	return arg;
}

static void copy_self(const char *to)
{
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	struct stat st;

	if (in < 0 || out < 0 || fstat(in, &st) || sendfile(out, in, NULL, (size_t)st.st_size) != st.st_size)
		die(to);
	if (fsync(out) || posix_fadvise(out, 0, 0, POSIX_FADV_DONTNEED))
		die(to);
	close(in);
	close(out);
}

static pid_t run_copy(char *path, int tell)
{
	char end[16];
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	snprintf(end, sizeof(end), "%d", tell);
	execl(path, path, end, (char *)NULL);
	_exit(1);
}

static int be_copy(int tell)
{
	start_thread(run_waiter, NULL, 0);
	/* what it still has to run must not be asked for later */
	if (mlockall(MCL_CURRENT))
		die("mlockall");
	if (write(tell, "", 1) != 1)
		die("pipe");
	sleep_for_ever();
	return 0;
}

/* In the call that it stays in: it runs no more. */
static bool pauses(pid_t pid, pid_t tid)
{
	char path[64], call[16] = "", pause_call[16];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", (int)pid, (int)tid);
	f = fopen(path, "re");
	if (!f || !fgets(call, sizeof(call), f))
		call[0] = '\0';
	if (f)
		fclose(f);
#ifdef SYS_pause
	snprintf(pause_call, sizeof(pause_call), "%d ", SYS_pause);
#else
	snprintf(pause_call, sizeof(pause_call), "%d ", SYS_ppoll);
#endif
	return !strncmp(call, pause_call, strlen(pause_call));
}

static bool all_pause(pid_t pid)
{
	char path[64];
	struct dirent *e;
	bool all = true;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	if (!tasks)
		return false;
	while ((e = readdir(tasks)))
		if (e->d_name[0] != '.' && !pauses(pid, atoi(e->d_name)))
			all = false;
	closedir(tasks);
	return all;
}

static void fall_silent(const char *dir)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" DISK_SILENCE, dir);
	/* Not closed: that would be the request. */
	if (open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0)
		die(path);
}

static void hang(struct disk_orders *orders)
{
	orders->hang = true;
	start_thread(run_syncer, NULL, 0);
	while (!orders->hung)
		sleep_ns(1000000);
}

int main(int argc, char **argv)
{
	struct workload w;
	struct disk_orders *orders;
	char path[PATH_MAX], byte;
	const char *dir;
	int ends[2], fd;
	bool takes;
	pid_t copy;

	if (argc == 2)
		return be_copy(atoi(argv[1]));
	w = workload_begin(argc, argv, "dir takes");
	dir = option(argc, argv, "dir", "");
	takes = option_number(argc, argv, "takes", 0);
	orders = disk_mount(dir);
	orders->may_fall_silent = takes;
	snprintf(path, sizeof(path), "%s/log", dir);
	log_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	snprintf(path, sizeof(path), "%s/program", dir);
	copy_self(path);
	if (log_fd < 0 || pipe(ends))
		die("pipe");
	copy = run_copy(path, ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		die("copy");
	/* opening the file takes its pages away from those that run it */
	while (!all_pause(copy))
		sleep_ns(1000000);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	if (takes)
		fall_silent(dir);
	else
		hang(orders);
	announcef(&w, "{\"pid\":%d,\"copy\":%d}", (int)getpid(), (int)copy);
	wait_for_file(w.stop);
	/* Before this process ends: its files are closed then, for which the server is asked. */
	orders->hang = false;
	orders->speaks = true;
	return 0;
}
