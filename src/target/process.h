/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One process, through /proc and process_vm_readv; no other folder uses these. Nothing here stops, signals or
 * writes to the target. Functions return 0 or a negative errno unless they say otherwise.
 */
#ifndef TS_TARGET_PROCESS_H
#define TS_TARGET_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "facts/thread_limits.h"

struct process;

enum process_kind {
	PROCESS_USER,
	PROCESS_KERNEL_THREAD, /* no user memory */
	PROCESS_ZOMBIE,        /* has ended, not yet reaped by its parent */
};

/*
 * Opens the process of thread pid (a thread ID selects its process). Keeps a pidfd, so a reused PID is not
 * mistaken for it. -ESRCH: no such process. -EPERM/-EACCES: not allowed to read it.
 */
int process__open(pid_t pid, struct process **ret);
void process__close(struct process *p); /* NULL is fine */

pid_t process__pid(const struct process *p);
pid_t process__ns_pid(const struct process *p); /* in the target's own PID namespace */
uid_t process__uid(const struct process *p);    /* real user, in the namespace of the reader */
enum process_kind process__kind(const struct process *p);
/* Readable (poll POLLIN) once the process has ended. Owned by p; -1 where pidfds are missing. */
int process__pidfd(const struct process *p);
/* True while the same process lives (checks the pidfd, or its start time). Zombies are not alive. */
bool process__alive(const struct process *p);
/* Clock ticks since boot, field 22 of /proc/PID/stat. */
uint64_t process__start_ticks(const struct process *p);
uint64_t process__ticks_now(void);               /* in the same clock */
bool process__is_32bit(const struct process *p); /* ELF class of the executable */

/* The CPU that a thread runs on or waits for (tid in threadscope's namespace); negative: neither. */
int process__thread_cpu(const struct process *p, pid_t tid);
/* The thread that has this TID in the target's own PID namespace; 0: none, or it has ended. */
pid_t process__own_thread(const struct process *p, pid_t ns_tid);
/* The child of a process that has this PID in its own, innermost PID namespace; 0: none. */
pid_t child_by_number(pid_t parent, pid_t ns_pid);

/* Facts of the time of opening (exec refreshes them through process__refresh). Owned by p. */
const char *process__comm(const struct process *p);
/* The number of its children with the same name, such as the workers of a server; 0 also if unknown.
 */
size_t process__workers(const struct process *p);
const char *
process__exe(const struct process *p); /* as the target sees it; " (deleted)" removed; "" if unknown */
bool process__exe_deleted(const struct process *p);
/* argc strings; NULL-terminated array. */
char *const *process__cmdline(const struct process *p);
int process__refresh(struct process *p);
/* Its share of what foreign bytes may cost (util/budget.h). Owned by p; NULL for p NULL. */
struct budget_share *process__budget(const struct process *p);

/*
 * Copies up to len bytes at address into buf, and stops at an unreadable page. Returns the bytes read
 * (possibly fewer), or a negative errno if none: -EFAULT, -ESRCH, -EPERM; -ETIMEDOUT: it gave no answer in
 * time. Another process reads, so each call costs some 10 us: many small reads go through process__read_many.
 */
ssize_t process__read(const struct process *p, uint64_t address, void *buf, size_t len);

/* A piece of memory to read: got is the bytes read or a negative errno. */
struct memory_piece {
	uint64_t address;
	void *buf;
	size_t len;
	ssize_t got;
};
/* Reads all pieces with few system calls; a failed one does not stop the others. 0, -ESRCH or -EPERM. */
int process__read_many(const struct process *p, struct memory_piece *list, size_t n);

/* Its memory has given no answer: only pages that nobody else serves are read, and after the second time
 * nothing for half a minute. */
bool process__doubtful(const struct process *p);
/* How many readings of its memory, maps or command line gave no answer in time. */
uint64_t process__unanswered(const struct process *p);
/* And those of all processes. */
uint64_t memory__unread(void);

/* ---- mappings ---------------------------------------------------------- */
struct mapping {
	uint64_t start, end; /* [start, end) */
	uint64_t offset;     /* into the file, bytes */
	uint64_t inode;
	uint32_t dev_major, dev_minor;
	bool readable, writable, executable;
	bool shared;      /* shared: stores reach the file, or other processes that map it */
	bool deleted;     /* the file has been unlinked or replaced */
	const char *path; /* without " (deleted)"; "" for anonymous memory; "[vdso]", "[stack]" ... */
};

struct mappings {
	struct mapping *list; /* by address */
	size_t count;
	/* private */
	char *text;
};

/* Reads /proc/PID/maps. The caller frees the list with mappings__free. */
int process__mappings(const struct process *p, struct mappings *ret);
void mappings__free(struct mappings *m);
/* The mapping that covers address, or NULL. */
const struct mapping *mappings__find(const struct mappings *m, uint64_t address);

/*
 * Files for symbols. Whatever a target can name is opened only if it is a regular file on an ordinary file
 * system, of limited size, and only below the target's root (docs/security.md): errors of bounded_open.h,
 * -ETIMEDOUT among them: a file server does not respond.
 */
struct found_file {
	int fd;      /* for reading; of a served file O_PATH */
	bool served; /* by another process or machine, which may stop answering */
	struct stat st;
};

/* The file behind a mapping: through the target's root if device and inode still match, else through
 * /proc/PID/map_files. 0 or a negative errno. */
int process__find_mapping(const struct process *p, const struct mapping *m, struct found_file *ret);
/* To read it: its descriptor, or one of a copy. Takes f->fd. A descriptor or a negative errno. */
int found_file__contents(struct found_file *f);
void found_file__drop(struct found_file *f);
/* Both in one: a descriptor or a negative errno. */
int process__open_mapping(const struct process *p, const struct mapping *m);
/* A path below the target's root, and never outside (openat2 RESOLVE_IN_ROOT), up to that size. For separate
 * debug files and perf maps. A descriptor or a negative errno. */
int process__open_path(const struct process *p, const char *path, uint64_t bytes_max);
/* The same below threadscope's own root, for paths that no target names. */
int host_file__open(const char *path, uint64_t bytes_max);

/* The inode of what a path is to the process, from its root or working directory, if the kernel has that
 * cached; 0: not known. Asks no file server. */
uint64_t process__cached_inode(const struct process *p, const char *path);
/* Its type, as in st_mode, likewise; 0: not known. */
unsigned process__cached_mode(const struct process *p, const char *path);
struct cached_place {
	uint64_t inode;
	uint64_t mount; /* its number in mountinfo; 0: not known (before Linux 5.8) */
	uint32_t dev_major, dev_minor;
};
/* Where it is, likewise. 0 or a negative errno. */
int process__cached_place(const struct process *p, const char *path, struct cached_place *ret);

/* ---- descriptors -------------------------------------------------------- */
struct descriptor {
	char *path;     /* readlink of /proc/PID/fd/N: path, "pipe:[123]", "socket:[123]"; free() it */
	bool deleted;   /* path ended in " (deleted)", which was removed */
	uint64_t inode; /* 0 if not known */
	uint32_t flags; /* octal flags of fdinfo */
	int64_t position;
};
/* Does not block on an unresponsive file server: no stat reaches it. */
int process__descriptor(const struct process *p, int fd, struct descriptor *ret);
/* Only its path, to be freed; half the work. */
int process__descriptor_path(const struct process *p, int fd, char **ret);
/* The path of its working directory, likewise. */
int process__folder(const struct process *p, char **ret);
/*
 * Whether the file of fd was created after that time (CLOCK_REALTIME), because inode numbers are reused.
 * False also if the file system does not support birth times. Only for local file systems, which it accesses.
 */
bool process__descriptor_newer(const struct process *p, int fd, uint64_t since_ns);
/* Whether the file of fd has any name. Also only for local file systems. */
bool process__descriptor_linked(const struct process *p, int fd);
struct known_file {
	uint64_t inode;
	uint64_t since_ns; /* CLOCK_REALTIME: a file created later only reuses the number */
};
/*
 * Whether a regular file is still at path (below the target's root), open or not: 0 and *ret NULL. 0 and
 * *ret, to be freed: its new name in the same directory. -ENOENT: not found, and path does not exist;
 * -ESTALE: path is another file. Other errors: unknown; on Linux 5.12 and later also if the kernel would need
 * a disk access.
 */
int process__find_moved(const struct process *p, const char *path, const struct known_file *f, char **ret);
/* Whether fd was opened before the process changed its root, or received from another process. Such a file is
 * not below the root.
 */
bool process__outside_root(const struct process *p, int fd);
/*
 * The same file's path on this host: that of the target, which has it open as fd (-1: not any more), as the
 * target sees it. NULL where both are the same, or the file is outside the target's root, else to be freed:
 * below the target's root, through this host's mount of the same file system, or /proc/PID/root.
 */
char *process__host_path(const struct process *p, const char *path, int fd);
/* The type of fd's file system, "ext4", from the mount table: accesses no file, so it does not block. 0 or
 * -ENOENT. */
int process__file_system(const struct process *p, int fd, char *dst, size_t size);

/* ---- limits ------------------------------------------------------------- */
#define LIMIT_USERS 16
/* What many processes share, zeroed before the first of a reading: counting a user's threads visits all
 * processes. */
struct shared_limits {
	bool known;
	struct thread_limit threads_max, pid_max;
	size_t user_count;
	uid_t users[LIMIT_USERS];
	uint64_t user_threads[LIMIT_USERS];
};

int process__thread_limits(const struct process *p, struct shared_limits *shared, struct thread_limits *ret);

#define TASK_NAME 32 /* buffer size; the kernel keeps 15 bytes */
/* The current name of a thread of any process; "" if it has ended. Fills name and returns it. */
const char *task__name(pid_t tid, char name[TASK_NAME]);

/* Calls fn for each process; stops at the first non-zero result and returns it. */
int processes__each(int (*fn)(pid_t pid, const char *comm, void *arg), void *arg);

#endif
