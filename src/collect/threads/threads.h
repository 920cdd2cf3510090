/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the iterator's records to threads with waits, locks and stacks. */
#ifndef TS_COLLECT_THREADS_THREADS_H
#define TS_COLLECT_THREADS_THREADS_H

#include "probes/probes.h"
#include "collect/locks/locks.h"
#include "facts/sample.h"
#include "collect/targets/targets.h"

/* One pass, kept: records and, in a snapshot, their stacks. */
struct pass {
	struct arena arena;
	struct ts_pass clocks;
	struct pass_thread {
		struct ts_thread t;
		const uint64_t *kstack;
		const uint8_t *ustack; /* from the stack pointer up; NULL: not read, see pass__copy_stacks */
		uint32_t ustack_bytes;
	} * threads; /* by tgid, tid */
	size_t count, room;
};

int pass__read(struct probes *p, unsigned flags, pid_t only_pid, struct pass *ret);
/* The same, repeated once or twice, a millisecond later, if threads that began or ended meanwhile left gaps.
 */
int pass__read_whole(struct probes *p, unsigned flags, pid_t only_pid, struct pass *ret);
/* Threads that the kernel counts in a process but the pass did not show: ended meanwhile, or missed. */
uint64_t pass__unseen(const struct pass *p);
void pass__free(struct pass *p);
const struct pass_thread *pass__find(const struct pass *p, uint32_t tgid, uint32_t tid);

/* Copies the tops of stacks from the target's memory into records that have none, of threads that are off
 * CPU: of count from first on, which are of the target, or of those that chosen has, by index. */
void pass__copy_stacks(struct pass *p, const struct target *t, size_t first, size_t count,
		       const bool *chosen);

char thread__state(const struct ts_thread *t);
bool thread__blocked(const struct ts_thread *t);
/* Blocked, or woken and without a CPU yet. */
bool thread__off_cpu(const struct ts_thread *t);
/* Whether it did not run between two passes; it may have been woken. The count of switches alone does not say
 * so: a thread counts when it leaves the CPU. after: its record in the second pass; NULL: it is not there. */
bool thread__did_not_run(const struct ts_thread *before, const struct pass_thread *after);
/* All that needs no stack. */
void thread__fill(struct sample_thread *s, const struct pass_thread *p, const struct ts_pass *clocks,
		  struct arena *a);
/* Who has the kernel's lock of the file that it waits for, once its kernel stack has names. */
void thread__find_file_locker(struct sample_thread *s, const struct ts_thread *t);
/* Walks its stack from the record's registers. beyond: read memory outside the copy from the target. */
void thread__walk(struct target *t, const struct pass_thread *p, bool beyond, struct stack *ret);
/* The values of its registers and the top of its stack, from the record or from the target's memory. Returns
 * their number. */
#define THREAD_STACK_WORDS 128 /* from the stack pointer up: all frames of the C library */
#define THREAD_VALUES      (TS_NREGS + THREAD_STACK_WORDS)
size_t thread__values(const struct target *t, const struct pass_thread *p, uint64_t ret[THREAD_VALUES]);
/* Determines kind and lock from the frames; there may be none. */
void thread__classify(struct sample_thread *s, struct locks *locks);
/* Once its kind is known for good: the age of a wait for a lock that it has tried to get before. */
void thread__count_tries(struct sample_thread *s, const struct ts_thread *t, const struct ts_pass *clocks,
			 enum lock_form form);
/* The first word of its futex_waitv list. */
void thread__find_word(struct sample_thread *s, struct targets *targets);
/* path of the descriptor that it waits on */
void thread__find_path(struct sample_thread *s, struct targets *targets, struct arena *a);

#endif
