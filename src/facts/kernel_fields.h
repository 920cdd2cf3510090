/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the structs that bpf/files.h and bpf/threadscope.h declare, as a sample contains them. These
 * headers are compiled for the kernel, too, and cannot be made from rows: fields.c asserts that the two
 * agree.
 */
#ifndef TS_FACTS_KERNEL_FIELDS_H
#define TS_FACTS_KERNEL_FIELDS_H

#include <sys/types.h>

#include "bpf/threadscope.h"
#include "util/field.h"

/* clang-format off */
#define TS_ACCOUNT_FIELDS(F) \
	F(uint64_t, counts, ARRAY(TS_COUNTS), "", "since the thread's creation, by enum ts_count") \
	F(uint64_t, quota_ns, NUMBER, "ns", "CPU time of its cgroup in each period; 0: no limit, or not known") \
	F(uint64_t, period_ns, NUMBER, "ns", "length of one") \
	F(uint64_t, ended_cpu_ns, NUMBER, "ns", "CPU time of its process's threads that have ended") \
	F(char, cgroup, CHARS(TS_CGROUP_BYTES), "", "the name of that cgroup's folder")

#define TS_HALT_FIELDS(F) \
	F(uint64_t, no_cpu_ns, NUMBER, "ns", "for how long it has been runnable without a CPU") \
	F(uint64_t, quota_ns, NUMBER, "ns", "CPU time of the cgroup in each period; 0: no limit, or not known") \
	F(uint64_t, period_ns, NUMBER, "ns", "length of one") \
	F(uint64_t, periods, NUMBER, "", "so far") \
	F(uint64_t, throttled, NUMBER, "", "of these, those that used the quota up") \
	F(uint64_t, memory_limit, NUMBER, "bytes", "that its cgroup may use, and does; 0: others") \
	F(uint32_t, policy, NUMBER, "", "SCHED_* of linux/sched.h") \
	F(int32_t, nice, NUMBER, "", "") \
	F(int32_t, cpu, OR_MINUS_1, "", "whose run queue it is in; -1: not known") \
	F(uint32_t, signal, NUMBER, "", "that stopped it; 0: not known") \
	F(uint32_t, by_tid, NUMBER, "", "the thread on that CPU, or the tracer; 0: none, or not known") \
	F(uint32_t, pad, NUMBER, "", "") \
	F(char, by_comm, CHARS(TS_COMM_LEN), "", "its name") \
	F(char, cgroup, CHARS(TS_CGROUP_BYTES), "", "of the quota or the limit, or the frozen one")

#define TS_FILE_KEY_FIELDS(F) \
	F(uint32_t, tgid, ID, "", "the process") \
	F(uint32_t, dev, NUMBER, "", "kernel's dev_t: major << 20 | minor") \
	F(uint64_t, inode, NUMBER, "", "0: rows that did not fit") \
	F(uint32_t, generation, NUMBER, "", "of the inode") \
	F(uint32_t, kind, ENUM(TS_FILE_NONE + 1), "", "enum ts_file_kind")

#define TS_REQUEST_KEY_FIELDS(F) \
	F(uint64_t, request, NUMBER, "", "the kernel's address of the request, or the ring") \
	F(uint64_t, user_data, NUMBER, "", "")

#define TS_LATENCY_FIELDS(F) \
	F(uint64_t, max_ns, NUMBER, "ns", "largest since attach") \
	F(uint64_t, interval_max, ARRAY(2), "", "by the epoch's parity: epoch << TS_MAX_NS_BITS | largest of it") \
	F(uint32_t, buckets, BUCKETS(TS_HIST_BUCKETS), "", "may wrap; differences are right")

#define TS_TAIL_FIELDS(F) \
	F(uint32_t, tid, NUMBER, "", "the last writer; 0: none yet") \
	F(uint32_t, partial, NUMBER, "", "1: the last byte was no newline") \
	F(uint64_t, address, NUMBER, "", "of a partial write's buffer") \
	F(uint64_t, bytes, NUMBER, "bytes", "of a partial write") \
	F(uint32_t, tgid, NUMBER, "", "the last writer's process") \
	F(uint32_t, unsure, NUMBER, "", "1: the writer is neither the thread nor a known goroutine") \
	F(uint64_t, goid, NUMBER, "", "the goroutine that wrote; 0: no Go program, or not known") \
	F(uint64_t, file, NUMBER, "", "kernel address of the open file") \
	F(uint64_t, ended_ns, NUMBER, "ns", "when a partial write ended")

#define TS_FILE_FIELDS(F) \
	F(uint64_t, bytes, NUMBER, "bytes", "written") \
	F(uint64_t, short_writes, NUMBER, "calls", "fewer bytes than asked for, no error") \
	F(uint64_t, missed_ends, NUMBER, "calls", "writes whose end is not known: not in the histograms") \
	F(uint64_t, last_ns, NUMBER, "ns", "when the last write ended") \
	F(uint64_t, last_sync_ns, NUMBER, "ns", "when the last sync ended") \
	F(uint32_t, writers, NUMBER, "threads", "distinct ones that wrote since attach") \
	F(int32_t, fd, NUMBER, "", "the descriptor last used") \
	F(uint32_t, flags, NUMBER, "", "f_flags of the open file last used") \
	F(uint32_t, not_append, NUMBER, "", "1: some writer had it open without O_APPEND") \
	F(struct ts_tail, tail, STRUCT, "", "how the last write ended, where one process is watched") \
	F(uint64_t, torn_lines, NUMBER, "calls", "writes after another writer's partial one") \
	F(uint64_t, torn_proven, NUMBER, "calls", "returns of a writer to the line that it left unfinished") \
	F(uint64_t, torn_unknown, NUMBER, "calls", "as torn_lines, of writers that cannot be told apart") \
	F(uint64_t, torn_shared, NUMBER, "calls", "writes that continued another thread's part of a stream") \
	F(uint64_t, partial_writes, NUMBER, "calls", "") \
	F(uint64_t, text_parts, NUMBER, "calls", "partial ones that end in a character of text") \
	F(uint64_t, page_writes, NUMBER, "calls", "of whole pages") \
	F(uint64_t, overwrites, NUMBER, "calls", "over what another open file had written") \
	F(uint64_t, rewrites, NUMBER, "calls", "of these: from where that one began") \
	F(uint64_t, cuts, NUMBER, "calls", "writes behind the end of a file that was truncated") \
	F(uint64_t, cut_size, NUMBER, "bytes", "the file's size at the last of these") \
	F(uint64_t, cut_at, NUMBER, "bytes", "where that write began") \
	F(uint64_t, synced_ns, NUMBER, "ns", "when the last successful sync began; 0: none yet") \
	F(uint64_t, synced_bytes, NUMBER, "bytes", "written when it began") \
	F(uint64_t, synced_writes, NUMBER, "calls", "successful ones when it began") \
	F(uint64_t, safe_bytes, NUMBER, "bytes", "on the disk when their write ended") \
	F(uint64_t, safe_writes, NUMBER, "calls", "on the disk when they ended") \
	F(uint64_t, synced_fs_ns, NUMBER, "ns", "when the last successful syncfs through this file began") \
	F(uint64_t, sync_ns, NUMBER, "ns", "in syncs that have ended") \
	F(uint64_t, single_syncs, NUMBER, "calls", "successful ones with one write since the one before") \
	F(uint32_t, sync_tid, NUMBER, "", "the thread that synced last") \
	F(uint32_t, syncers, NUMBER, "", "2: more than one thread synced") \
	F(uint32_t, errors, ARRAY(TS_IO_ERRORS), "calls", "writes that failed, by enum ts_io_error") \
	F(uint32_t, sync_errors, ARRAY(TS_IO_ERRORS), "calls", "syncs that failed, by enum ts_io_error") \
	F(uint32_t, other_errno, ARRAY(2), "", "the last of a write that has no counter, and another before") \
	F(uint32_t, other_sync_errno, ARRAY(2), "", "the same of syncs") \
	F(uint32_t, announced, NUMBER, "", "1: user space knows of it and of its path") \
	F(uint32_t, pad, NUMBER, "", "") \
	F(uint64_t, uring_writes, NUMBER, "calls", "of the writes that were begun, by io_uring") \
	F(uint64_t, uring_syncs, NUMBER, "calls", "of the syncs that were begun, by io_uring") \
	F(struct ts_latency, writes, STRUCT, "", "") \
	F(struct ts_latency, syncs, STRUCT, "", "")
/* clang-format on */

#endif
