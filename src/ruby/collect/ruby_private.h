/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to ruby/collect. */
#ifndef TS_RUBY_COLLECT_RUBY_PRIVATE_H
#define TS_RUBY_COLLECT_RUBY_PRIVATE_H

#include "ruby/collect/ruby_stacks.h"

/* A process with Ruby, in one reading. */
struct ruby_seen {
	pid_t pid;
	struct ruby *ruby;
	uint64_t looked_ns;            /* when its first look began */
	struct ruby_look first, again; /* again is empty until ruby_stacks__prove */
};

/* What is known of a thread of the sample, by its index. */
struct ruby_proof {
	uint64_t switches;                /* at the first look */
	bool same;                        /* it has not run between the passes around both looks */
	const struct ruby_thread *thread; /* as at the first look; NULL: none, or it fits neither look */
};

struct ruby_stacks {
	struct targets *targets;
	struct arena arena; /* of one reading */
	struct ruby_seen *seen;
	size_t seen_count;
	struct ruby_proof *proofs;
	size_t proof_count;
};

#endif
