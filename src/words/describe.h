/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for threads, locks and waits, the same in every view and in the findings. Pure: each function writes
 * to the caller's buffer and returns it. Text that does not fit is replaced by "...". Names are not escaped:
 * the code that prints escapes them.
 */
#ifndef TS_WORDS_DESCRIBE_H
#define TS_WORDS_DESCRIBE_H

#include "report/report.h"

#define DESCRIBE_NAME  64  /* buffer for one thread or lock */
#define DESCRIBE_WAIT  512 /* buffer for a wait or a one-line stack */
#define DESCRIBE_HALT  1024
#define DESCRIBE_CHAIN 4096

/* Where TIDs and lock indices are looked up. Either may be empty. */
struct naming {
	const struct thread_row *threads;
	size_t thread_count;
	const struct lock_row *locks;
	size_t lock_count;
	bool by_tid;         /* threads are sorted by TID: look-ups are fast */
	const size_t *order; /* indexes of the threads, sorted by TID: the same; NULL: not known */
};

/* Of all that a report has. */
struct naming naming__of_interval(const struct interval_report *r);
struct naming naming__of_snapshot(const struct snapshot_report *r);

/* NULL if the report does not have it. */
const struct thread_row *naming__thread(const struct naming *n, pid_t tid);
const struct lock_row *naming__lock(const struct naming *n, size_t index);

#define OTHER_ERRORS 64
/* "EBADF"; "EBADF or EINVAL" if there were several; "another error" if none is known. */
char *describe_other_errors(char dst[OTHER_ERRORS], const uint32_t other[2]);

/* "log-writer (812)"; "thread 812" if name is NULL or empty. */
char *describe_thread(char *dst, size_t size, const char *name, pid_t tid);
char *describe_tid(char *dst, size_t size, const struct naming *n, pid_t tid);

/* "log-writer (812), worker-3 (813) and 40 more": the first max of count. */
char *describe_tids(char *dst, size_t size, const struct naming *n, const pid_t *tids, size_t count,
		    size_t max);

/* "mutex 0x55ea4cc1f0a0 (log_mutex)"; of Java, in all three: "monitor 0x6233ab10 (a java.lang.Object)". */
char *describe_lock(char *dst, size_t size, const struct lock_row *lock);
/* In a sentence: "log_mutex (mutex at 0x55ea4cc1f0a0)", "the mutex at 0x55ea4cc1f0a0". */
char *describe_lock_long(char *dst, size_t size, const struct lock_row *lock);
/* Short: "mutex log_mutex", "mutex 0x55ea4cc1f0a0". */
char *describe_lock_short(char *dst, size_t size, const struct lock_row *lock);

/* The owner, with a verb for the kind of lock: "held by log-writer (812)". "" if unknown. */
char *describe_owner(char *dst, size_t size, const struct naming *n, enum lock_kind kind, pid_t owner_tid);

/*
 * What an owner waits for, to the end of the chain: ", which has been in fsync(/var/log/app.log) for 2.3
 * s",
 * ", which has waited 2 s for mutex b, held by reader (7), which is running". "" if the thread is unknown.
 */
char *describe_chain(char *dst, size_t size, const struct naming *n, pid_t owner);

/*
 * The processes that a thread waits for, to the end of the chain: ", held by holder (811), which has been in
 * pause for 3 s", ", whose owner, thread 812, does not exist any more: nobody will unlock it". "" if none is
 * known. DESCRIBE_CHAIN bytes hold it.
 */
char *describe_links(char *dst, size_t size, const struct wait *wait);
/* The last of them alone: "holder (811), which has been in pause for 3 s". "" if none is known. */
char *describe_last_link(char *dst, size_t size, const struct wait *wait);
/* The same as a sentence of its own: "log-reader (812) has been stopped for 3 s by a signal". */
char *describe_links_plain(char *dst, size_t size, const struct wait *wait);

/*
 * Of a thread that is not blocked: "dead", "running", or "running, seen in compress < flush" if its stack was
 * sampled; "runnable, but without a CPU for 1.2 s (nice 19; burner (1234) has CPU 1)", "runnable, but
 * throttled for 45 ms: its cgroup web may use 0.05 CPUs and was throttled in 9 of 10 periods of 100 ms".
 */
char *describe_running(char *dst, size_t size, const struct thread_row *t);
/* The same of a runnable thread that gets no CPU, from its first word on. */
char *describe_halt(char *dst, size_t size, const struct halt *h);
/* "its cgroup web may use 0.20 CPUs and was throttled in 9 of 10 periods of 100 ms". */
char *describe_quota(char *dst, size_t size, const struct halt *h);
/* What stopped a thread: "by SIGSTOP", "by the tracer gdb (1234)", "by its cgroup web"; "" if nothing did. */
char *describe_stopper(char *dst, size_t size, const struct halt *h);
/* " (D in folio_wait_bit_common)": the kernel function in which a thread sleeps that cannot be interrupted;
 * "" for other threads, or where the function is not known. */
char *describe_sleep(char dst[DESCRIBE_NAME], const struct thread_row *t);
/* "dd (811) has written most to this device: 310 MiB/s of 400 MiB/s"; "" if w is NULL. own: the process whose
 * call is held up. */
char *describe_device_writer(char *dst, size_t size, const struct device_writer_row *w, pid_t own);
/* " (its cgroup web uses all the memory that it may, 64 MiB)"; "" if that is not why it waits. */
char *describe_memory(char *dst, size_t size, const struct halt *h);
/* And what ends it: "; SIGCONT continues it", " (docker pause, systemctl freeze)"; "" if that is not known.
 */
const char *describe_way_out(const struct halt *h);
/* The kind of its wait, "running", or "ended". */
const char *describe_wait_kind(const struct thread_row *t);
/* How long a wait lasts, in a sentence behind "for": "2.3 s", or "at least 2.3 s". */
#define DESCRIBE_AGE 48
char *describe_age(char *dst, size_t size, const struct wait *wait);
/* Only as much as is known of its beginning: "at least ", or "" also where nobody cares, of an idle wait. */
const char *describe_least(const struct wait *wait);
/* The thread that holds a lock, surely or likely (*ret_likely, if not NULL); 0: unknown, or none. */
pid_t naming__holder(const struct lock_row *lock, bool *ret_likely);
/* Such a lock has one owner while others wait; also a semaphore that is used so. */
bool naming__exclusive(const struct lock_row *lock);
/* The thread that a blocked thread waits for, surely or likely (as above); NULL: unknown, or none. */
const struct thread_row *naming__waited_for(const struct naming *n, const struct thread_row *t,
					    bool *ret_likely);
/* Whether waits for it may end without the thread that they are for: Java's, by an interrupt. */
bool lock_row__may_end(const struct lock_row *lock);
/* Whether its holder is only likely, and not by the lock's own count. */
bool lock_row__guessed(const struct lock_row *lock);
/* What a circle is that the thread waits in: "deadlock", "likely deadlock", "circle until one of the waits
 * times out". */
const char *naming__circle(const struct naming *n, const struct thread_row *first);
/* "held by log-writer (812)", "likely held by log-writer (812)", "held for reading by 3 threads, likely one
 * of them cache (81)"; "" if nothing is known. */
char *describe_holder(char *dst, size_t size, const struct naming *n, const struct lock_row *lock);
#define DESCRIBE_HOLDER 256
/* What a likely holder is known by: "its flush, on its stack, will unlock it"; "" if it is not known. */
char *describe_likely(char *dst, size_t size, const struct lock_row *lock);
/* Who woke a waiter of it last: ", last signalled by producer (812)", ", no signal seen for 4 min"; "" if it
 * is not known, or nobody signals locks of its kind. */
char *describe_signal(char *dst, size_t size, const struct naming *n, const struct lock_row *lock);
/* Why a lock's holder is unknown: " (a std::sync::Mutex keeps no owner)". */
char *describe_no_owner(char *dst, size_t size, const struct lock_row *lock);
/* What a thread waits for: "mutex 0x55ea4cc1f0a0 (log_mutex), held by log-writer (812)",
 * "fsync(/var/log/app.log)", "epoll_wait(fd 4), with timeout". */
char *describe_wait(char *dst, size_t size, const struct naming *n, const struct wait *wait);
/* The same without address and owner: "mutex log_mutex", "fsync(/var/log/app.log)", "the end of
 * worker (812)". */
char *describe_wait_short(char *dst, size_t size, const struct naming *n, const struct wait *wait);
/* A wait for which its stack has a better name than kind and lock, in that name: "a metadata lock
 * (MDL_context::acquire_lock)", "take_spin_lock". "" if it has none. */
char *describe_wait_named(char *dst, size_t size, const struct wait *wait);
/* What precedes those: "waiting for ", "waiting in ", "". */
const char *describe_wait_verb(const struct wait *wait);
/* Why a wait is of its class, one sentence without a full stop: "idle: waits for the next item of a queue
 * (g_async_queue_pop)". "" if its kind says it. */
char *describe_wait_reason(char *dst, size_t size, const struct wait *wait);

/* Shortens a long name: "Cache<...>::put" for "Cache<Key, Value>::put", or "..." and the end of the name. */
char *describe_function(char *dst, size_t size, const char *name);
/* "pthread_mutex_lock"; "[libc.so.6+0x1f2a]" or "[0x7f5880f52482]" where no symbol covers the address. */
char *describe_frame(char *dst, size_t size, const struct frame *frame);
/* "accept_loop < main": innermost first, at most max frames, then "< ...". */
char *describe_stack(char *dst, size_t size, const struct call_stack *stack, size_t max);

/* Some frames are of an interpreter (frame__of_interpreter): the native ones between them are its own work.
 */
bool call_stack__interpreted(const struct call_stack *s);
/* The first frame that is not of the C library or of Go's own, which are on top of many stacks; the last one
 * of the C library's if there is no other, and Go's if the program has none. */
size_t call_stack__first_own(const struct call_stack *s);
/* The same for a stack that created a thread, from the first frame of the program on. */
char *describe_creator(char *dst, size_t size, const struct call_stack *stack, size_t max);

/* A frame of the C library, or of the start of a thread. */
bool frame__of_libc(const struct frame *f);
/* The callers of a call, with lines where known, from the first one of the program itself on:
 * "log_line at log.c:120 < serve at main.c:77 < ...". */
char *describe_calls(char *dst, size_t size, const struct call_stack *stack, size_t max);

/* Many threads: "worker-*, main", with a star for numbers at the end of names; at most max names. */
char *describe_names(char *dst, size_t size, const struct naming *n, const pid_t *tids, size_t count,
		     size_t max);

/* Of a process that is stopped as a whole: "stopped for 12 s, by a signal; SIGCONT continues it". */
char *describe_stop(char *dst, size_t size, const struct stop_row *stop);
#define DESCRIBE_STOP 128

/* "0x55ea4cc1f0a0" */
char *describe_address(char *dst, size_t size, uint64_t address);

/* As promised in JSON: "thread-create", ... */
const char *event_type__name(enum event_type type);

/* The system call that stands for requests of io_uring. */
#define URING_CALL "io_uring_enter"
/* A write or sync in one or two words: "fdatasync", "io_uring write". syscall: NULL if unknown. */
const char *describe_io(const char *syscall, bool sync);

/* "SIGKILL", "signal 40" */
#define SIGNAL_NAME 24
const char *signal_name(int number, char dst[SIGNAL_NAME]);
/* How a process ended: "killed by SIGKILL", "exited with status 3", "ended" if it is not known. */
char *describe_end(char *dst, size_t size, bool known, int wait_status);

#define DESCRIBE_PROCESS 64
/* Its name, or a title that begins with it: "postgres: checkpointer". */
char *describe_process(char dst[DESCRIBE_PROCESS], const struct process_row *p);
/* Its command line or title; "": that says no more than describe_process. */
char *describe_command(char *dst, size_t size, const struct process_row *p);
#define DESCRIBE_ORIGIN 256
/* "\"nginx: worker process\", in nginx.service, up 3 h"; "" if nothing is known but its name. */
char *describe_origin(char *dst, size_t size, const struct origin *o, const char *comm);

#endif
