/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What threads of Ruby wait for: a Thread::Mutex, which keeps its owner, and the GVL of their Ractor. To the
 * C library they sleep on a condition variable of their own.
 */
#ifndef TS_RUBY_COLLECT_RUBY_LOCKS_H
#define TS_RUBY_COLLECT_RUBY_LOCKS_H

#include "ruby/collect/ruby_stacks.h"

/* After ruby_stacks__use, when the locks have been found. waited_only: a snapshot, which has no locks that
 * nobody waits for. */
void ruby_locks__name(struct ruby_stacks *r, struct sample *s, bool waited_only);

#endif
