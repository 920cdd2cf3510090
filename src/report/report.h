/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the views show: plain rows, already worked out. Made by the model, owned
 * by it, read-only for views. Text in here comes from outside (names, paths,
 * symbols): a view escapes it before it prints it.
 * Sorting: most interesting first, with a tie-break, so output is stable.
 */
#ifndef TS_REPORT_REPORT_H
#define TS_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "facts/panic.h"
#include "report/finding.h"
#include "report/report_files.h"

struct wait {
	enum wait_kind kind;
	const char *syscall;  /* name; NULL: not in a system call */
	uint64_t duration_ns; /* since the thread last ran */
	bool timed;
	size_t lock;      /* index into the report's locks, or NO_INDEX */
	int fd;           /* -1: none */
	const char *file; /* path of fd, NULL if none or not known */
	pid_t blocked_by; /* TID, 0 if not known */
	size_t words;     /* futexes of which any may wake it, lock is the first; 0: no such list */
	const char *kernel_function; /* where in the kernel it sleeps; NULL: not known */
	bool frozen;                 /* WAIT_STOPPED: by its cgroup */
	const char *peer; /* of a pipe that is full, in a snapshot: who reads it; NULL if not known */
};

struct thread_row {
	pid_t pid, tid, ns_tid;
	char state;      /* the kernel's letter */
	bool blocked;    /* neither running nor runnable: wait is valid */
	bool left_out;   /* not asked for: only here for those that refer to it */
	bool go_running; /* the goroutine on it runs; else that is in a system call */
	const char *name;
	struct wait wait;
	uint64_t age_ns;         /* since it was created */
	uint64_t cpu_ns;         /* used in all */
	struct call_stack stack; /* count 0 and end NULL: not collected */
	struct call_stack kernel_stack;
	/* Of several snapshots: how many in a row before this one found it at the same place, and how many it
	 * has not run since. -1: there are none, or it is not known. */
	int64_t same_stack, did_not_run;
	uint64_t goid; /* of the goroutine on it; 0: none, or no Go program */
};

struct lock_row {
	pid_t pid;
	uint64_t address;              /* 0: all locks that did not fit in the map */
	uint64_t words_from, words_to; /* the futex words of it that are waited on lie in between */
	const char *symbol;            /* NULL if not known */
	enum lock_kind kind;
	struct latency_row
		waits;    /* under way at some time in the interval: ended in it, or in flight at its end */
	uint64_t wait_ns; /* time waited within the interval */
	pid_t owner_tid;  /* 0: none or not known */
	size_t waiter_count;  /* now */
	const pid_t *waiters; /* their TIDs, snapshot only; NULL otherwise */
};

struct creator_row {
	pid_t pid;
	uint64_t id;                     /* tells stacks of one process apart */
	struct call_stack stack;         /* count 0: not known */
	uint64_t alive, created, exited; /* threads it made since attach */
	double growth_per_s;             /* of alive, over the time watched */
};

struct go_process; /* model/go/go_growth.h */

struct process_row {
	pid_t pid;
	const char *comm;
	uint64_t threads;
	uint64_t created, exited;             /* in this interval */
	uint64_t created_total, exited_total; /* since attach, exact */
	uint64_t running, blocked;
	bool ended;        /* it ended in this interval */
	bool calls_unseen; /* it runs 32-bit code: its writes and syncs are not counted */
	struct latency_row futex;
	uint64_t futex_wait_ns;
	struct latency_row writes;
	uint64_t write_bytes, write_errors;
	struct latency_row fsyncs;
	uint64_t cpu_ns;             /* used by its threads in this interval */
	const struct go_process *go; /* NULL: no Go program, or goroutines are not looked at */
};

/* A socket that is no log's: not one with a name in the file system. */
bool file_row__is_connection(const struct file_row *f);

struct loss_row {
	const char *name;    /* "events", "stacks", ... : the JSON key */
	const char *meaning; /* one clause for the text view */
	uint64_t count;
};

struct cost_row {
	uint64_t wall_ns; /* snapshot: of the whole command so far; top: of the interval */
	uint64_t cpu_ns;  /* threadscope's own user + system time in it */
	uint64_t bpf_ns;  /* time in BPF programs in it; UINT64_MAX: not known */
	uint64_t rss_bytes;
};

struct interval_report {
	uint64_t time_ns;     /* CLOCK_REALTIME */
	uint64_t interval_ns; /* measured */
	uint64_t watched_ns;  /* since attach */
	bool every_process;   /* of the machine */
	const struct process_row *processes;
	size_t process_count;
	const struct thread_row *threads; /* longest wait first */
	size_t thread_count;
	const struct creator_row *creators;
	size_t creator_count;
	const struct lock_row *locks;
	size_t lock_count;
	const struct file_row *files;
	size_t file_count;
	const struct call_row *calls; /* in flight, the 256 oldest, oldest first */
	size_t call_count;
	bool uring_hidden;               /* requests of io_uring are made on this kernel, but not seen */
	const struct mapped_row *mapped; /* the view on logs only; largest first */
	size_t mapped_count;
	const struct finding *findings;
	size_t finding_count;
	struct cost_row cost;
	const struct loss_row *losses;
	size_t loss_count;
};

struct deadlock { /* tids[i] waits for locks[i], which tids[i + 1] owns */
	const pid_t *tids;
	const size_t *locks; /* indices into the report's locks */
	size_t count;
	size_t behind; /* threads that wait for one of them, directly or not */
};

struct stack_group {
	const pid_t *tids;
	size_t count;
	const char *wait;             /* kind, or "running" */
	const struct thread_row *one; /* whose stack they all have */
	uint64_t longest_ns, shortest_ns;
	bool mixed; /* they wait on different locks or files */
	bool idle;  /* each has nothing to do, and nobody waits for it */
	size_t unmoved,
		unrun; /* of several snapshots: found at the same place by each; not run between any */
};

struct go_report; /* report/go_rows.h */

struct snapshot_report {
	uint64_t time_ns;
	const char *kernel; /* release */
	const char *arch;
	pid_t pid;
	const char *comm, *exe;
	char *const *cmdline;                       /* NULL-terminated */
	const char *runtime_kind, *runtime_version; /* "native", "go", "unknown"; version NULL if none */
	const struct go_report *go;                 /* NULL: not known to be a Go program */
	const struct thread_row *threads;           /* by TID; all, left out ones too */
	size_t thread_count;
	uint64_t number, of; /* of several snapshots, from 1 on; 1 of 1: it is alone */
	bool selected;       /* some were asked for: others are left out of threads and groups */
	const struct lock_row *locks;
	size_t lock_count;
	const struct deadlock *deadlocks;
	size_t deadlock_count;
	const struct stack_group *groups; /* most threads first */
	size_t group_count;
	const struct finding *findings;
	size_t finding_count;
	struct cost_row cost;
	const struct loss_row *losses;
	size_t loss_count;
};

enum event_type {
	EVENT_THREAD_CREATE,
	EVENT_THREAD_EXIT,
	EVENT_FUTEX_WAIT,
	EVENT_WRITE,
	EVENT_FSYNC,
	EVENT_PANIC,
	EVENT_PANIC_END
};

struct event_row {
	uint64_t time_ns; /* CLOCK_REALTIME */
	enum event_type type;
	pid_t pid, tid;
	const char *name;
	uint64_t duration_ns;
	struct call_stack stack;     /* end NULL: none */
	pid_t child_tid;             /* thread-create */
	const struct lock_row *lock; /* futex-wait */
	pid_t waker_tid;             /* futex-wait, 0 if not known */
	const char *waker_name;      /* "" or NULL: it has ended */
	const char *owner_name;      /* the same, of the lock's owner */
	const char *path;            /* write, fsync; "" if not known */
	int fd;
	uint64_t bytes;
	int64_t result;
	const char *syscall;               /* write, fsync, futex-wait */
	struct panic_facts panic;          /* panic, panic-end; duration_ns: until its outcome */
	uint64_t lost_events, lost_stacks; /* since attach */
};

struct check_row {          /* doctor */
	const char *name;   /* "write probes", ... */
	const char *state;  /* "ok", "fallback", "missing" */
	const char *chosen; /* "fentry", "task-local storage", ... */
	const char *reason; /* why not better, "" if best */
	const char *remedy; /* what to do, "" if nothing */
};

struct doctor_report {
	const char *kernel, *arch, *version, *libbpf;
	const struct check_row *checks;
	size_t check_count;
	bool able; /* the main job can be done */
};

#endif
