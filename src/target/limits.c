/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many threads the target may still have. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/limits.h"
#include "target/process_private.h"

#define CAP_SYS_ADMIN_BIT    21
#define CAP_SYS_RESOURCE_BIT 24
#define INIT_USER_NS         "user:[4026531837]" /* PROC_USER_INIT_INO, include/linux/proc_ns.h */
#define TEXT_MAX             (16u << 20)

uint64_t limits__number(const char *text)
{
	char *end;
	unsigned long long v = strtoull(text, &end, 10);

	return end == text ? LIMIT_NONE : v;
}

uint64_t limits__max_processes(const char *text)
{
	static const char key[] = "Max processes";
	const char *at = strstr(text, key);

	if (!at)
		return LIMIT_NONE;
	at += sizeof(key) - 1;
	return limits__number(at + strspn(at, " "));
}

/* ---- pids.max --------------------------------------------------------- */

/* True if word is in the comma-separated list[0..len). */
static bool has_word(const char *list, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t at = 0; at < len;) {
		const char *comma = memchr(list + at, ',', len - at);
		size_t part = comma ? (size_t)(comma - list) - at : len - at;

		if (part == n && memcmp(list + at, word, n) == 0)
			return true;
		at += part + 1;
	}
	return false;
}

/* Mount points contain blanks, tabs, newlines and backslashes as \ooo. */
static void unescape_octal(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* One line of mountinfo: is it the hierarchy sought (v2, or v1 with pids)? */
static bool mount_line(const char *line, bool v2, char *root, char *mount)
{
	char type[32], options[1024];
	const char *dash;

	/* id parent major:minor root mount options [optional...] - type source super-options */
	if (sscanf(line, "%*d %*d %*s %4095s %4095s", root, mount) != 2)
		return false;
	dash = strstr(line, " - ");
	if (!dash || sscanf(dash, " - %31s %*s %1023s", type, options) != 2)
		return false;
	if (strcmp(type, v2 ? "cgroup2" : "cgroup") != 0)
		return false;
	if (!v2 && !has_word(options, strlen(options), "pids"))
		return false;
	unescape_octal(root);
	unescape_octal(mount);
	return true;
}

static bool find_mount(const char *mountinfo, bool v2, char *root, char *mount)
{
	for (const char *line = mountinfo; *line;) {
		size_t n = strcspn(line, "\n");
		char copy[9000];

		if (n < sizeof(copy)) {
			memcpy(copy, line, n);
			copy[n] = '\0';
			if (mount_line(copy, v2, root, mount))
				return true;
		}
		line += n + (line[n] == '\n');
	}
	return false;
}

/* Path of the process in that hierarchy: "8:pids:/a" or "0::/a". */
static bool find_path(const char *cgroup, bool v2, char *path)
{
	for (const char *line = cgroup; *line;) {
		size_t n = strcspn(line, "\n");
		const char *first = memchr(line, ':', n);
		const char *second = first ? memchr(first + 1, ':', n - (size_t)(first + 1 - line)) : NULL;

		if (second) {
			size_t names = (size_t)(second - first - 1), len = n - (size_t)(second + 1 - line);
			bool hit = v2 ? names == 0 && strncmp(line, "0:", 2) == 0
				      : has_word(first + 1, names, "pids");

			if (hit && len < 4096) {
				memcpy(path, second + 1, len);
				path[len] = '\0';
				return true;
			}
		}
		line += n + (line[n] == '\n');
	}
	return false;
}

int cgroup_place__find(const char *mountinfo, const char *cgroup, struct cgroup_place *ret)
{
	char root[4096], path[4096];

	for (int v2 = 0; v2 < 2; v2++) {
		const char *below = path;
		size_t n;

		if (!find_mount(mountinfo, v2, root, ret->mount) || !find_path(cgroup, v2, path))
			continue;
		/* A container may mount a part of the tree; paths still start at the top. */
		n = strcmp(root, "/") == 0 ? 0 : strlen(root);
		if (n && strncmp(path, root, n) == 0 && (path[n] == '/' || !path[n]))
			below = path + n;
		if (strncmp(below, "/..", 3) == 0)
			continue; /* outside what this namespace shows */
		snprintf(ret->path, sizeof(ret->path), "%s", *below ? below : "/");
		return 0;
	}
	return -ENOENT;
}

static bool read_number(const char *dir, const char *name, uint64_t *ret)
{
	char path[8600], text[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (read_short(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return false;
	*ret = limits__number(text);
	return true;
}

/* Keeps a cgroup's figures if it is closer to its limit than the current one. */
static void take_level(const struct cgroup_place *at, struct thread_limits *l)
{
	char dir[8300];
	uint64_t used, max = LIMIT_NONE;
	struct thread_limit *best = &l->pids_cgroup;

	snprintf(dir, sizeof(dir), "%s%s", at->mount, at->path);
	/* The root of the hierarchy has neither file, or only pids.current. */
	if (!read_number(dir, "pids.current", &used))
		return;
	read_number(dir, "pids.max", &max);
	if (best->used != LIMIT_NONE) {
		uint64_t left = max == LIMIT_NONE ? LIMIT_NONE : max > used ? max - used : 0;
		uint64_t best_left = best->max == LIMIT_NONE  ? LIMIT_NONE
				     : best->max > best->used ? best->max - best->used
							      : 0;

		if (left >= best_left)
			return;
	}
	best->used = used;
	best->max = max;
	snprintf(l->cgroup, sizeof(l->cgroup), "%.*s", (int)sizeof(l->cgroup) - 1, at->path);
}

static void cgroup_limit(const struct process *p, struct thread_limits *l)
{
	struct cgroup_place at;
	char *mountinfo = NULL, *cgroup = NULL;
	size_t len;

	if (read_whole(AT_FDCWD, "/proc/self/mountinfo", TEXT_MAX, &mountinfo, &len) == 0 &&
	    proc__cgroup(p->live_dir, &cgroup) == 0 && cgroup_place__find(mountinfo, cgroup, &at) == 0) {
		while (true) {
			char *slash;

			take_level(&at, l);
			slash = strrchr(at.path, '/');
			if (!slash || (slash == at.path && !slash[1]))
				break;
			slash[slash == at.path] = '\0';
		}
	}
	free(mountinfo);
	free(cgroup);
}

/* ---- RLIMIT_NPROC ------------------------------------------------------ */

/* Sum of Threads: over the processes of one real user. */
static uint64_t threads_of_user(uid_t uid)
{
	DIR *d = opendir("/proc");
	uint64_t sum = 0, owner, threads;
	struct dirent *e;
	char name[300], text[2048];

	if (!d)
		return LIMIT_NONE;
	while ((e = readdir(d))) {
		if (atoi(e->d_name) <= 0)
			continue;
		snprintf(name, sizeof(name), "%s/status", e->d_name);
		if (read_short(dirfd(d), name, text, sizeof(text)) > 0 &&
		    status__number(text, "Uid", 10, &owner) && owner == uid &&
		    status__number(text, "Threads", 10, &threads))
			sum += threads;
	}
	closedir(d);
	return sum;
}

/* copy_process in kernel/fork.c spares the root user and those two capabilities in the first namespace. */
static bool is_exempt(const struct process *p)
{
	char text[8192], ns[64];
	uint64_t caps, bits = 1ULL << CAP_SYS_ADMIN_BIT | 1ULL << CAP_SYS_RESOURCE_BIT;
	ssize_t n;

	if (p->uid == 0)
		return true;
	n = readlinkat(p->live_dir, "ns/user", ns, sizeof(ns) - 1);
	if (n < 0)
		return false;
	ns[n] = '\0';
	return strcmp(ns, INIT_USER_NS) == 0 && read_short(p->live_dir, "status", text, sizeof(text)) > 0 &&
	       status__number(text, "CapEff", 16, &caps) && (caps & bits);
}

static uint64_t count_user(struct shared_limits *shared, uid_t uid)
{
	uint64_t threads;

	for (size_t i = 0; i < shared->user_count; i++)
		if (shared->users[i] == uid)
			return shared->user_threads[i];
	threads = threads_of_user(uid);
	if (shared->user_count < LIMIT_USERS) {
		shared->users[shared->user_count] = uid;
		shared->user_threads[shared->user_count++] = threads;
	}
	return threads;
}

static void nproc_limit(const struct process *p, struct shared_limits *shared, struct thread_limit *l)
{
	char text[4096];

	if (is_exempt(p) || read_short(p->live_dir, "limits", text, sizeof(text)) <= 0)
		return;
	l->max = limits__max_processes(text);
	/* Counting visits every process: skipped without a limit. */
	if (l->max != LIMIT_NONE)
		l->used = count_user(shared, p->uid);
}

/* ---- the whole system --------------------------------------------------- */

/* Each thread takes one number, and a few are kept by sessions and process groups that have ended. */
static void system_limits(struct shared_limits *shared)
{
	unsigned long long total;
	char text[128];

	shared->known = true;
	shared->threads_max = shared->pid_max = (struct thread_limit){LIMIT_NONE, LIMIT_NONE};
	/* "0.00 0.01 0.05 1/234 5678": 234 is nr_threads (fs/proc/loadavg.c) */
	if (read_short(AT_FDCWD, "/proc/loadavg", text, sizeof(text)) <= 0 ||
	    sscanf(text, "%*s %*s %*s %*d/%llu", &total) != 1)
		return;
	shared->threads_max.used = shared->pid_max.used = total;
	read_number("/proc/sys/kernel", "threads-max", &shared->threads_max.max);
	read_number("/proc/sys/kernel", "pid_max", &shared->pid_max.max);
}

int process__thread_limits(const struct process *p, struct shared_limits *shared, struct thread_limits *ret)
{
	static const struct thread_limit unknown = {LIMIT_NONE, LIMIT_NONE};
	struct thread_limits l = {.pids_cgroup = unknown, .nproc = unknown};

	if (!process__alive(p))
		return -ESRCH;
	if (!shared->known)
		system_limits(shared);
	cgroup_limit(p, &l);
	nproc_limit(p, shared, &l.nproc);
	l.system = shared->threads_max;
	l.pids = shared->pid_max;
	*ret = l;
	return 0;
}
