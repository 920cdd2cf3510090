// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * growing_threads LIMIT [CGROUP]: 25 new threads per second, none of which ends. The limit that they reach
 * first: pid_max   the kernel's, of all threads of the machine (where no other is set) nproc     RLIMIT_NPROC
 * of a user of their own cgroup    pids.max of the parent of their cgroup
 *
 * Perfect: this limit, by its own name, also in the view of every process.
 */
#include "case.h"

#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define USER 64321

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void limit_user(void)
{
	const struct rlimit most = {2000, 2000};

	if (setrlimit(RLIMIT_NPROC, &most) || setgroups(0, NULL) || setgid(USER) || setuid(USER))
		die("user");
}

static void limit_cgroup(const char *dir)
{
	char inner[300], self[16];

	snprintf(inner, sizeof(inner), "%s/inner", dir);
	snprintf(self, sizeof(self), "%d", (int)getpid());
	if (mkdir(inner, 0755))
		die(inner);
	write_file(dir, "pids.max", "3000");
	write_file(inner, "cgroup.procs", self);
}

static void *wait_for_work(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void accept_work(void)
{
	for (;;) {
		start_thread(wait_for_work, NULL, 65536);
		sleep_ns(40000000);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "nproc"))
		limit_user();
	if (!strcmp(argv[1], "cgroup") && argc > 2)
		limit_cgroup(argv[2]);
	tell("ready");
	accept_work();
}
