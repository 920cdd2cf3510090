/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the locks of a virtual machine (Java's, Ruby's), in place of the futex words that its threads sleep
 * on. */
#ifndef TS_COLLECT_LOCKS_VM_LOCKS_H
#define TS_COLLECT_LOCKS_VM_LOCKS_H

#include "facts/sample.h"

struct vm_locks;

/* A lock that a thread waits for, as its machine has it. */
struct vm_lock {
	uint64_t address; /* as the row shows it */
	uint64_t key;     /* stays as long as it is waited for */
	enum lock_kind kind;
	enum wait_kind wait;
	const char *symbol, *type, *native_type; /* as in struct sample_lock */
	bool looks;                              /* its waiters wake from time to time to look at it */
	bool by_virtual;
	uint64_t readers, held_ns;
	enum lock_likely likely;
};

struct vm_locks *vm_locks__new(void);
void vm_locks__free(struct vm_locks *l); /* NULL is fine */
void vm_locks__begin(struct vm_locks *l, const struct sample *s);
/* t waits for that lock. owner, and the likely one: of s; NULL: not known. */
void vm_locks__wait(struct vm_locks *l, struct sample *s, struct sample_thread *t, const struct vm_lock *lock,
		    const struct sample_thread *owner, const struct sample_thread *likely);
/* waited_only: drops the words that nobody waits on any more. */
void vm_locks__end(struct vm_locks *l, struct sample *s, bool waited_only);

#endif
