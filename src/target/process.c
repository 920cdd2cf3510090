/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identity and life of one process. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target/process_private.h"
#include "util/heap.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#define PROC_FLAG_KTHREAD 0x00200000 /* PF_KTHREAD, include/linux/sched.h */

static bool state_is_dead(char state)
{
	return state == 'Z' || state == 'X' || state == 'x';
}

/* dir: of /proc/TID. The file of the thread has the same as that of its process, but the sums over all of its
 * threads, for which the kernel goes through them: 0.2 ms for 2,000. */
static int read_stat(int dir, pid_t tid, struct proc_stat *ret)
{
	char name[32], text[1024];
	ssize_t n;

	snprintf(name, sizeof(name), "task/%d/stat", tid);
	n = read_short(dir, name, text, sizeof(text));

	if (n < 0)
		return (int)n;
	return n ? proc_stat__parse(text, ret) : -ESRCH;
}

static int open_proc_dir(pid_t pid)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d", pid);
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	return fd;
}

static bool pidfd_ended(int pidfd)
{
	struct pollfd f = {.fd = pidfd, .events = POLLIN};

	return poll(&f, 1, 0) > 0 && (f.revents & POLLIN);
}

/* The pidfd of a reaped process has no PID. */
static bool pidfd_names(int pidfd, pid_t pid)
{
	char name[64], text[1024];
	uint64_t n;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", pidfd);
	return read_short(AT_FDCWD, name, text, sizeof(text)) > 0 && status__number(text, "Pid", 10, &n) &&
	       (pid_t)n == pid;
}

bool process__alive(const struct process *p)
{
	struct proc_stat st;

	if (p->pidfd >= 0)
		return !pidfd_ended(p->pidfd);
	/* The directory belongs to the process: a reused PID causes an error here. */
	if (read_stat(p->dir, p->pid, &st) < 0 || st.start_ticks != p->start_ticks)
		return false;
	return !state_is_dead(st.state) || st.threads > 1;
}

/* dir of /proc/TID if that is a live thread of p, else a negative errno. */
static int open_live_thread(const struct process *p, pid_t tid)
{
	char text[4096];
	struct proc_stat st;
	uint64_t tgid;
	int fd = open_proc_dir(tid);

	if (fd < 0)
		return fd;
	if (read_stat(fd, tid, &st) == 0 && !state_is_dead(st.state) &&
	    read_short(fd, "status", text, sizeof(text)) > 0 && status__number(text, "Tgid", 10, &tgid) &&
	    (pid_t)tgid == p->pid)
		return fd;
	close(fd);
	return -ESRCH;
}

static void set_live(struct process *p, pid_t tid, int dir)
{
	if (p->live_dir != p->dir && p->live_dir != dir)
		close(p->live_dir);
	p->live = tid;
	p->live_dir = dir;
}

int process__find_live(struct process *p)
{
	struct proc_stat st;
	struct dirent *e;
	int fd, found = -ESRCH;
	DIR *d;

	if (read_stat(p->dir, p->pid, &st) == 0 && !state_is_dead(st.state)) {
		set_live(p, p->pid, p->dir);
		return 0;
	}
	fd = openat(p->dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -ESRCH;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -ENOMEM;
	}
	while (found < 0 && (e = readdir(d))) {
		pid_t tid = atoi(e->d_name);

		if (tid <= 0 || tid == p->pid)
			continue;
		/* /proc/TID, not /proc/PID/task/TID: only the former has map_files. */
		found = open_live_thread(p, tid);
		if (found >= 0)
			set_live(p, tid, found);
	}
	closedir(d);
	return found < 0 ? found : 0;
}

static int read_link(int dir, const char *name, char **ret)
{
	char buf[4200];
	ssize_t n = readlinkat(dir, name, buf, sizeof(buf) - 1);

	if (n < 0)
		return -errno;
	buf[n] = '\0';
	*ret = heap__string(buf);
	return 0;
}

const char *process__strip_root(const struct process *p, const char *path)
{
	size_t n = strlen(p->root);

	if (n && strncmp(path, p->root, n) == 0 && path[n] == '/')
		return path + n;
	return path;
}

static void refresh_root(struct process *p)
{
	char *root = NULL;

	if (read_link(p->live_dir, "root", &root) < 0 || !root || strcmp(root, "/") == 0) {
		free(root);
		root = heap__string("");
	}
	free(p->root);
	p->root = root;
}

static void refresh_exe(struct process *p)
{
	char *link = NULL, *exe;
	bool deleted = false;
	unsigned char ident[EI_NIDENT];

	if (!read_link(p->live_dir, "exe", &link))
		deleted = strip_deleted(link);
	exe = heap__string(link ? process__strip_root(p, link) : "");
	free(link);
	free(p->exe);
	p->exe = exe;
	p->exe_deleted = deleted;
	p->is_32bit = process__exe_head(p, ident, sizeof(ident)) == (ssize_t)sizeof(ident) &&
		      memcmp(ident, ELFMAG, SELFMAG) == 0 && ident[EI_CLASS] == ELFCLASS32;
}

static void refresh_status(struct process *p)
{
	char text[8192], *line;
	uint64_t n;

	p->ns_pid = p->pid;
	if (read_short(p->dir, "status", text, sizeof(text)) <= 0)
		return;
	if (status__number(text, "Uid", 10, &n))
		p->uid = (uid_t)n;
	line = strstr(text, "\nNSpid:");
	if (!line)
		return;
	/* One number for each namespace, the innermost last. */
	line += strlen("\nNSpid:");
	line[strcspn(line, "\n")] = '\0';
	for (char *word = strtok_r(line, " \t", &line); word; word = strtok_r(NULL, " \t", &line))
		p->ns_pid = atoi(word);
}

static enum process_kind kind_of(struct process *p, const struct proc_stat *st)
{
	if (st->flags & PROC_FLAG_KTHREAD)
		return PROCESS_KERNEL_THREAD;
	if (state_is_dead(st->state) && process__find_live(p) < 0)
		return PROCESS_ZOMBIE;
	return PROCESS_USER;
}

static void forget_cmdline(struct process *p)
{
	free(p->cmdline);
	free(p->cmdline_text);
	p->cmdline = NULL;
	p->cmdline_text = NULL;
}

int process__refresh(struct process *p)
{
	struct proc_stat st;
	int err = read_stat(p->dir, p->pid, &st);

	if (err)
		return err == -ENOENT ? -ESRCH : err;
	p->start_ticks = st.start_ticks;
	p->kind = kind_of(p, &st);
	memcpy(p->comm, st.comm, sizeof(p->comm));
	refresh_status(p);
	refresh_root(p);
	refresh_exe(p);
	forget_cmdline(p);
	return 0;
}

static int leader_of(pid_t tid, pid_t *ret)
{
	char text[4096];
	uint64_t tgid;
	int fd = open_proc_dir(tid);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read_short(fd, "status", text, sizeof(text));
	close(fd);
	if (n <= 0)
		return n < 0 && n != -ENOENT ? (int)n : -ESRCH;
	if (!status__number(text, "Tgid", 10, &tgid))
		return -EINVAL;
	*ret = (pid_t)tgid;
	return 0;
}

int process__open(pid_t pid, struct process **ret)
{
	struct process *p;
	int err;

	if (pid <= 0)
		return -ESRCH;
	p = HEAP_NEW(struct process, 1);
	p->pidfd = p->dir = p->live_dir = -1;
	err = leader_of(pid, &p->pid);
	if (err)
		goto out;
	p->live = p->pid;
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd < 0 && errno == ESRCH) {
		err = -ESRCH;
		goto out;
	}
	p->dir = p->live_dir = err = open_proc_dir(p->pid);
	if (err < 0)
		goto out;
	/* Both were opened by PID: they are the same process if it still has the PID now. */
	if (p->pidfd >= 0 && pidfd_ended(p->pidfd) && !pidfd_names(p->pidfd, p->pid)) {
		err = -ESRCH;
		goto out;
	}
	err = process__refresh(p);
out:
	if (err < 0) {
		process__close(p);
		return err;
	}
	*ret = p;
	return 0;
}

void process__close(struct process *p)
{
	if (!p)
		return;
	if (p->live_dir >= 0 && p->live_dir != p->dir)
		close(p->live_dir);
	if (p->dir >= 0)
		close(p->dir);
	if (p->pidfd >= 0)
		close(p->pidfd);
	free(p->exe);
	free(p->root);
	forget_cmdline(p);
	budget_share__put(p->budget);
	free(p);
}

struct budget_share *process__budget(const struct process *p)
{
	struct process *of = (struct process *)p; /* made at first use */

	if (of && !of->budget)
		of->budget = budget_share__new();
	return of ? of->budget : NULL;
}
