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

/* What names and stacks may cost a run: --names-memory, --names-time. The symbols of the largest programs
 * (a browser of 1 GB) take 300 MB and half a second; a person waits 2 s for an answer without a doubt. */
#define NAMES_MEMORY_MB 512ull
#define NAMES_TIME_MS   2000
/* Of the time that a live view runs, one part in so many is granted anew: as much as names may cost for good,
 * and enough for a new version of a large library every few minutes. */
#define NAMES_TIME_REGAINED 50

/* Findings of one kind of a process; one more sums up the rest, because people do not read more. */
#define FINDINGS_OF_A_KIND 8

/* Short contention is normal. A queue that does not move for this long is not: it is longer than a time slice
 * of the scheduler and as long as a slow disk access. */
#define LOCK_CONVOY_MS 10
/* A person who waits for a response notices this delay. */
#define LOCK_CONVOY_WARNING_S 1

/* A lock whose holders were seen in a write or sync of a file is held across those, also where a reading
 * finds them between two: a log that is archived now and then is so found once in several readings. */
#define LOCK_CALL_SEEN_S 30
/* Threads that wait for a lock, on average over the interval: one at all times is a queue, wherever its head
 * is at the moment of the reading. */
#define LOCK_CONVOY_THREADS 1

/* Who holds a lock that keeps no owner is read off the code of stacks, which takes a while: not for waits
 * that end before anybody could look. */
#define LOCK_HOLDER_MS 100

/* A thread that was created after another began to wait for a lock need not be its owner, although the lock
 * has its TID: a woken waiter gets a CPU in that time, and a shorter wait is no trouble yet.
 */
#define LOCK_REUSE_S 1

/* A waiter that wakes up with each timeout to look whether its lock is free: once a second in MariaDB, and
 * one more for the phase. One that got the lock would also read its client's next statement, and run for
 * longer.
 */
#define LOCK_LOOKS_PER_S    1
#define LOCK_LOOKS_NS_PER_S 200000

/* Threads that each report finds at the same lock although each wait is short: two intervals. */
#define LOCK_SEEN_S 2

/* So many goroutines at one lock in each reading hold each other up, also where each wait is short. Fewer are
 * found at a lock that is merely busy. */
#define GO_LOCK_CROWD 8

/* Readers that take an rwlock while a writer waits keep it waiting, as glibc's default lets them. One or two
 * may have come at once with the one that it waits for. */
#define STARVED_BY_READERS 3

/* Work that comes more often is a pool's usual day. A waiter that nobody has woken for longer may be idle, or
 * forgotten: it is said, and judged by nobody. */
#define UNSIGNALLED_S 60

/* Where only the name of a function says lock: a queue's consumer may rightly let its producers wait. */
#define LOCK_BY_NAME_WARNING_S 10

/* An owner that runs makes progress, as far as is known: a long computation with a lock held is no hang.
 * After this time it holds up others for too long all the same. */
#define LOCK_BUSY_OWNER_S 10

/* A live view reads the stacks of such waits: long enough not to walk threads that come and go, and early
 * enough to know what they wait for before a person wonders.
 */
#define STACK_OF_WAIT_MS 100

/* A non-idle wait: disks, page faults and locks of a healthy program take less. */
#define STUCK_THREAD_S 1

/* A call in flight. Ten times the usual --slow-write, far beyond a busy disk's flush, and early enough that a
 * live view shows it while it hangs. From here on, a snapshot also searches the reader of a full pipe, which
 * reads the descriptors of all processes. */
#define LOG_STALL_MS 100
/* As for a convoy. */
#define LOG_STALL_WARNING_S 1
/* Slow calls that have ended, as a share of the interval: below it, removing them would gain nothing. */
#define LOG_STALL_PERCENT 10

/* Who writes most to a device that holds calls up is counted over the last ten to twenty seconds: the kernel
 * lets pages stay dirty for as long, so what is written back now was written by programs then. */
#define DEVICE_WRITERS_S 10
/* And no longer, once no call has been held up for so long: what all processes write is looked at for it. */
#define DEVICE_UNNEEDED_S 30
/* Less does not keep even a memory card busy: who writes so little is not named. */
#define DEVICE_WRITER_BYTES_PER_S 1000000

/* A receiver that writes is in a write most of the time: only an unusually long call is a cause. */
#define LOG_QUEUE_FULL_MS        10
#define LOG_QUEUE_FULL_WARNING_S 1

/* A younger call in flight is normal. */
#define CALL_HANGS_MS 1
/* Writes to clients are listed among logs only if slow: slower than a disk. */
#define SLOW_CONNECTION_MS 10

/* Runnable without a CPU: a shorter wait is that for one's turn; time slices take some milliseconds. */
#define NO_CPU_MS 1
/* The same where the thread that has the CPU is not known, or is threadscope: longer than it takes to read
 * all threads. */
#define NO_CPU_UNKNOWN_MS 20

/* Share of an interval or a call. Beside one competitor on its CPU, a thread waits for half of the time. */
#define CPU_STARVED_PERCENT 50
/* More than the time slices of a few others, which can fill half of a very short interval. */
#define CPU_STARVED_MS 100
/* Share of a process's threads. A few threads with a low weight or priority and without waiters are expected
 * to wait. */
#define CPU_STARVED_THREADS_PERCENT 20
/* A call: the default of --slow-write, and more than a time slice. */
#define CPU_STARVED_CALL_MS 10

/* Fewer do not show a pattern. */
#define SYNC_PER_WRITE_MIN 10
/* Nearly every write: one of ten may lack its sync, or have an extra one. */
#define SYNC_PER_WRITE_SLACK_PERCENT 10
/* Of a thread's time. */
#define SYNC_PER_WRITE_WARNING_PERCENT 10

/* Two intervals, the minimum for a trend. */
#define GROWTH_READINGS 3
/* A single additional thread may be temporary. */
#define GROWTH_MIN 2
/* Significant growth: the rise relative to the fluctuation within a quarter of the time.
 */
#define GROWTH_OVER_NOISE 2
/* The same: a single step, such as the resize of a pool, makes up more than two thirds of the rise. */
#define GROWTH_STEP_THIRDS 2

/* The limit is reached before a person can read this, find the cause and act. */
#define THREAD_GROWTH_CRITICAL_S 600
/* A few threads are normal: a program that starts, clients that come and go; nor can it be told from a few
 * when a limit is reached. Go's runtime starts as many beside one for each P (GOMAXPROCS) when load begins,
 * for the system calls that block meanwhile. */
#define THREAD_GROWTH_FEW 16

/* Minimum time of observation and growth, to exclude a program that starts or fluctuates. */
#define GOROUTINE_GROWTH_S   10
#define GOROUTINE_GROWTH_MIN 20

/* The same of timers, of which a request or session has some that end late: longer, many more, and faster
 * than goroutines by more than the timers of a connection. */
#define TIMER_GROWTH_S     30
#define TIMER_GROWTH_MIN   500
#define TIMER_GROWTH_RATIO 4

/* Readings, goroutines and time of observation: below these, it may be a burst of traffic. */
#define GOROUTINE_LEAK_READINGS 4
#define GOROUTINE_LEAK_MIN      10
#define GOROUTINE_LEAK_SEEN_S   10
/* Wait of the oldest ones: longer than requests take. */
#define GOROUTINE_LEAK_AGE_S 30
/* New goroutines in IO wait: from this share of the growth on, connections cause it. */
#define GOROUTINE_LEAK_IO_PERCENT 50
/* The maximum error of the runtime's own wait stamp: the garbage collector sets it, and runs at least every
 * two minutes (forcegcperiod in Go's runtime/proc.go). */
#define GOROUTINE_STAMP_OFF_S 150
/* Leaks of a program with a separate finding: the largest ones. */
#define GOROUTINE_LEAKS 3

/* Processes by load: so many bytes read count as one second of a CPU. A hard disk, and a volume
 * of a cloud's usual class, can do about that much. */
#define DISK_BYTES_PER_S 150e6

#ifndef FEED_BYTES /* the build for the fuzzer of keys has small ones, which fill within seconds */
/* Reports that a screen keeps to look back at: minutes of a usual target, seconds of one with thousands of
 * threads, which leaves the rest of 60 MB to the report in the making and the program. */
#define FEED_BYTES (16u << 20)
/* Older moments of a live run are kept as samples, compressed: ten minutes of thousands of threads. */
#define HISTORY_BYTES (20u << 20)
/* One of them is made again from the beginning of a part: fewer make that fast, more save base lines. */
#define HISTORY_MOMENTS 30
/* Of the part that is being written, and not yet compressed: its moments are fewer where samples are large.
 */
#define HISTORY_OPEN_BYTES (3u << 20)
/* Reports that were made again, up to the one that is looked at. */
#define FEED_PAST_BYTES (6u << 20)
#endif
/* A collector that reads something large is late by less. */
#define FEED_SILENT_S 3
/* Until the first interval: programs are loaded and attached, some seconds on a busy machine. */
#define FEED_ATTACH_S 30

#endif
