/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts of one instant, with names already looked up: the collector gathers them from the kernel and the
 * target, and the model knows nothing else. Plain data without handles: it can be saved to a file and
 * replayed. A field is one row here (util/field.h): the struct and the saved form are made from it.
 */
#ifndef TS_FACTS_SAMPLE_H
#define TS_FACTS_SAMPLE_H

#include "bpf/threadscope.h"
#include "facts/devices.h"
#include "facts/goroutines.h"
#include "facts/links.h"
#include "facts/slow_calls.h"
#include "facts/thread_limits.h"
#include "facts/timed_calls.h"
#include "util/arena.h"

/* clang-format off */
#define SAMPLE_PROCESS_FIELDS(F) \
	F(pid_t, pid, PID, "", "") \
	F(const char *, comm, NAME, "", "its name, as its main thread's") \
	F(const char *, unit, TEXT, "", "its container or systemd unit; NULL: neither, or not known") \
	F(uint64_t, uptime_ns, NUMBER, "ns", "since it was started; 0: not known") \
	F(uint64_t, created, NUMBER, "threads", "since attach") \
	F(uint64_t, exited, NUMBER, "threads", "since attach") \
	F(uint64_t, threads, NUMBER, "threads", "the kernel's count") \
	F(bool, ended, FLAG, "", "the process has") \
	F(bool, exit_known, FLAG, "", "how it ended is") \
	F(int, exit_code, NUMBER, "", "then: as wait() gives it") \
	F(enum line_writers, writers, ENUM(WRITERS_MOVE + 1), "", "who writes its lines") \
	F(bool, has_limits, FLAG, "", "limits are read: only when it grows") \
	F(struct thread_limits, limits, STRUCT, "", "how many threads it may still have") \
	F(const char *, command, TEXT, "", "its command line or title; NULL: none, or not known") \
	F(bool, titled, FLAG, "", "that is a title, which it has set") \
	F(bool, storage_known, FLAG, "", "the kernel counts the following two") \
	F(uint64_t, read_bytes, NUMBER, "bytes", "from storage, of the process's threads since it was started, but for those " \
	  "that ended before attach") \
	F(uint64_t, dirtied_bytes, NUMBER, "bytes", "of pages that they made dirty, the same") \
	F(bool, d_known, FLAG, "", "the following is") \
	F(uint64_t, d_ns, NUMBER, "ns", "in state D, of all threads since attach") \
	F(uint64_t, unanswered, NUMBER, "", "readings of its memory or its lists without a timely answer, since start")
struct sample_process {
	SAMPLE_PROCESS_FIELDS(FIELD_MEMBER)
};

/* io_*: of the write or sync in flight. */
#define SAMPLE_THREAD_FIELDS(F) \
	F(pid_t, pid, PID, "", "its process") \
	F(pid_t, tid, PID, "", "") \
	F(pid_t, ns_tid, ID, "", "its TID in its own namespace") \
	F(uint64_t, blocked_ns, NUMBER, "ns", "since it last ran") \
	F(uint64_t, waiting_ns, NUMBER, "ns", "since its wait began: the call, or its first try; 0: as blocked_ns") \
	F(bool, at_least, FLAG, "", "the wait may have begun before that") \
	F(uint64_t, age_ns, NUMBER, "ns", "since its creation") \
	F(struct ts_account, account, STRUCT, "", "the scheduler's") \
	F(uint64_t, waits, NUMBER, "", "since attach, the one in flight included") \
	F(uint64_t, wait_ns, NUMBER, "ns", "since attach, the wait in flight included") \
	F(const char *, name, NAME, "", "") \
	F(struct call_stack, stack, STRUCT, "", "user stack") \
	F(struct call_stack, kernel_stack, STRUCT, "", "") \
	F(uint64_t, args, ARRAY(6), "", "of the system call") \
	F(uint64_t, lock_address, NUMBER, "", "of the lock or futex word it waits on, 0: none") \
	F(pid_t, blocked_by, ID, "", "TID from the lock's own bytes, 0: not known") \
	F(long, syscall, OR_MINUS_1, "", "number of the system call; -1: not in a system call") \
	F(char, state, RANGE('!', '~'), "", "as in /proc: R, S, D, ...") \
	F(bool, blocked, FLAG, "", "") \
	F(enum wait_kind, kind, ENUM(WAIT_KINDS), "", "what for, if it is blocked") \
	F(bool, frozen, FLAG, "", "by its cgroup, if it is blocked") \
	F(bool, on_cpu, FLAG, "", "a CPU runs it") \
	F(bool, throttled, FLAG, "", "runnable, and its cgroup has used up its CPU quota") \
	F(struct ts_halt, halt, STRUCT, "", "why it does not run though nothing that it does keeps it") \
	F(bool, steady, FLAG, "", "it did not run while the locks were read") \
	F(bool, newer, FLAG, "", "it did, and is as it was afterwards") \
	F(bool, calls_unseen, FLAG, "", "it runs 32-bit code") \
	F(const char *, path, TEXT, "", "of the descriptor it waits on, or that its call names; NULL if none") \
	F(const char *, peer, TEXT, "", "the process reading the pipe; NULL if not known or asked for") \
	F(const char *, server, TEXT, "", "of the file that its call is on: \"fuse server of /mnt, sshfs (812)\"") \
	F(enum ts_io_kind, io_kind, ENUM(TS_IO_SYNC + 1), "", "TS_IO_NONE: none is in flight") \
	F(uint64_t, io_age_ns, NUMBER, "ns", "since it began") \
	F(bool, io_at_least, FLAG, "", "it may have begun before that") \
	F(uint64_t, io_bytes, NUMBER, "bytes", "asked for; 0: not known, or a sync") \
	F(int, io_fd, OR_MINUS_1, "", "its descriptor; -1: not known") \
	F(struct ts_file_key, io_file, STRUCT, "", "") \
	F(uint64_t, goid, NUMBER, "", "of the goroutine on it; 0: none, or no Go program") \
	F(bool, go_running, FLAG, "", "that goroutine runs; otherwise it is in a system call") \
	F(bool, wakes_itself, FLAG, "", "the call ends after a while, the wait does not: it looks at a Java monitor, or the GIL") \
	F(bool, collecting, FLAG, "", "Java: a garbage collection has stopped the threads of its process") \
	F(uint64_t, link, NUMBER, "", "the process that it waits for: number in the links, from 1; 0: none is known") \
	F(enum fifo_open, fifo, ENUM(FIFO_OPENS), "", "its call opens a FIFO that no other process has open") \
	F(bool, unanswered, FLAG, "", "it connects: a SYN was sent, and got no answer") \
	F(bool, resolves, FLAG, "", "a name: it waits for a name server, in the C library's resolver") \
	F(const char *, name_server, TEXT, "", "then: \"10.0.0.1:53\", or several; NULL: not known") \
	F(pid_t, file_locker, ID, "", "TID that has the kernel's lock of the file, which it waits for; 0: none, or not known") \
	F(bool, of_position, FLAG, "", "that lock is of the open file's position, not of the inode") \
	F(uint64_t, spins_for, NUMBER, "", "it tries in a loop to take this word, and runs or naps meanwhile; 0: it does not, or not known") \
	F(const char *, spins_in, TEXT, "", "then: the loop's function; NULL: not known") \
	F(bool, spins_for_lock, FLAG, "", "and that function's name says that the word is a lock") \
	F(const char *, spin_symbol, TEXT, "", "the variable that the word is in; NULL: not known") \
	F(pid_t, spin_holder, ID, "", "TID of the thread that likely holds it, as a function on its stack will give it back; 0: not known") \
	F(const char *, spin_holder_in, TEXT, "", "that function; NULL: not known")
struct sample_thread {
	SAMPLE_THREAD_FIELDS(FIELD_MEMBER)
};

#define SAMPLE_CREATOR_FIELDS(F) \
	F(pid_t, pid, PID, "", "its process") \
	F(uint64_t, stack_id, NUMBER, "", "0: not known") \
	F(uint64_t, created, NUMBER, "threads", "since attach") \
	F(uint64_t, exited, NUMBER, "threads", "of these, since attach") \
	F(struct call_stack, stack, STRUCT, "", "where they are created")
struct sample_creator {
	SAMPLE_CREATOR_FIELDS(FIELD_MEMBER)
};

#define SAMPLE_LOCK_FIELDS(F) \
	F(pid_t, pid, PID, "", "its process") \
	F(uint64_t, address, NUMBER, "", "of the lock") \
	F(uint64_t, word, NUMBER, "", "address of the futex word in it") \
	F(const char *, symbol, TEXT, "", "the variable's name; NULL: not known") \
	F(enum lock_kind, kind, ENUM(LOCK_KINDS), "", "") \
	F(pid_t, owner_tid, ID, "", "0: not known") \
	F(uint64_t, wait_ns, NUMBER, "ns", "of all threads, since attach") \
	F(uint64_t, last_ns, NUMBER, "ns", "when a thread last waited for it, CLOCK_MONOTONIC") \
	F(bool, evicted, FLAG, "", "its row in the kernel begins anew after this sample") \
	F(struct ts_latency, waits, STRUCT, "", "that have ended, since attach") \
	F(const char *, type, TEXT, "", "Java: class of the lock object; NULL: another lock") \
	F(const char *, native_type, TEXT, "", "of a language's lock: \"std::sync::Mutex\"; NULL: the C library's, or not known") \
	F(uint64_t, readers, NUMBER, "", "that hold it, by its own count; 0: none, or not known") \
	F(enum lock_likely, likely, ENUM(LOCK_LIKELY_KINDS), "", "what its likely holder is known by") \
	F(pid_t, likely_tid, ID, "", "that holder, where the lock keeps no owner; 0: not known") \
	F(const char *, likely_in, TEXT, "", "its function that will unlock it; NULL: not known") \
	F(uint64_t, held_ns, NUMBER, "ns", "for how long its owner has had it, at least; 0: not known") \
	F(pid_t, outside, ID, "", "its owner's TID, as the lock has it, where the process has no such thread; 0: none") \
	F(bool, by_virtual, FLAG, "", "Java: a virtual thread holds it, which is not seen") \
	F(uint64_t, watched_ns, NUMBER, "ns", "since when it is seen who wakes its waiters, CLOCK_MONOTONIC; 0: it is not") \
	F(uint64_t, woken_ns, NUMBER, "ns", "when a thread last woke one of them, CLOCK_MONOTONIC; 0: none since then") \
	F(pid_t, waker_tid, ID, "", "that thread; 0: none") \
	F(uint64_t, taken, NUMBER, "", "by readers while a writer has waited, at least; 0: not seen") \
	F(pid_t, reused, ID, "", "TID of a thread that has that of its owner, and was created after a thread began to wait for it; 0: none") \
	F(bool, as_lock, FLAG, "", "a semaphore: who gets it gives it back") \
	F(uint64_t, holders, NUMBER, "threads", "then: that likely hold it; 0: not known")
struct sample_lock {
	SAMPLE_LOCK_FIELDS(FIELD_MEMBER)
};

/* The slowest call of one kind on a file. */
#define SAMPLE_SLOW_FIELDS(F) \
	F(uint64_t, epoch, NUMBER, "", "the interval in which it ended") \
	F(uint64_t, end_ns, NUMBER, "ns", "when it ended, CLOCK_MONOTONIC") \
	F(struct slow_call, call, STRUCT, "", "")
struct sample_slow {
	SAMPLE_SLOW_FIELDS(FIELD_MEMBER)
};

#define SAMPLE_FILE_FIELDS(F) \
	F(struct ts_file_key, key, STRUCT, "", "") \
	F(const char *, path, NAME, "", "\"\" if not known") \
	F(const char *, fs, TEXT, "", "type of its file system; NULL if not known") \
	F(const char *, peer, TEXT, "", "at the other end of a pipe or socket; NULL if not known") \
	F(const char *, host_path, TEXT, "", "on this host, if it differs from path; else NULL") \
	F(bool, deleted, FLAG, "", "") \
	F(bool, open, FLAG, "", "its descriptor still leads to it") \
	F(bool, evicted, FLAG, "", "its row in the kernel begins anew after this sample") \
	F(struct ts_file, totals, STRUCT, "", "since attach") \
	F(struct slow_calls, slow_writes, STRUCT, "", "since attach") \
	F(struct slow_calls, slow_syncs, STRUCT, "", "since attach") \
	F(const struct sample_slow, slowest, OPTIONAL, "", "the slowest call since attach; NULL: none") \
	F(const struct sample_slow, slowest_lately, OPTIONAL, "", "and of the interval; NULL: none")
struct sample_file {
	SAMPLE_FILE_FIELDS(FIELD_MEMBER)
};

/* A write or sync by io_uring that has not ended. */
#define SAMPLE_REQUEST_FIELDS(F) \
	F(struct ts_request_key, id, STRUCT, "", "the kernel side's") \
	F(struct ts_file_key, key, STRUCT, "", "its file") \
	F(uint64_t, age_ns, NUMBER, "ns", "since it began") \
	F(uint64_t, bytes, NUMBER, "bytes", "asked for; 0: not known, or a sync") \
	F(enum ts_io_kind, io_kind, ENUM(TS_IO_SYNC + 1), "", "") \
	F(int, fd, OR_MINUS_1, "", "-1: not known") \
	F(pid_t, tid, ID, "", "the thread that submitted it") \
	F(const char *, name, NAME, "", "of that thread")
struct sample_request {
	SAMPLE_REQUEST_FIELDS(FIELD_MEMBER)
};

/* A file that a target has mapped shared and writable: its stores into it are no calls. */
#define SAMPLE_MAPPED_FIELDS(F) \
	F(pid_t, pid, PID, "", "its process") \
	F(const char *, path, NAME, "", "as the target sees it") \
	F(uint64_t, bytes, NUMBER, "bytes", "of all its mappings")
struct sample_mapped {
	SAMPLE_MAPPED_FIELDS(FIELD_MEMBER)
};

/* An observed Go program: the counts of its goroutines, and the last reading. */
#define SAMPLE_GO_FIELDS(F) \
	F(pid_t, pid, PID, "", "its process") \
	F(const char *, version, TEXT, "", "NULL: not known") \
	F(const char *, problem, TEXT, "", "why they cannot be counted, one sentence; NULL: they were") \
	F(uint64_t, count, NUMBER, "goroutines", "as struct goroutines_count, if problem is NULL") \
	F(uint64_t, system, NUMBER, "goroutines", "the runtime's own") \
	F(uint64_t, made, NUMBER, "goroutines", "created since the program's start") \
	F(bool, exact, FLAG, "", "the counts are") \
	F(uint64_t, procs, NUMBER, "", "GOMAXPROCS") \
	F(uint64_t, threads, NUMBER, "threads", "Ms; 0: not known") \
	F(uint64_t, threads_max, NUMBER, "threads", "that Go allows; 0: not known") \
	F(bool, timers_known, FLAG, "", "timers is") \
	F(uint64_t, timers, NUMBER, "timers", "that wait in the runtime's heaps") \
	F(struct go_reading, report, OPTIONAL, "", "if they were read in this sample, too; else NULL") \
	F(uint64_t, read_cpu_ns, NUMBER, "ns", "CPU time of that reading")
struct sample_go {
	SAMPLE_GO_FIELDS(FIELD_MEMBER)
};

/* What arithmetic on a saved clock can take: 31 years of uptime. */
#define SAMPLE_CLOCK_MAX 1000000000000000000ull

/* Of a snapshot, which is of one process: go, exe, cmdline. Of top: live. Of logs: mapped. */
#define SAMPLE_FIELDS(F) \
	F(uint64_t, time_ns, NUMBER, "ns", "CLOCK_REALTIME") \
	F(uint64_t, now_ns, AT_MOST(SAMPLE_CLOCK_MAX), "ns", "CLOCK_MONOTONIC") \
	F(uint64_t, epoch, NUMBER, "", "the interval that ends with this sample") \
	F(struct sample_process, processes, OWNED(process_count), "", "by pid") \
	F(struct sample_thread, threads, OWNED(thread_count), "", "by pid, tid") \
	F(struct sample_creator, creators, OWNED(creator_count), "", "by pid, stack_id") \
	F(struct sample_lock, locks, OWNED(lock_count), "", "by pid, word") \
	F(struct sample_file, files, OWNED(file_count), "", "by key") \
	F(bool, uring_hidden, FLAG, "", "requests of io_uring are made, but not seen") \
	F(struct sample_request, requests, OWNED(request_count), "", "in no order") \
	F(struct sample_mapped, mapped, LIST(mapped_count), "", "by pid, path") \
	F(struct sample_go, live, OWNED(live_count), "", "by pid") \
	F(uint64_t, losses, ARRAY(TS_LOSS_COUNT), "", "by enum ts_loss, since attach") \
	F(uint64_t, lost_threads, NUMBER, "threads", "not seen though the kernel counts them, in this pass") \
	F(uint64_t, unread_files, NUMBER, "", "files for symbols whose server did not answer in time, or that cost too much, since start") \
	F(uint64_t, cpu_ns, NUMBER, "ns", "threadscope's own CPU time since its start") \
	F(uint64_t, bpf_ns_per_s, NUMBER, "ns/s", "time in BPF programs; UINT64_MAX: not known") \
	F(uint64_t, rss_bytes, NUMBER, "bytes", "threadscope's own memory") \
	F(uint64_t, maps_bytes, NUMBER, "bytes", "kernel memory of its BPF maps; 0: not known") \
	F(uint64_t, attach_ns, NUMBER, "ns", "what loading and attaching its programs took; 0: not known") \
	F(uint64_t, restarts, NUMBER, "", "collectors that the run had before the one of this sample, which has counted from its own base line") \
	F(const char *, kernel, TEXT, "", "its release") \
	F(const char *, arch, TEXT, "", "of the machine") \
	F(struct go_reading, go, OPTIONAL, "", "NULL: not a Go program; see also its unsure") \
	F(struct go_row, go_list, OWNED(go_list_count), "", "go->list, which is too large for the arena; no file has it") \
	F(const char *, exe, TEXT, "", "path of the program") \
	F(char *const *, cmdline, TEXTS, "", "") \
	F(struct sample_link, links, OWNED(link_count), "", "processes that threads wait for") \
	F(bool, calls_timed, FLAG, "", "calls are: --calls") \
	F(struct sample_call, calls, OWNED(call_count), "", "in the order of sample_call__order") \
	F(uint64_t, lost_calls, NUMBER, "calls", "that are in no row of their own, since attach") \
	F(uint64_t, unread_memory, NUMBER, "", "readings of memory without a timely answer, of any process, since start") \
	F(struct sample_device, devices, OWNED(device_count), "", "that hold up writes and syncs, as far as their writers are known; in no order") \
	F(const char *, parser_died_on, TEXT, "", "the last file with which the parser was given up; NULL: none")

struct sample {
	struct arena arena; /* of all that is not in a list of its own */
	SAMPLE_FIELDS(FIELD_MEMBER)
};
/* clang-format on */

/* For how long it has waited, in ns: since its wait began, however often it ran meanwhile to look whether it
 * is over. */
uint64_t sample_thread__waited_ns(const struct sample_thread *t);
/* The account of a thread; NULL: there is no such thread. */
const struct ts_account *sample__account(const struct sample *s, pid_t pid, pid_t tid);

/* Adds the processes, threads, locks and Go programs of another sample, of processes with higher PIDs, and
 * frees it. Both are of snapshots, which have nothing else by process. */
void sample__join(struct sample *s, struct sample *other);
void sample__free(struct sample *s); /* NULL is fine; frees s itself */
/* The memory that it takes. */
size_t sample__bytes(const struct sample *s);

#endif
