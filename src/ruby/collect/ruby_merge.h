/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A native stack and Ruby's frames as one. */
#ifndef TS_RUBY_COLLECT_RUBY_MERGE_H
#define TS_RUBY_COLLECT_RUBY_MERGE_H

#include "facts/stack.h"
#include "ruby/runtime/ruby.h"

/*
 * Puts the frames of each call of vm_exec() in the place of its native frames. The stack stays as it is if
 * the two do not fit: another number of calls, or code that fails a check.
 */
void ruby_merge__into(struct ruby_names *names, struct arena *a, struct call_stack *stack,
		      const struct ruby_thread *from);

#endif
