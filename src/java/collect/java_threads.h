/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Java virtual machine knows of its threads, brought together with what the kernel knows of them. */
#ifndef TS_JAVA_COLLECT_JAVA_THREADS_H
#define TS_JAVA_COLLECT_JAVA_THREADS_H

#include "collect/targets/targets.h"
#include "facts/sample.h"

struct java_threads;

struct java_threads *java_threads__new(struct targets *t);
void java_threads__free(struct java_threads *j); /* NULL is fine */

/* Marks in same, of as many as s has threads, those that have not run since the pass that s is made of. */
struct java_proof {
	void (*look_again)(void *arg, const struct sample *s, bool *same);
	void *arg;
	bool waited_only; /* a snapshot: it has no locks that nobody waits for */
};

/* Names of threads, their Java frames, the locks that they wait for, and the owners of those: where the
 * threads of s belong to such a machine. */
void java_threads__join(struct java_threads *j, struct sample *s, const struct java_proof *proof);

#endif
