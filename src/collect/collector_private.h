/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_COLLECT_COLLECTOR_PRIVATE_H
#define TS_COLLECT_COLLECTOR_PRIVATE_H

#include "collect/collector.h"
#include "collect/devices.h"
#include "collect/files/call_addresses.h"
#include "collect/files/call_files.h"
#include "collect/files/file_names.h"
#include "collect/files/ipc_waits.h"
#include "go/collect/go_live.h"
#include "python/collect/python_locks.h"
#include "ruby/collect/ruby_locks.h"
#include "java/collect/java_threads.h"
#include "collect/stacks/kernel_names.h"
#include "collect/locks/locks.h"
#include "collect/files/mapped_files.h"
#include "collect/links/links.h"
#include "collect/files/resolver_waits.h"
#include "collect/files/server_waits.h"
#include "collect/stacks/stack_table.h"
#include "collect/stacks/stacks.h"
#include "collect/targets/origins.h"
#include "collect/threads/threads.h"
#include "collect/threads/walks.h"
#include "collect/files/socket_waits.h"
#include "collect/threads/busy_threads.h"
#include "collect/waiters/lock_holders.h"
#include "collect/waiters/lock_objects.h"
#include "collect/waiters/lock_reuse.h"
#include "collect/waiters/lock_waiters.h"
#include "collect/waiters/spinners.h"
#include "util/pid_table.h"

struct ended_process {
	pid_t pid;
	bool left; /* it lives, but is no target any more */
	int exit_code;
	char comm[TS_COMM_LEN];
};

struct timed_call; /* timed_calls.c */
struct timed_calls {
	struct timed_call *rows; /* as last read */
	size_t count, room;
};

struct collector {
	struct probes *probes;
	struct collector_options options;
	struct targets *targets;
	struct stacks *stacks;
	struct locks *locks;
	struct file_names *names;
	struct mapped_files *mapped; /* NULL: not requested */
	struct walks *walks;
	struct u64_table blocked; /* how often threads that ran had blocked: busy_threads__sample */
	struct go_live *go;
	struct python_stacks *python;
	struct ruby_stacks *ruby;
	struct java_threads *java;
	struct server_waits *servers;
	struct socket_waits *sockets;
	struct links *links;
	struct devices *devices;
	struct kernel_names *kernel;
	struct ended_process *ended; /* not yet reported */
	size_t ended_count, ended_room;
	struct ts_stack_key *creator_keys; /* the kernel side's rows, as last read */
	size_t creator_key_count, creator_key_room;
	uint64_t maps_bytes;       /* kernel memory of the probes' maps; 0: not read yet */
	unsigned maps_changes;     /* devices__changes when it was read */
	struct pid_table *writers; /* enum line_writers of each process */
	struct pid_table *comms;   /* char[TS_COMM_LEN + 1] of processes that started or executed a program */
	struct origins *origins;   /* NULL: not requested */
	uint64_t first_ns;         /* when the first sample was taken */
	bool storage_known;        /* the kernel counts bytes of storage by thread */
	uint64_t evicted_ns;       /* when rows of locks last made room, with what they knew; 0: not yet */
	struct timed_calls calls;
};

/* A process that started, ended, executed another program, or is no target any more. */
void collect__process_event(struct collector *c, const struct ts_event_process *e);
/* Marks the first count ended processes in s, takes those out that left before anything was seen of them, and
 * names those that began after the pass; */
void collect__note_ended(struct collector *c, struct sample *s, size_t count);
/* and drops them once they are in a sample. */
void collect__forget_ended(struct collector *c, struct sample *s, size_t count);
/* Reads the kernel side's tables into s, sorted: that of files, */
int collect__files(struct collector *c, struct sample *s);
/* and all others, after the pass. */
int collect__totals(struct collector *c, struct sample *s);
struct sample_process *collect__find_process(struct sample *s, pid_t pid);
/* Both clocks, and the host's names. */
void collect__clocks(struct sample *s);
/* threadscope's own resource usage so far. */
void collect__own_cost(struct collector *c, struct sample *s);
void collect__losses(struct collector *c, struct sample *s, const struct pass *pass);
/* Thread limits of processes that created threads. */
void collect__limits(struct collector *c, struct sample *s);
/* Who writes the lines of each process. */
void collect__line_writers(struct collector *c, struct sample *s);
/* Threads that wait for a lock by running: spinners__mark. */
void collect__spinners(struct collector *c, struct sample *s, const struct pass *pass,
		       const struct bare_stack *running);
/* Likely holders of locks that keep no owner. pass: what s was made from. */
void collect__lock_holders(struct collector *c, struct sample *s, const struct pass *pass);
/* Slow calls of the files of s. */
int collect__slow_calls(struct collector *c, struct sample *s);
/* Calls timed by call and place, if they are wanted; */
int collect__timed_calls(struct collector *c, struct sample *s);
/* of a process that has ended: their rows are no longer needed; */
void collect__forget_calls(struct collector *c, struct sample *s, pid_t pid);
/* and room for others. All three of one sample. */
void collect__evict_calls(struct collector *c, struct sample *s);
void timed_calls__free(struct timed_calls *l);
/* Deletes the kernel side's data of a file, whose counts restart. */
void collect__forget_file(struct collector *c, const struct sample_file *file, bool ended);
/* When a call on it last ended, on the kernel side's clock; 0: never. */
static inline uint64_t file_last_used(const struct ts_file *t)
{
	return t->last_ns > t->last_sync_ns ? t->last_ns : t->last_sync_ns;
}

/* For struct go_threads_now: a thread has not run since the pass that the sample was made of. */
struct threads_again {
	struct collector *c;
	const struct pass *pass;
};
void collect__look_again(void *arg, const struct sample *s, bool *same);

/* What Java virtual machines know of the threads of s, which was made of pass. */
void collect__java(struct collector *c, struct sample *s, const struct pass *pass, bool snapshot);

/* Keeps the kernel's tables from filling up: long unused rows make room. */
void collect__evict(struct collector *c, struct sample *s);

#endif
