/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ruby's frames in the stacks of threads, where those of vm_exec() stand, and the names of threads. Two looks
 * at the virtual machine, before the stacks are walked and after. What the first has of a thread is right if
 * the thread did not run meanwhile. Of one that did run, two looks that agree are, if they fit its stack: its
 * frames change only while it runs Ruby.
 */
#ifndef TS_RUBY_COLLECT_RUBY_STACKS_H
#define TS_RUBY_COLLECT_RUBY_STACKS_H

#include "collect/threads/threads.h"

struct ruby_stacks;

struct ruby_stacks *ruby_stacks__new(struct targets *t);
void ruby_stacks__free(struct ruby_stacks *r); /* NULL is fine */
/* The first look, after the pass that s was made of. False: none of the processes has Ruby, and there is no
 * more to do. */
bool ruby_stacks__look(struct ruby_stacks *r, const struct sample *s, const struct pass *pass);
/* The second one, after the stacks were walked. pass: the records that the stacks belong to; after: one
 * since. */
void ruby_stacks__prove(struct ruby_stacks *r, const struct sample *s, const struct pass *pass,
			const struct pass *after);
/* Puts the frames into the stacks, which have names by now. */
void ruby_stacks__use(struct ruby_stacks *r, struct sample *s);

#endif
