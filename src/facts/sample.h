/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw facts of one instant, with names already looked up: what the collector
 * gathers from the kernel and the target, and all that the model knows. Plain
 * data, no handles: it can be saved to a file and replayed.
 */
#ifndef TS_FACTS_SAMPLE_H
#define TS_FACTS_SAMPLE_H

#include "bpf/threadscope.h"
#include "facts/goroutines.h"
#include "facts/slow_calls.h"
#include "facts/thread_limits.h"
#include "util/arena.h"

struct sample_process {
	pid_t pid;
	const char *comm;
	uint64_t created, exited; /* since attach */
	uint64_t threads;         /* the kernel's count */
	bool ended;
	bool has_limits; /* read only when it grows */
	struct thread_limits limits;
};

struct sample_thread {
	pid_t pid, tid, ns_tid;
	const char *name;
	char state;
	bool blocked;
	uint64_t blocked_ns; /* since it last ran */
	uint64_t age_ns, cpu_ns;
	uint64_t waits, wait_ns; /* since attach, in flight included */
	long syscall;            /* -1: not in one */
	uint64_t args[6];
	const char *path;      /* of the descriptor it waits on, NULL if none */
	const char *peer;      /* who should empty the pipe that this is; NULL if not known or asked for */
	uint64_t lock_address; /* of the lock or futex word it waits on, 0: none */
	bool steady;           /* it did not run while the locks were read */
	bool newer;            /* it did, and is as it was afterwards */
	bool frozen;           /* by its cgroup; valid if blocked, as is kind */
	bool calls_unseen;     /* it runs 32-bit code */
	enum wait_kind kind;
	pid_t blocked_by; /* from the lock's own bytes, 0: not known */
	/* write or sync in flight */
	enum ts_io_kind io_kind;
	uint64_t io_age_ns, io_bytes; /* bytes asked for; 0: not known, or a sync */
	int io_fd;
	struct ts_file_key io_file;
	struct call_stack stack, kernel_stack;
	uint64_t goid;   /* of the goroutine on it; 0: none, or no Go program */
	bool go_running; /* that one runs; else it is in a system call */
};

struct sample_creator {
	pid_t pid;
	uint64_t stack_id; /* 0: not known */
	uint64_t created, exited;
	struct call_stack stack;
};

struct sample_lock {
	pid_t pid;
	uint64_t address, word; /* of the lock, and of the futex word in it */
	const char *symbol;
	enum lock_kind kind;
	pid_t owner_tid;
	uint64_t wait_ns;
	uint64_t last_ns;
	bool evicted; /* its row in the kernel begins anew after this sample */
	struct ts_latency waits;
};

/* The slowest call of one kind on a file. */
struct sample_slow {
	uint64_t epoch; /* the interval in which it ended */
	struct slow_call call;
};

struct sample_file {
	struct ts_file_key key;
	const char *path;      /* "" if not known */
	const char *fs;        /* type of its file system; NULL if not known */
	const char *peer;      /* at the other end of a pipe or socket; NULL if not known */
	const char *host_path; /* on this host, where it is another than path; else NULL */
	bool deleted;
	bool open;    /* its descriptor still leads to it; not saved */
	bool evicted; /* its row in the kernel begins anew after this sample */
	struct ts_file totals;
	struct slow_calls slow_writes, slow_syncs; /* since attach */
	/* the slowest call since attach, and of the interval; NULL: none */
	const struct sample_slow *slowest, *slowest_lately;
};

/* A write or sync by io_uring that has not ended. */
struct sample_request {
	struct ts_request_key id; /* the kernel side's */
	struct ts_file_key key;
	uint64_t age_ns, bytes; /* bytes asked for; 0: not known, or a sync */
	enum ts_io_kind io_kind;
	int fd;           /* -1: not known */
	pid_t tid;        /* who submitted it */
	const char *name; /* of that thread */
};

/* A file that a target has mapped shared and writable: what it stores there no call tells of. */
struct sample_mapped {
	pid_t pid;
	const char *path; /* as the target sees it */
	uint64_t bytes;   /* of all its mappings */
};

/* A Go program that is watched: what of its goroutines was counted and read. */
struct sample_go {
	pid_t pid;
	const char *version;          /* NULL: not known */
	const char *problem;          /* why they cannot be counted, one sentence; NULL: they were */
	uint64_t count, system, made; /* as struct goroutines_count, if problem is NULL */
	bool exact;
	struct go_reading *report; /* all of them, where they were read in this sample, too; else NULL */
	uint64_t read_cpu_ns;      /* what that took */
};

struct sample {
	struct arena arena;
	uint64_t time_ns;                 /* CLOCK_REALTIME */
	uint64_t now_ns;                  /* CLOCK_MONOTONIC */
	uint64_t epoch;                   /* the interval that ends with this sample */
	struct sample_process *processes; /* by pid */
	size_t process_count;
	struct sample_thread *threads; /* by pid, tid */
	size_t thread_count;
	struct sample_creator *creators; /* by pid, stack_id */
	size_t creator_count;
	struct sample_lock *locks; /* by pid, word */
	size_t lock_count;
	struct sample_file *files; /* by key */
	size_t file_count;
	bool uring_hidden;               /* they are made, but not seen */
	struct sample_request *requests; /* in no order */
	size_t request_count;
	struct sample_mapped *mapped; /* the view on logs only; by pid, path; in the arena */
	size_t mapped_count;
	struct sample_go *live; /* by pid; top without a snapshot */
	size_t live_count;
	uint64_t losses[TS_LOSS_COUNT]; /* since attach */
	uint64_t lost_threads;          /* not seen though the kernel counts them, in this pass */
	uint64_t cpu_ns;                /* threadscope's own, since start */
	uint64_t bpf_ns_per_s;          /* time in BPF programs, ns per second; UINT64_MAX: not known */
	uint64_t rss_bytes;
	const char *kernel, *arch; /* release and machine */
	/* snapshot: of the one target */
	struct go_reading *go;  /* NULL: not a Go program; see also its unsure */
	struct go_row *go_list; /* go->list, which is too large for the arena */
	const char *exe;
	char *const *cmdline;
};

void sample__free(struct sample *s); /* NULL is fine; frees s itself */

#endif
