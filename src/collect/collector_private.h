/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_COLLECT_COLLECTOR_PRIVATE_H
#define TS_COLLECT_COLLECTOR_PRIVATE_H

#include "collect/collector.h"
#include "collect/files/file_names.h"
#include "go/collect/go_live.h"
#include "collect/stacks/kernel_names.h"
#include "collect/locks/locks.h"
#include "collect/files/mapped_files.h"
#include "collect/stacks/stack_table.h"
#include "collect/stacks/stacks.h"
#include "collect/threads/threads.h"
#include "collect/threads/walks.h"

struct ended_process {
	pid_t pid;
	char comm[TS_COMM_LEN];
};

struct collector {
	struct probes *probes;
	struct collector_options options;
	struct targets *targets;
	struct stacks *stacks;
	struct locks *locks;
	struct file_names *names;
	struct mapped_files *mapped; /* NULL: not asked for */
	struct walks *walks;
	struct go_live *go;
	struct kernel_names *kernel;
	struct ended_process *ended; /* not yet reported */
	size_t ended_count, ended_room;
	struct ts_stack_key *creator_keys; /* of the kernel side's rows, as they were last read */
	size_t creator_key_count, creator_key_room;
	uint64_t first_ns; /* when the first sample was taken */
};

/* A process that has begun, ended or executed another program. */
void collect__process_event(struct collector *c, const struct ts_event_process *e);
/* Marks the first count ended processes in s; */
void collect__note_ended(struct collector *c, struct sample *s, size_t count);
/* and once they are in a sample, nothing of them stays. */
void collect__forget_ended(struct collector *c, struct sample *s, size_t count);
/* The viewer's TID of a thread that the target itself calls ns_tid; 0: it has no such thread. */
pid_t collect__own_thread(const struct sample *s, pid_t pid, pid_t ns_tid);
/* Sorts by word and leaves one of each. */
void collect__sort_locks(struct sample *s);
struct sample_lock *collect__find_lock(struct sample *s, pid_t pid, uint64_t word);
/* Symbol, kind and address of each lock; owners where waiters prove them, into blocked_by of those too. */
void collect__join_locks(struct collector *c, struct sample *s);
/* Top: the first word of those that wait on a list of them. pass: what s was made from, a record a thread. */
void collect__find_words(const struct collector *c, struct sample *s, const struct pass *pass);
/* Copies the bytes of all locks that are waited on. Returns their waiters' number. */
size_t collect__read_locks(struct collector *c, const struct sample *s);
/* Snapshot: lock_address of those that wait on a word elsewhere becomes the lock's own, or 0 if it is not
 * found. pass: what s was made from, a record a thread. */
void collect__find_objects(struct collector *c, struct sample *s, const struct pass *pass);
/* Marks the threads that did not run between the two passes. */
void collect__steady(struct sample *s, const struct pass *before, const struct pass *after);
/* The others as the second pass shows them. */
void collect__take_newer(struct sample *s, const struct pass *before, const struct pass *after);
/* Marks those that may own a waited lock and ran since the first pass. Returns how many. */
size_t collect__moved_owners(struct collector *c, const struct sample *s, bool *moved);
/* Reads the kernel side's tables into s, sorted: that of files, */
int collect__files(struct collector *c, struct sample *s);
/* and all others, after the pass. */
int collect__totals(struct collector *c, struct sample *s);
struct sample_process *collect__find_process(struct sample *s, pid_t pid);
/* Both clocks, and the host's names. */
void collect__clocks(struct sample *s);
/* What threadscope itself has used up to now. */
void collect__own_cost(struct sample *s);
void collect__losses(struct collector *c, struct sample *s, const struct pass *pass);
/* Limits on threads, of processes that have made some. */
void collect__limits(struct collector *c, struct sample *s);
/* Named, in a. */
struct call_stack collect__kernel_frames(struct collector *c, struct arena *a, const struct bare_frames *b);
/* Slow calls of the files that s has. */
int collect__slow_calls(struct collector *c, struct sample *s);
/* All that the kernel side has of a file, which begins anew. */
void collect__forget_file(struct collector *c, const struct sample_file *file, bool ended);
/* When a call on it ended last, on the kernel side's clock; 0: none has. */
static inline uint64_t file_last_used(const struct ts_file *t)
{
	return t->last_ns > t->last_sync_ns ? t->last_ns : t->last_sync_ns;
}

/* Keeps the kernel's tables from filling: rows long unused make room. */
void collect__evict(struct collector *c, struct sample *s);

#endif
