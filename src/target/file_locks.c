// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines are made by lock_get_status() of the kernel's fs/locks.c. */
#include "target/file_locks.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/process_private.h"
#include "util/clock.h"
#include "util/heap.h"

/* The kernel looks from the first lock on again for each piece that is read. */
#define LIST_BYTES (4u << 20)
#define LIST_NS    20000000ull

/* flock is of its own; the two others exclude each other. */
static bool same_class(const char *type, enum file_lock_kind kind)
{
	bool flock = !strcmp(type, "FLOCK");

	return kind == FILE_LOCK_FLOCK ? flock : !strcmp(type, "POSIX") || !strcmp(type, "OFDLCK");
}

/* "1: -> FLOCK  ADVISORY  WRITE 812 08:01:1234 0 EOF"; the deeper a waiter stands, the more blanks. */
bool file_lock__parse(const char *text, struct file_lock_line *ret)
{
	char *end, mode[16];
	int n = 0;

	ret->id = strtoull(text, &end, 10);
	if (end == text || *end != ':')
		return false;
	end += 1 + strspn(end + 1, " ");
	ret->waits = !strncmp(end, "->", 2);
	if (ret->waits)
		end += 2;
	/* What follows shows that the number is whole. */
	if (sscanf(end, " %15s %*15s %15s %ld %*x:%*x:%llu%n", ret->type, mode, &ret->pid, &ret->inode, &n) !=
		    4 ||
	    n <= 0 || end[n] != ' ')
		return false;
	ret->writes = !strcmp(mode, "WRITE");
	ret->start = strtoull(end + n, &end, 10);
	ret->end = strncmp(end, " EOF", 4) ? strtoull(end, NULL, 10) : ULLONG_MAX;
	return true;
}

static bool is_this_wait(const struct file_lock_line *l, const struct file_lock_wait *w, uint64_t inode)
{
	if (!l->waits || !same_class(l->type, w->kind) || (inode && inode != l->inode))
		return false;
	return w->kind == FILE_LOCK_DESCRIPTION ? inode != 0 : l->pid == w->pid;
}

static pid_t holder_pid(const struct file_lock_line *l)
{
	return l->pid > 0 && l->pid <= INT_MAX ? (pid_t)l->pid : 0;
}

struct file_lock_holder file_lock__holder_in(char *text, const struct file_lock_wait *w, uint64_t inode)
{
	struct file_lock_holder ret = {0};
	struct file_lock_line l, holder = {0};
	char *save = NULL;

	for (char *at = strtok_r(text, "\n", &save); at; at = strtok_r(NULL, "\n", &save)) {
		if (!file_lock__parse(at, &l))
			continue;
		if (!l.waits)
			holder = l;
		if (!l.waits || holder.id != l.id || !is_this_wait(&l, w, inode))
			continue;
		/* Its threads wait for ranges of the file that others hold: which one is whose is not said.
		 */
		if (ret.found && ret.pid != holder_pid(&holder))
			return (struct file_lock_holder){0};
		ret = (struct file_lock_holder){.pid = holder_pid(&holder), .found = true};
	}
	return ret;
}

/* "1: -> LEASE  BREAKER   WRITE 812 <none>:0 0 EOF": one that waits has no file of its own. */
static bool parse_breaker(const char *text, struct file_lock_line *ret)
{
	const char *arrow = strstr(text, ": ");
	char state[16];

	ret->id = strtoull(text, NULL, 10);
	if (!arrow)
		return false;
	arrow += 2 + strspn(arrow + 2, " ");
	return !strncmp(arrow, "-> ", 3) &&
	       sscanf(arrow + 3, " %15s %15s %*15s %ld", ret->type, state, &ret->pid) == 3 &&
	       !strcmp(ret->type, "LEASE") && !strcmp(state, "BREAKER");
}

struct file_lock_holder file_lease__holder_in(char *text, pid_t waiter, uint64_t inode)
{
	struct file_lock_holder ret = {0};
	struct file_lock_line l, holder = {0};
	char *save = NULL;

	for (char *at = strtok_r(text, "\n", &save); at; at = strtok_r(NULL, "\n", &save)) {
		if (file_lock__parse(at, &l) && !l.waits)
			holder = l;
		if (!parse_breaker(at, &l) || l.pid != waiter || holder.id != l.id ||
		    strcmp(holder.type, "LEASE") != 0 || (inode && inode != holder.inode))
			continue;
		if (ret.found && ret.pid != holder_pid(&holder))
			return (struct file_lock_holder){0};
		ret = (struct file_lock_holder){.pid = holder_pid(&holder), .found = true};
	}
	return ret;
}

char *file_locks__read(bool *ret_cut)
{
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + LIST_NS;
	int fd = open("/proc/locks", O_RDONLY | O_CLOEXEC);
	size_t used = 0, room = 65536;
	char *text = fd < 0 ? NULL : heap__alloc(room);
	ssize_t n = 1;

	while (fd >= 0 && used < LIST_BYTES && clock_ns(CLOCK_THREAD_CPUTIME_ID) < until) {
		if (room - used < 8192)
			text = heap__resize(text, room *= 2, 1);
		n = read(fd, text + used, room - used - 1);
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	if (fd < 0)
		return NULL;
	close(fd);
	text[used] = '\0';
	*ret_cut = n != 0;
	return text;
}

struct file_lock_holder file_lock__holder(const struct file_lock_wait *w)
{
	struct file_lock_holder h = {0};
	bool cut = false;
	char *text = file_locks__read(&cut);

	/* What follows might name a second one. */
	if (text && !cut)
		h = file_lock__holder_in(text, w, open_end__inode((struct open_end){w->pid, w->fd}));
	free(text);
	return h;
}

struct file_lock_holder file_lease__holder(pid_t waiter, uint64_t inode)
{
	struct file_lock_holder h = {0};
	bool cut = false;
	char *text = file_locks__read(&cut);

	if (text && !cut)
		h = file_lease__holder_in(text, waiter, inode);
	free(text);
	return h;
}

bool open_end__holds_lock(struct open_end e, enum file_lock_kind kind)
{
	char path[64], info[8192], *save = NULL;
	struct file_lock_line l;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)e.pid, e.fd);
	if (read_short(-1, path, info, sizeof(info)) <= 0)
		return false;
	for (char *at = strtok_r(info, "\n", &save); at; at = strtok_r(NULL, "\n", &save))
		if (!strncmp(at, "lock:\t", 6) && file_lock__parse(at + 6, &l) && !l.waits &&
		    same_class(l.type, kind))
			return true;
	return false;
}

uint64_t open_end__inode(struct open_end e)
{
	struct statx st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)e.pid, e.fd);
	return statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, &st) ? 0 : st.stx_ino;
}
