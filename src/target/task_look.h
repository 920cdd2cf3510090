/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a thread of any process does just now, from /proc: no target is opened, nothing is stopped. */
#ifndef TS_TARGET_TASK_LOOK_H
#define TS_TARGET_TASK_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct task_look {
	pid_t pid, tid;
	pid_t parent;  /* process; 0: not known, or none here */
	pid_t tracer;  /* 0: none */
	char name[32]; /* of the thread */
	char state;    /* the kernel's letter */
	bool frozen;   /* by its cgroup */
	uint64_t threads;
	uint64_t switches; /* so far: the same number at two looks means that it did not run */
	long syscall;      /* -1: not in one, not known, or of a 32-bit program */
	uint64_t args[6];
};

/* The kernel's letter for what a thread does: 'R' runs, or lacks a CPU only. '\0': not known. */
char task__state(pid_t tid);
/* A thread ID of threadscope's PID namespace. 0 or -ESRCH. */
int task__look(pid_t tid, struct task_look *ret);
/* The thread IDs of a process, at most max. Returns how many it read; 0: it has ended. */
size_t process_tasks(pid_t pid, pid_t *ret, size_t max);
/* Whether the process has this thread, by threadscope's IDs. */
bool process_has_task(pid_t pid, pid_t tid);
/* The children of a process, of all its threads, at most max. */
size_t process_children(pid_t pid, pid_t *ret, size_t max);
/* Whether a blocked thread sleeps in such a function of the kernel ("__break_lease", or how it begins), by
 * wchan or the innermost frames of its stack: the former misses it before Linux 5.16, the latter needs
 * CAP_SYS_ADMIN. False also if it is not known. */
bool task__sleeps_in(pid_t tid, const char *function);
/* Whether both are in the same PID namespace; false also if it is not known. */
bool same_pid_namespace(pid_t a, pid_t b);
/* Whether two processes have one memory, as after vfork; false also if it is not known. */
bool same_memory(pid_t a, pid_t b);

#endif
