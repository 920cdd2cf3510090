/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The goroutines of one Go program at one instant, put together by equal stack,
 * state and creator. Plain data. Text in here comes from outside.
 */
#ifndef TS_FACTS_GOROUTINES_H
#define TS_FACTS_GOROUTINES_H

#include <sys/types.h>

#include "facts/kinds.h"
#include "facts/stack.h"

#define GROUP_GOIDS   10 /* of a group, the first ones are named */
#define GROUP_TARGETS 64
#define GROUP_LABELS  8 /* most common ones */
#define QUEUE_READERS 8

enum goroutine_detail { /* what is gathered of them */
			GOROUTINE_GROUPS,
			GOROUTINE_BRIEF,      /* groups, without labels and descriptors */
			GOROUTINE_LIST,       /* each one, too */
			GOROUTINE_LABEL_SETS, /* of each group, which labels its goroutines have together */
};

enum go_target { /* what a goroutine waits on, where it has an address or a number */
		 GO_TARGET_NONE,
		 GO_TARGET_CHAN,
		 GO_TARGET_SELECT,    /* the first channel of several, or the first full one */
		 GO_TARGET_SEMAPHORE, /* mutex, wait group, condition: the address of its semaphore */
		 GO_TARGET_SLEEP,
		 GO_TARGET_FD,
};

struct go_wait {
	enum go_target target;
	uint64_t address;  /* of channel or semaphore; 0: not known */
	uint64_t len, cap; /* of a channel */
	bool closed;
	uint32_t cases;      /* of a select */
	uint32_t elem_bytes; /* of a channel */
	uint64_t wake_ns;    /* of a sleep, CLOCK_MONOTONIC; 0: not known */
	int fd;              /* -1: none or not known */
	bool fd_write;       /* it waits to write, else to read */
	/* Of fd, where they are known: what it is ("socket to 10.0.0.7:443", "pipe:[123]"), and the other
	 * end's address. */
	const char *file, *peer;
};

struct go_label {
	const char *key, *value;
	uint64_t count; /* goroutines of the group that have it */
};

/* All the labels of some goroutines of a group. */
struct go_label_set {
	uint64_t count;
	const struct go_label *labels; /* by key; their counts say nothing */
	size_t label_count;
};

struct go_group {
	uint64_t id;       /* of state, stack and creator: the same in each reading of a process */
	const char *state; /* as Go says: "chan receive" */
	bool system;       /* the runtime's own */
	bool compared;     /* with a reading before: left is known */
	bool targets_more; /* targets is GROUP_TARGETS, and there are more */
	uint64_t count;
	uint64_t goids[GROUP_GOIDS]; /* lowest first, as many as there are */
	size_t goid_count;
	uint64_t wait_known; /* of how many the wait is known; the others have none */
	uint64_t wait_exact; /* and of how many it has been measured */
	uint64_t wait_least; /* of how many it is at least that: so long they have been seen to wait */
	uint64_t wait_min_ns, wait_max_ns;
	struct go_wait wait; /* of one of them */
	uint64_t
		targets; /* on how many different addresses or descriptors they wait; 1: on the one in wait */
	const char *peer;        /* the other end of all their sockets; NULL: not known, or they differ */
	uint64_t behind;         /* goroutines of any group that wait on wait.address */
	uint64_t locked;         /* how many are locked to their thread */
	uint64_t left;           /* that were in it then, and have ended or run since */
	uint64_t stack_bytes;    /* the sizes of their stacks, together */
	struct call_stack stack; /* what Go's own traceback shows; count 0: end says why */
	struct frame created_by; /* function NULL: not known */
	uint64_t creator_goid;   /* 0: not known, or they differ */
	bool creators_differ;
	struct go_label labels[GROUP_LABELS];
	size_t label_count;
	uint64_t labels_more; /* different labels beyond these */
	/* Where they were asked for. Goroutines without labels are in none. */
	const struct go_label_set *sets;
	size_t set_count;
	pid_t *tids; /* the threads they are on, as threadscope sees them */
	size_t tid_count;
};

/* One goroutine, for the full list. */
struct go_row {
	uint64_t goid, parent; /* parent 0: not known */
	uint64_t wait_ns;
	size_t group; /* index */
	struct go_wait wait;
	const struct go_label *labels;
	uint32_t label_count;
	pid_t tid; /* 0: on none */
	bool wait_known, wait_exact, locked, scanning, moved;
	bool wait_least; /* so long it has been seen to wait */
};

/* Who receives from a channel, at the moment when it was looked for. */
struct go_reader {
	uint64_t goid;
	const char *state;    /* as of groups */
	const char *function; /* its own that receives; NULL: not known */
	pid_t tid;            /* 0: on no thread */
	struct go_wait wait;  /* only of a descriptor */
	bool wait_known, wait_exact;
	uint64_t wait_ns;
};

/* A channel, full or without a buffer, that goroutines wait to send to. */
struct go_queue {
	uint64_t address, len, cap;
	uint64_t senders;     /* that wait, also in a select where the channel has a buffer */
	bool wait_known;      /* of one of them, at least */
	uint64_t wait_max_ns; /* about, as go_group has it */
	/* How the readers are known: the channel is in a "frame" of a function that receives, in a "variable"
	 * that it reads, or in an "object" that its frame points to. NULL: none is known. */
	const char *evidence;
	bool likely; /* no more than that: that function may as well receive from another and send to this one
		      */
	struct go_reader readers[QUEUE_READERS];
	size_t reader_count;
	uint64_t readers_more;
};

struct go_scheduler {
	bool known;
	uint64_t goroutines, system; /* as runtime.NumGoroutine(), and the runtime's own beside these */
	uint64_t procs, idle_procs;
	uint64_t threads, idle_threads;
	uint64_t queued_global, queued_local;
	bool gc_known, gc_running;
};

/* Of a group that waits on one thing only, that; else a wait on nothing. */
const struct go_wait *go_group__one(const struct go_group *g);

struct go_state {
	const char *state;
	uint64_t count;
};

/* All goroutines of one program, as they were read. */
struct go_reading {
	const char *version; /* "go1.24.4"; NULL: not known */
	const char *problem; /* why they cannot be read, one sentence; NULL: they could */
	bool unsure;         /* not even known whether it is a Go program; there is only problem */
	uint64_t total;      /* without the runtime's own */
	uint64_t system;
	struct go_scheduler scheduler;
	struct go_group *groups; /* most goroutines first, the runtime's own last */
	size_t group_count;
	struct go_row *list; /* as asked for: in the order of their making; else NULL */
	size_t list_count;
	struct go_state *states; /* without the runtime's own, most first */
	size_t state_count;
	struct go_queue *queues; /* most senders first */
	size_t queue_count;
	uint64_t queues_more;
	uint64_t lost_moved, lost_unreadable, lost_stacks, lost_more;
};

#endif
