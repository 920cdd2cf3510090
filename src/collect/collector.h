/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers samples from the probes and the targets. All input of the measuring side happens here. */
#ifndef TS_COLLECT_COLLECTOR_H
#define TS_COLLECT_COLLECTOR_H

#include "facts/goroutines.h"
#include "probes/probes.h"
#include "go/collect/panics.h"
#include "facts/sample.h"
#include "symbols/symbols.h"

struct collector;

struct collector_options {
	bool every_process;      /* no stacks, no symbols: names of processes and files only */
	pid_t only_pid;          /* the single target; 0: several */
	enum symbol_lines lines; /* functions, inlined calls and lines by DWARF */
	bool kernel_stacks; /* snapshot: kernel stacks of all threads, not only those in uninterruptible sleep
			     */
	enum goroutine_detail goroutines; /* of a snapshot */
	bool count_goroutines;            /* of a snapshot: only their number */
	bool leaks;                       /* of a snapshot: search leaked goroutines */
	bool repeated;                    /* several snapshots */
	size_t stack_count;               /* threads with a stack however short they wait: the longest
					   * blocked ones; 0: no stacks
					   */
	uint64_t cost_window_ns;      /* time that each sample adds for measuring the programs' cost; 0: not
				       * measured
				       */
	bool uring_hidden;            /* requests of io_uring are not observed */
	bool mapped_files;            /* files that targets have mapped writable */
	bool time_calls;              /* needs probes opened with calls */
	bool watch_goroutines;        /* goroutines of Go programs: counted in each sample, read less often */
	bool origins;                 /* command lines and units of processes */
	const char *const *log_globs; /* files to keep, by full path; none: all */
	size_t log_glob_count;
};

/*
 * The processes that read for all collectors. They start and end at need; who does this beforehand does it
 * beside other work: before probes are opened, and when nothing more is to be read.
 */
void collector__start_readers(void);
void collector__end_readers(void);

/* p is borrowed. */
struct collector *collector__new(struct probes *p, const struct collector_options *o);
void collector__free(struct collector *c);

/* Reads the ring buffer. fn, if not NULL, gets creations, exits, calls and waits, panics, and starts and ends
 * of processes. */
int collector__events(struct collector *c, event_fn fn, void *arg);
/* The state now. -ESRCH: no target thread exists or has existed. */
int collector__sample(struct collector *c, struct sample **ret);
/* As links__take_ages. */
void collector__take_ages(struct collector *c, const struct collector *from);
/* One process with all stacks. -ESRCH: it has ended. Needs probes opened with snapshot. */
int collector__snapshot(struct collector *c, pid_t pid, struct sample **ret);

/* Observes the panics of Go programs; needs probes opened with panics. The caller frees it before the
 * collector. NULL: out of memory. */
struct panics *collector__panics(struct collector *c, panic_fn fn, void *arg);

/* For event lines. */
struct call_stack collector__stack(const struct collector *c, uint32_t tgid, uint64_t stack_id);
const char *collector__path(struct collector *c, const struct ts_file_key *key);
/* Symbol and kind of a lock, and its owner when the wait began; its texts are valid until the next call. */
struct sample_lock collector__lock(struct collector *c, const struct ts_event_futex *x,
				   const struct call_stack *waiter);
uint64_t collector__lost_stacks(const struct collector *c);

#endif
