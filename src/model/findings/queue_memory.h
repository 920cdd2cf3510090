/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Full channels from reading to reading: since when each has blocked senders, and what was found of them,
 * which holds until they are read again. Pure.
 */
#ifndef TS_MODEL_FINDINGS_QUEUE_MEMORY_H
#define TS_MODEL_FINDINGS_QUEUE_MEMORY_H

#include "model/findings/findings.h"
#include "report/go_rows.h"

struct queue_memory;

struct queue_memory *queue_memory__new(void);
void queue_memory__free(struct queue_memory *m); /* NULL is fine */
/* The process has ended. */
void queue_memory__forget(struct queue_memory *m, pid_t pid);

/* The rows of a reading at now_ns (CLOCK_MONOTONIC), all of the process: sets lasts_ns and was_of_log. */
void queue_memory__compare(struct queue_memory *m, pid_t pid, struct go_queue_row *rows, size_t count,
			   uint64_t now_ns);
/* Keeps the same rows, now with of_log, and what was found of them: list[0..count). */
void queue_memory__keep(struct queue_memory *m, pid_t pid, const struct go_queue_row *rows, size_t row_count,
			const struct finding *list, size_t count, uint64_t now_ns);
/* The same of locks that goroutines wait for. */
void queue_memory__compare_locks(struct queue_memory *m, pid_t pid, struct go_lock_row *rows, size_t count,
				 uint64_t now_ns);
void queue_memory__keep_locks(struct queue_memory *m, pid_t pid, const struct go_lock_row *rows, size_t count,
			      uint64_t now_ns);
/* Adds what was kept to f, with its age. */
void queue_memory__repeat(struct queue_memory *m, pid_t pid, struct findings *f, uint64_t now_ns);

#endif
