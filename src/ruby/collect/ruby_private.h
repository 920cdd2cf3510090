/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to ruby/collect. */
#ifndef TS_RUBY_COLLECT_RUBY_PRIVATE_H
#define TS_RUBY_COLLECT_RUBY_PRIVATE_H

#include "collect/locks/vm_locks.h"
#include "ruby/collect/ruby_stacks.h"

/* A process with Ruby, in one reading. */
struct ruby_seen {
	pid_t pid;
	struct ruby *ruby;
	struct ruby_look first, again; /* again is empty until ruby_stacks__prove */
};

/* What is known of a thread of the sample, by its index. */
struct ruby_proof {
	uint64_t switches;                /* at the first look */
	uint64_t address;                 /* of its rb_thread_t, the same at both looks; 0: not known */
	bool same;                        /* it has not run between the passes around both looks */
	const struct ruby_thread *thread; /* as at the first look; NULL: none, or it fits neither look */
};

struct ruby_stacks {
	struct targets *targets;
	struct vm_locks *locks;
	struct arena arena; /* of one reading */
	struct ruby_seen *seen;
	size_t seen_count;
	struct ruby_proof *proofs;
	size_t proof_count;
};

/* NULL: the process has no Ruby. last: the one that was returned before, or NULL. */
const struct ruby_seen *ruby_stacks__seen(const struct ruby_stacks *r, pid_t pid,
					  const struct ruby_seen *last);

#endif
