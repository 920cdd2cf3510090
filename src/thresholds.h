/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From when on something is a finding, or worth a line: each threshold with its reason. Plain numbers with
 * their unit in the name, as the table of findings (report/findings.def) prints them. Known to every folder,
 * knows of none.
 */
#ifndef TS_THRESHOLDS_H
#define TS_THRESHOLDS_H

#define NS_OF_MS(ms) ((ms)*1000000ull)
#define NS_OF_S(s)   ((s)*1000000000ull)

/* Findings of one kind in a snapshot; beyond that one more sums up the rest: a person reads no more. */
#define FINDINGS_OF_A_KIND 8

/* Two threads meet at a lock all the time. A queue that has not moved for so long is no such meeting: it is
 * more than a time slice of the scheduler and as long as a slow disk access. */
#define LOCK_CONVOY_MS 10
/* From here on a person who waits for an answer notices. */
#define LOCK_CONVOY_WARNING_S 1

/* Blocked in a wait for anything but work: disks, page faults and locks of a healthy program take less. */
#define STUCK_THREAD_S 1
#define LONG_WAIT_S    1
/* Locks of a process that have a finding of their own; the other waits of it share one. */
#define LONG_WAIT_LOCKS 3

/* A call in flight. Ten times the usual --slow-write, far beyond a busy disk's flush, and early enough that a
 * live view shows it while it hangs. It is also when a snapshot looks for the reader of a full pipe, which
 * means to go through the descriptors of all processes. */
#define LOG_STALL_MS 100
/* As for a convoy. */
#define LOG_STALL_WARNING_S 1
/* Slow calls that have ended, of the interval: below it, taking them away would gain nobody anything. */
#define LOG_STALL_PERCENT 10

/* A reader that writes is in a write most of the time: only a call that is no usual one is the cause. */
#define LOG_QUEUE_FULL_MS        10
#define LOG_QUEUE_FULL_WARNING_S 1

/* A call in flight that is younger is just on its way. */
#define CALL_HANGS_MS 1
/* What is sent to clients is of interest among logs only where it is slow: longer than a disk takes. */
#define SLOW_CONNECTION_MS 10

/* Fewer show no habit. */
#define SYNC_PER_WRITE_MIN 10
/* Nearly every write: of ten one may go without, or with one more. */
#define SYNC_PER_WRITE_SLACK_PERCENT 10
/* Of a thread's time. */
#define SYNC_PER_WRITE_WARNING_PERCENT 10

/* Two intervals: less is no trend. */
#define GROWTH_READINGS 3
/* One more is a thread that comes and goes. */
#define GROWTH_MIN 2
/* Growth beyond doubt: what it rises by, against how much it goes up and down within a quarter of the time.
 */
#define GROWTH_OVER_NOISE 2
/* The same: a single step, as of a pool that gets its next size, has more than two thirds of the rise. */
#define GROWTH_STEP_THIRDS 2

/* A limit that is reached before somebody has read this, found the cause and acted. */
#define THREAD_GROWTH_CRITICAL_S 600
/* So few that no limit is near to are how many a runtime finds that it needs, as Go's does. */
#define THREAD_GROWTH_FEW   16
#define THREAD_GROWTH_FAR_S 86400

/* A program that starts, or breathes, is not worth a word: watched for so long, and so many more. */
#define GOROUTINE_GROWTH_S   10
#define GOROUTINE_GROWTH_MIN 20

/* Readings, goroutines and time watched: fewer may be the traffic of a moment. */
#define GOROUTINE_LEAK_READINGS 4
#define GOROUTINE_LEAK_MIN      10
#define GOROUTINE_LEAK_SEEN_S   10
/* That the oldest have waited: longer than requests take. */
#define GOROUTINE_LEAK_AGE_S 30
/* Goroutines that come in IO wait meanwhile: as many as this share of the growth, and the growth is that of
 * connections. */
#define GOROUTINE_LEAK_IO_PERCENT 50
/* By how much the runtime's own stamp of a wait may be too old: the garbage collector sets it, and runs at
 * least every two minutes (forcegcperiod in Go's runtime/proc.go). */
#define GOROUTINE_STAMP_OFF_S 150
/* Leaks of a program that have a finding of their own: the largest. */
#define GOROUTINE_LEAKS 3

#endif
