/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of src/target only. */
#ifndef TS_TARGET_PROCESS_PRIVATE_H
#define TS_TARGET_PROCESS_PRIVATE_H

#include "target/process.h"
#include "target/unit_name.h"
#include "util/budget.h"

struct process {
	pid_t pid;
	pid_t live;   /* a thread that still has memory: pid itself, unless the leader has exited */
	pid_t ns_pid; /* pid in the target's own PID namespace */
	int pidfd;    /* -1: not supported by this kernel */
	int dir;      /* /proc/PID: bound to the process, not to the number, so reads fail after a reuse */
	int live_dir; /* /proc/LIVE; the same descriptor as dir while the leader lives */
	enum process_kind kind;
	uint64_t start_ticks;
	uid_t uid; /* real */
	bool is_32bit;
	bool exe_deleted;
	char comm[64]; /* kernel workers have longer ones than 15 bytes */
	char *exe;
	char *root; /* prefix of the target's root directory in paths of /proc; "" if the root is the same */
	char *cmdline_text;
	char **cmdline;
	bool unit_read;
	char unit[UNIT_NAME];        /* then; "": none */
	struct budget_share *budget; /* NULL: has not been asked for */
};

/* Fields of /proc/PID/stat. */
struct proc_stat {
	char comm[64];
	char state;
	uint64_t flags, threads, start_ticks;
};

/*
 * Reads a whole file into a NUL-terminated buffer, which the caller frees. -E2BIG beyond max bytes. For files
 * of /proc, whose size is not known in advance.
 */
int read_whole(int dir, const char *name, size_t max, char **ret, size_t *ret_len);
/* The text of its cgroup file, in its folder of /proc; to be freed. */
int proc__cgroup(int dir, char **ret);
/* The same into a given buffer, truncated if longer; NUL-terminated. */
ssize_t read_short(int dir, const char *name, char *buf, size_t size);
#define LINK_BYTES 4200
/* The target of fd's link in /proc: 0, -EBADF, or another negative errno. */
int process__read_link(const struct process *p, int fd, char link[LINK_BYTES]);
int proc_stat__parse(const char *text, struct proc_stat *ret);
/* The number behind "Key:" in the text of a status file. base 10 or 16. False if absent. */
bool status__number(const char *text, const char *key, int base, uint64_t *ret);
/* It gave no answer a moment ago, twice, or the lock of its memory was not to be had: nothing that needs it
 * is read, nor its memory. */
bool process__silent(const struct process *p);
/* got of each piece is set, or a negative errno returned. At most HELPER_PIECES with HELPER_BYTES. one: they
 * are one, and what is behind the first incomplete one is not read. */
int process__read_pieces(const struct process *p, struct memory_piece *list, size_t n, bool one);
/* Neither it nor a file server has kept a helper waiting: it may be asked without a look at its pages. */
bool process__answers(const struct process *p);
/* It gave no answer in time. */
void process__doubt(const struct process *p);
/* The leader may have exited meanwhile: finds a thread that still has memory. */
int process__find_live(struct process *p);
/* Removes the prefix of the target's root: the path as the target sees it. */
const char *process__strip_root(const struct process *p, const char *path);
/* O_PATH of path below the target's root; flags and resolve (struct open_how) are added. A descriptor or a
 * negative errno. */
int process__path_in_root(const struct process *p, const char *path, int flags, uint64_t resolve);
/* The first bytes of the program's file. Their number or a negative errno. */
ssize_t process__exe_head(const struct process *p, void *buf, size_t size);
/* Removes a trailing " (deleted)". True if it was present. */
bool strip_deleted(char *path);

#endif
