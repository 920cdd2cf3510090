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
#define PIPE_ENDS     8
#define TIMER_KINDS   16
#define LOCK_HOLDERS  4

enum goroutine_detail { /* what is gathered of them */
			GOROUTINE_GROUPS,
			GOROUTINE_BRIEF,       /* groups, without labels and descriptors */
			GOROUTINE_BRIEF_PEERS, /* the same, with peer_seen of those that are new */
			GOROUTINE_ALL_PEERS,   /* the same, with peer_seen of all */
			GOROUTINE_LIST,        /* each one, too */
			GOROUTINE_LABEL_SETS,  /* of each group, which labels its goroutines have together */
};

enum go_target { /* what a goroutine waits on, where it has an address or a number */
		 GO_TARGET_NONE,
		 GO_TARGET_CHAN,
		 GO_TARGET_SELECT,    /* the first channel of several, or the first full one */
		 GO_TARGET_SEMAPHORE, /* mutex, wait group, condition: the address of its semaphore */
		 GO_TARGET_SLEEP,
		 GO_TARGET_FD,
};

/* clang-format off */
#define GO_WAIT_FIELDS(F) \
	F(enum go_target, target, ENUM(GO_TARGET_FD + 1), "", "what it waits on") \
	F(uint64_t, address, NUMBER, "", "of channel or semaphore; 0: not known") \
	F(uint64_t, len, NUMBER, "elements", "in the channel") \
	F(uint64_t, cap, NUMBER, "elements", "that the channel has room for") \
	F(bool, closed, FLAG, "", "the channel is") \
	F(uint32_t, cases, NUMBER, "", "of a select") \
	F(uint32_t, elem_bytes, NUMBER, "bytes", "of an element of the channel") \
	F(uint64_t, wake_ns, NUMBER, "ns", "end of a sleep, CLOCK_MONOTONIC; 0: not known") \
	F(int, fd, OR_MINUS_1, "", "-1: none or not known") \
	F(bool, fd_write, FLAG, "", "it waits to write; otherwise to read") \
	F(const char *, file, TEXT, "", "what fd is: \"socket to 10.0.0.7:443\", \"pipe:[123]\"; NULL: not known") \
	F(const char *, peer, TEXT, "", "the address of fd's other end, or of a pipe who has it; NULL: not known")
struct go_wait {
	GO_WAIT_FIELDS(FIELD_MEMBER)
};

#define GO_LABEL_FIELDS(F) \
	F(const char *, key, NAME, "", "of the label") \
	F(const char *, value, NAME, "", "of the label") \
	F(uint64_t, count, NUMBER, "goroutines", "of the group that have it")
struct go_label {
	GO_LABEL_FIELDS(FIELD_MEMBER)
};

/* All the labels of some goroutines of a group. */
#define GO_LABEL_SET_FIELDS(F) \
	F(uint64_t, count, NUMBER, "goroutines", "that have just these") \
	F(const struct go_label, labels, LIST(label_count), "", "by key; their counts have no meaning")
struct go_label_set {
	GO_LABEL_SET_FIELDS(FIELD_MEMBER)
};

/* A process that has the other end of pipes that goroutines wait on. */
#define GO_PIPE_END_FIELDS(F) \
	F(const char *, name, NAME, "", "of the process; \"\": not known") \
	F(pid_t, pid, PID, "", "of the process") \
	F(uint64_t, count, NUMBER, "goroutines", "whose pipe it has")
struct go_pipe_end {
	GO_PIPE_END_FIELDS(FIELD_MEMBER)
};

#define GO_GROUP_FIELDS(F) \
	F(uint64_t, id, NUMBER, "", "of state, stack and creator: the same in each reading of a process") \
	F(const char *, state, NAME, "", "as Go says: \"chan receive\"") \
	F(bool, system, FLAG, "", "the runtime's own") \
	F(bool, compared, FLAG, "", "with a reading before: left is known") \
	F(bool, targets_more, FLAG, "", "targets is GROUP_TARGETS, and there are more") \
	F(uint64_t, count, NUMBER, "goroutines", "in it") \
	F(uint64_t, goids, ROOM(GROUP_GOIDS, goid_count), "", "lowest first, as many as there are") \
	F(uint64_t, wait_known, NUMBER, "goroutines", "whose wait is known; the others have none") \
	F(uint64_t, wait_exact, NUMBER, "goroutines", "of these, whose wait has been measured") \
	F(uint64_t, wait_least, NUMBER, "goroutines", "of these, seen to wait: theirs is a lower bound") \
	F(uint64_t, wait_min_ns, NUMBER, "ns", "the shortest known wait") \
	F(uint64_t, wait_max_ns, NUMBER, "ns", "the longest known wait") \
	F(struct go_wait, wait, STRUCT, "", "of one of them") \
	F(uint64_t, targets, AT_MOST(GROUP_TARGETS), "", "different addresses or descriptors; 1: the one in wait") \
	F(const char *, peer, TEXT, "", "other end of all their sockets; NULL: not known, or they differ") \
	F(uint64_t, behind, NUMBER, "goroutines", "of any group that wait on wait.address") \
	F(uint64_t, locked, NUMBER, "goroutines", "locked to their thread") \
	F(uint64_t, left, NUMBER, "goroutines", "of the reading before that have ended or run since") \
	F(uint64_t, stack_bytes, NUMBER, "bytes", "the sizes of their stacks, together") \
	F(struct call_stack, stack, STRUCT, "", "what Go's own traceback shows; count 0: end says why") \
	F(struct frame, created_by, STRUCT, "", "function NULL: not known") \
	F(uint64_t, creator_goid, NUMBER, "", "0: not known, or they differ") \
	F(bool, creators_differ, FLAG, "", "not all were created by the same goroutine") \
	F(struct go_label, labels, ROOM(GROUP_LABELS, label_count), "", "the most common ones") \
	F(uint64_t, labels_more, NUMBER, "", "different labels beyond these") \
	F(const struct go_label_set, sets, LIST(set_count), "", "if asked for; not of goroutines without labels") \
	F(pid_t, tids, LIST(tid_count), "", "the threads they are on, as threadscope sees them") \
	F(const char *, peer_seen, TEXT, "", "other end of their sockets, as far as looked at; NULL: not known, or they differ") \
	F(uint64_t, peers_seen, NUMBER, "goroutines", "whose sockets were looked at") \
	F(uint64_t, leaked, NUMBER, "goroutines", "that leaks of the reading counts") \
	F(uint64_t, leaked_goids, ROOM(GROUP_GOIDS, leaked_goid_count), "", "some of these") \
	F(struct go_pipe_end, pipe_ends, ROOM(PIPE_ENDS, pipe_end_count), "", "most goroutines first") \
	F(uint64_t, pipe_ends_more, NUMBER, "processes", "beyond these") \
	F(uint64_t, pipes_seen, NUMBER, "goroutines", "whose pipe was looked at, and has a known other end") \
	F(bool, pipe_write, FLAG, "", "they wait to write: the other ends are those to read from")
struct go_group {
	GO_GROUP_FIELDS(FIELD_MEMBER)
};
/* clang-format on */

/* Of a group that waits on one thing only, that; else a wait on nothing. */
const struct go_wait *go_group__one(const struct go_group *g);

/* clang-format off */
/* One goroutine, for the full list. */
#define GO_ROW_FIELDS(F) \
	F(uint64_t, goid, NUMBER, "", "its number") \
	F(uint64_t, parent, NUMBER, "", "who created it; 0: not known") \
	F(uint64_t, wait_ns, NUMBER, "ns", "how long it has waited") \
	F(size_t, group, NUMBER, "", "index of its group") \
	F(struct go_wait, wait, STRUCT, "", "what it waits on") \
	F(const struct go_label, labels, LIST(label_count), "", "its own; their counts have no meaning") \
	F(pid_t, tid, ID, "", "0: on no thread") \
	F(bool, wait_known, FLAG, "", "wait_ns is") \
	F(bool, wait_exact, FLAG, "", "wait_ns has been measured") \
	F(bool, locked, FLAG, "", "to its thread") \
	F(bool, scanning, FLAG, "", "by the garbage collector") \
	F(bool, moved, FLAG, "", "its stack changed while it was read") \
	F(bool, wait_least, FLAG, "", "so long it has been seen to wait")
struct go_row {
	GO_ROW_FIELDS(FIELD_MEMBER)
};

/* A goroutine that receives from a channel, at the moment when it was looked for. */
#define GO_READER_FIELDS(F) \
	F(uint64_t, goid, NUMBER, "", "its number") \
	F(const char *, state, NAME, "", "as of groups") \
	F(const char *, function, TEXT, "", "its own that receives; NULL: not known") \
	F(pid_t, tid, ID, "", "0: on no thread") \
	F(struct go_wait, wait, STRUCT, "", "only of a descriptor") \
	F(bool, wait_known, FLAG, "", "wait_ns is") \
	F(bool, wait_exact, FLAG, "", "wait_ns has been measured") \
	F(uint64_t, wait_ns, NUMBER, "ns", "how long it has waited") \
	F(struct call_stack, stack, STRUCT, "", "its innermost frames, as Go's own traceback shows them")
struct go_reader {
	GO_READER_FIELDS(FIELD_MEMBER)
};

/* A full or unbuffered channel with blocked senders. The evidence: the channel is in a
 * "frame" of a function that receives, in a "variable" that it reads, or in an "object" that its frame points
 * to. */
#define GO_QUEUE_FIELDS(F) \
	F(uint64_t, address, NUMBER, "", "of the channel") \
	F(uint64_t, len, NUMBER, "elements", "in it") \
	F(uint64_t, cap, NUMBER, "elements", "that it has room for") \
	F(uint64_t, senders, NUMBER, "goroutines", "that wait, also in a select where it has a buffer") \
	F(bool, wait_known, FLAG, "", "of one of them, at least") \
	F(uint64_t, wait_max_ns, NUMBER, "ns", "approximate, as in go_group") \
	F(uint64_t, wait_sure_ns, NUMBER, "ns", "the longest wait that was measured or observed; 0: none was") \
	F(const char *, evidence, TEXT, "", "how the readers are known; NULL: none is known") \
	F(bool, likely, FLAG, "", "no more: that function may receive from another and send to this one") \
	F(struct go_reader, readers, ROOM(QUEUE_READERS, reader_count), "", "the receivers") \
	F(uint64_t, readers_more, NUMBER, "goroutines", "beyond these")
struct go_queue {
	GO_QUEUE_FIELDS(FIELD_MEMBER)
};

enum go_lock_kind {
	GO_LOCK_MUTEX,
	GO_LOCK_RWMUTEX,
	GO_LOCK_FILE, /* of a file or connection, for writing or reading: internal/poll */
	GO_LOCK_WAIT_GROUP,
};
#define GO_LOCK_KINDS (GO_LOCK_WAIT_GROUP + 1)

const char *go_lock__kind_name(enum go_lock_kind kind); /* "sync.Mutex" */

/* A goroutine that likely holds a lock, by its frames: Go's locks keep no owner. */
#define GO_HOLDER_FIELDS(F) \
	F(struct go_reader, who, STRUCT, "", "function: its own that has locked it") \
	F(bool, read, FLAG, "", "for reading; a file's: the part of readers") \
	F(bool, stays, FLAG, "", "it has not run until all of this was read") \
	F(struct frame, locked_at, STRUCT, "", "in that function; function NULL: not known") \
	F(uint64_t, waits_for, NUMBER, "", "address of the lock that it waits for itself; 0: none")
struct go_holder {
	GO_HOLDER_FIELDS(FIELD_MEMBER)
};

/* A lock or wait group that goroutines wait for. */
#define GO_LOCK_FIELDS(F) \
	F(uint64_t, address, NUMBER, "", "of the lock") \
	F(enum go_lock_kind, kind, ENUM(GO_LOCK_KINDS), "", "of the lock") \
	F(const char *, name, TEXT, "", "its variable, or its type, with its field: \"main.logging.mu\"; NULL: not known") \
	F(uint64_t, waiters, NUMBER, "goroutines", "that wait for it") \
	F(uint64_t, readers, NUMBER, "goroutines", "of these, to read") \
	F(uint64_t, goids, ROOM(GROUP_GOIDS, goid_count), "", "some that wait") \
	F(const char *, function, TEXT, "", "that most of them have called Lock in; NULL: not known") \
	F(bool, wait_known, FLAG, "", "of one of them, at least") \
	F(uint64_t, wait_max_ns, NUMBER, "ns", "approximate, as in go_group") \
	F(uint64_t, wait_sure_ns, NUMBER, "ns", "the longest wait that was measured or observed; 0: none was") \
	F(bool, state_known, FLAG, "", "locked, active_readers and counter are") \
	F(bool, locked, FLAG, "", "not of a wait group") \
	F(uint64_t, active_readers, NUMBER, "goroutines", "that have an RWMutex for reading") \
	F(uint64_t, counter, NUMBER, "", "of a wait group: calls of Done that it still waits for") \
	F(struct go_holder, holders, ROOM(LOCK_HOLDERS, holder_count), "", "those that are known; some read locks have others") \
	F(uint64_t, holders_more, NUMBER, "goroutines", "beyond these")
struct go_lock {
	GO_LOCK_FIELDS(FIELD_MEMBER)
};

#define GO_SCHEDULER_FIELDS(F) \
	F(bool, known, FLAG, "", "the rest is") \
	F(uint64_t, goroutines, NUMBER, "goroutines", "as runtime.NumGoroutine()") \
	F(uint64_t, system, NUMBER, "goroutines", "the runtime's own beside these") \
	F(uint64_t, procs, NUMBER, "", "Ps") \
	F(uint64_t, idle_procs, NUMBER, "", "of these, without work") \
	F(uint64_t, threads, NUMBER, "threads", "Ms") \
	F(uint64_t, idle_threads, NUMBER, "threads", "of these, without work") \
	F(uint64_t, queued_global, NUMBER, "goroutines", "runnable, in the queue of all Ps") \
	F(uint64_t, queued_local, NUMBER, "goroutines", "runnable, in the queues of single Ps") \
	F(bool, gc_known, FLAG, "", "gc_running is") \
	F(bool, gc_running, FLAG, "", "the garbage collector runs")
struct go_scheduler {
	GO_SCHEDULER_FIELDS(FIELD_MEMBER)
};

#define GO_STATE_FIELDS(F) \
	F(const char *, state, NAME, "", "as of groups") \
	F(uint64_t, count, NUMBER, "goroutines", "in it")
struct go_state {
	GO_STATE_FIELDS(FIELD_MEMBER)
};

/* The search for goroutines that nothing can wake: what they wait for is referenced by nobody else. */
#define GO_LEAKS_FIELDS(F) \
	F(bool, looked, FLAG, "", "it was asked for") \
	F(const char *, problem, TEXT, "", "why nothing is known, one sentence; NULL: the rest is") \
	F(uint64_t, waiting, NUMBER, "goroutines", "that wait for a channel, a lock or a condition") \
	F(uint64_t, leaked, NUMBER, "goroutines", "of these, in each reading") \
	F(uint64_t, readings, NUMBER, "", "that agree") \
	F(bool, whole, FLAG, "", "all that can be reached was read, in each of them") \
	F(uint64_t, running, NUMBER, "", "goroutine that ran in each, with registers that are not seen; 0: none") \
	F(bool, moving, FLAG, "", "readings contradict each other: what is read changes too much meanwhile") \
	F(uint64_t, heap_bytes, NUMBER, "bytes", "of the heap, in use or not yet collected") \
	F(uint64_t, read_bytes, NUMBER, "bytes", "that were searched, in the largest reading") \
	F(uint64_t, took_ns, NUMBER, "ns", "all of it")
struct go_leaks {
	GO_LEAKS_FIELDS(FIELD_MEMBER)
};

/* Timers that call the same function. */
#define GO_TIMER_KIND_FIELDS(F) \
	F(const char *, function, NAME, "", "of the runtime or library: \"time.sendTime\"; \"\": not known") \
	F(const char *, runs, TEXT, "", "of time.AfterFunc what it runs; NULL: another one, or not known") \
	F(bool, periodic, FLAG, "", "as of a time.Ticker") \
	F(uint64_t, count, NUMBER, "timers", "that wait")
struct go_timer_kind {
	GO_TIMER_KIND_FIELDS(FIELD_MEMBER)
};

/* Timers in the heaps of the Ps. From Go 1.23 on those of channels are there only while a goroutine waits. */
#define GO_TIMERS_FIELDS(F) \
	F(bool, known, FLAG, "", "the rest is") \
	F(uint64_t, total, NUMBER, "timers", "that wait, stopped ones not counted") \
	F(struct go_timer_kind, kinds, ROOM(TIMER_KINDS, kind_count), "", "most timers first") \
	F(uint64_t, more, NUMBER, "timers", "of other kinds")
struct go_timers {
	GO_TIMERS_FIELDS(FIELD_MEMBER)
};

/* All goroutines of one program, as they were read. */
#define GO_READING_FIELDS(F) \
	F(const char *, version, TEXT, "", "\"go1.24.4\"; NULL: not known") \
	F(const char *, problem, TEXT, "", "why they cannot be read, one sentence; NULL: they could") \
	F(bool, unsure, FLAG, "", "not even known whether it is a Go program; there is only problem") \
	F(uint64_t, total, NUMBER, "goroutines", "without the runtime's own") \
	F(uint64_t, system, NUMBER, "goroutines", "the runtime's own") \
	F(struct go_scheduler, scheduler, STRUCT, "", "") \
	F(struct go_group, groups, LIST(group_count), "", "most goroutines first, the runtime's own last") \
	F(struct go_row *, list, UNSAVED, "", "if asked for: in the order of their creation; else NULL") \
	F(size_t, list_count, UNSAVED, "", "") \
	F(struct go_state, states, LIST(state_count), "", "without the runtime's own, most first") \
	F(struct go_queue, queues, LIST(queue_count), "", "most senders first") \
	F(uint64_t, queues_more, NUMBER, "channels", "beyond these") \
	F(uint64_t, lost_moved, NUMBER, "goroutines", "without a stack: it changed each time it was read") \
	F(uint64_t, lost_unreadable, NUMBER, "goroutines", "that could not be read") \
	F(uint64_t, lost_stacks, NUMBER, "goroutines", "whose stack could not be read") \
	F(uint64_t, lost_more, NUMBER, "goroutines", "beyond what is read") \
	F(struct go_lock, locks, LIST(lock_count), "", "most waiters first") \
	F(uint64_t, locks_more, NUMBER, "locks", "beyond these") \
	F(struct go_leaks, leaks, STRUCT, "", "") \
	F(struct go_timers, timers, STRUCT, "", "")
struct go_reading {
	GO_READING_FIELDS(FIELD_MEMBER)
};
/* clang-format on */

/* Several whole readings agree. Memory moves while it is read, so that one of them may err. */
bool go_leaks__sure(const struct go_leaks *l);

#endif
