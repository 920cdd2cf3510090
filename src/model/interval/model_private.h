/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_MODEL_INTERVAL_MODEL_PRIVATE_H
#define TS_MODEL_INTERVAL_MODEL_PRIVATE_H

#include "model/go/go_growth.h"
#include "model/rows/history.h"
#include "model/rows/latency_spread.h"
#include "model/rows/minute.h"
#include "model/interval/model.h"
#include "model/rows/order.h"
#include "model/rows/ranking.h"
#include "model/rows/rows.h"
#include "util/table.h"

/* State of an object beyond the last two samples. */
struct memory_key {
	uint64_t kind; /* enum memory_kind */
	uint64_t pid;
	uint64_t id;
};
enum memory_kind { MEMORY_PROCESS, MEMORY_CREATOR, MEMORY_GO_RUNTIME };
struct memory {
	struct memory_key key;
	struct history history; /* of living threads */
	struct minute minute;   /* of a process: threads created and exited */
	UT_hash_handle hh;
};

/* What is remembered of a file from one sample to the next. */
struct file_memory {
	int64_t owed_writes, owed_syncs; /* calls counted too early */
	/* requests of io_uring that were seen before they were in flight: of a later interval */
	uint64_t early_uring_writes, early_uring_syncs;
	/* of the totals, what syncs of others have covered, whose rows may be gone */
	uint64_t covered_bytes, covered_writes;
};

/* What is kept of a process's sums, because a thread that ends while they are read is in none of them. */
struct sums_memory {
	uint64_t read_bytes, dirtied_bytes, d_ns; /* the most that they have been */
	uint64_t ended_cpu_ns; /* of threads that were gone, and not yet in the sum of the ended ones */
};

/* Where a thread waits for a lock that the C library does not know. */
struct wait_place {
	uint64_t place;    /* of the function; 0: in none */
	uint64_t since_ns; /* the sample from which on each has found it there */
	uint64_t stuck_ns; /* since when it has hardly run */
	unsigned missed;   /* samples in a row, up to this one, that did not show where it waits */
};

/* One sample, the report that ends with it, and what the next one needs to know. */
struct held_report {
	struct interval_report report; /* the first member: it is what holders know */
	size_t holders;
	struct arena arena; /* of the report, of this and of these: */
	struct sample *sample;
	struct file_memory *files; /* of each of the sample's */
	bool *calls_unseen;        /* of each process: of its threads, as long as there were some */
	struct sums_memory *sums;  /* of each process */
	struct wait_place *places; /* of each thread of the sample; NULL: there was no report */
};

struct findings;

struct model {
	struct held_report *last;          /* NULL: there was no sample yet */
	const struct sample *before, *now; /* before: of last, while the next report is made */
	/* In the making, last's afterwards: */
	struct arena arena;
	struct file_memory *files;
	bool *calls_unseen;
	struct sums_memory *sums;
	struct wait_place *places;
	struct memory *memories;
	struct go_growth *go;
	struct queue_memory *queues; /* of Go programs */
	struct call_memory *held_calls;
	uint64_t started_ns;
	bool logs; /* includes the details of the view on logs */
	bool every_process;
	struct interval_report report;
};

/* Gives the report that was made, and s, which it is of, to the next last. Returns it; the model holds it. */
const struct interval_report *model__hold(struct model *m, struct sample *s);
/* The process of a sample; NULL: the sample does not have it. */
const struct sample_process *model__find_process(const struct sample *s, pid_t pid);
/* Created at first use. */
struct memory *model__memory(struct model *m, enum memory_kind kind, pid_t pid, uint64_t id);
/* It has ended: another one may get its PID. */
void model__forget_process(struct model *m, pid_t pid);
/* As new, with its settings: another collector has counted nothing of what was before it. */
void model__begin_again(struct model *m);

/* Threads created and exited in the last minute. b: the process in the sample before; NULL: it was not there,
 * and its counts began then. */
void model__last_minute(struct model *m, struct process_row *row, const struct sample_process *b);
/* Who creates threads; after the processes' rows. */
void model__creators(struct model *m);
/* For rows in the order of the sample's threads: since when each report has found a thread at one lock. */
void model__wait_places(struct model *m, struct thread_row *rows);
void model__files(struct model *m, struct process_row *processes, size_t process_count);
/* Calls in flight on the files of the sample; after the threads' rows. */
void model__calls(struct model *m);
/* Calls timed by call and place. */
void model__timed_calls(struct model *m);
/* Files that are mapped writable. */
void model__mapped(struct model *m);
/* Errors, damage and unsynced data of a file's row. before: NULL if it is new. */
void log_row__fill(struct file_row *r, const struct sample *s, const struct sample_file *now,
		   const struct sample_file *before, struct file_memory *memory);
/* Sum of those of all kinds: TS_IO_ERRORS counters. */
uint64_t log_row__errors(const __u32 *kinds);
/* What a thread did in the interval, by enum ts_count. Threads come in the order of the sample. */
void model__gained(const struct model *m, const struct sample_thread *t, size_t *cursor,
		   uint64_t ret[TS_COUNTS]);
/* Adds to rows, in the order of the sample, what threads that ended in the interval did in it: the main
 * thread has the sum of all that have ended. After model__storage. */
void model__ended_cpu(struct model *m, struct process_row *rows, size_t count);
/* What processes had of storage in the interval, and their time in state D; rows in the order of the sample.
 */
void model__storage(struct model *m, struct process_row *rows);
/* Gives a base line the processes of s, with nothing but these sums. */
void model__storage_only(struct sample *base, const struct sample *s);
/* Of a base line. */
void model__storage_base(struct model *m, const struct sample *base);
/* After all rows. */
void model__findings(struct model *m);
/* Full channels of a sample's Go programs; also of the first one, which no report is of. */
void model__log_queues(struct model *m, struct findings *f, const struct sample *s);
/* The lock of the word that a thread waits on; NULL: none. */
const struct sample_lock *model__waited_lock(const struct sample *s, const struct sample_thread *t);
/* Returns the report's locks. */
struct lock_row *model__locks(struct model *m, struct process_row *processes, size_t process_count);
/* Those where only threads wait that have nothing to do; and the order of all. After the threads' rows. */
void model__idle_locks(struct model *m, struct lock_row *rows);

#endif
