/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the locks that Java threads wait for, in place of the futex words that they sleep on. */
#ifndef TS_JAVA_COLLECT_JAVA_LOCKS_H
#define TS_JAVA_COLLECT_JAVA_LOCKS_H

#include "facts/sample.h"
#include "java/runtime/java_vm.h"

struct java_locks;

struct java_locks *java_locks__new(void);
void java_locks__free(struct java_locks *l); /* NULL is fine */
void java_locks__begin(struct java_locks *l, const struct sample *s);
/* t waits for the lock that from names. owner, and the likely one: of s; NULL: not known. */
void java_locks__wait(struct java_locks *l, struct sample *s, struct sample_thread *t,
		      const struct java_thread *from, const struct sample_thread *owner,
		      const struct sample_thread *likely);
/* waited_only: drops the words that nobody waits on any more. */
void java_locks__end(struct java_locks *l, struct sample *s, bool waited_only);

#endif
