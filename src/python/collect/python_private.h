/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to python/collect. */
#ifndef TS_PYTHON_COLLECT_PYTHON_PRIVATE_H
#define TS_PYTHON_COLLECT_PYTHON_PRIVATE_H

#include "python/collect/python_stacks.h"
#include "util/table.h"

/* What was read of a thread. */
struct python_kept {
	uint64_t thread; /* tgid << 32 | tid */
	uint64_t switches, reading;
	struct python_place *places;
	size_t count;
	bool whole, proven;
	/* Since when it waits for a GIL that no other thread has got since; 0: it was not seen to. */
	uint64_t gil_since_ns, gil_switches;
	UT_hash_handle hh;
};

/* A GIL that one thread has had at both looks of a reading, and at all since. */
struct python_holding {
	uint64_t address, holder, switches;
	uint64_t since_ns; /* of the first look, CLOCK_MONOTONIC; 0: nobody has it, or it has changed hands */
};

/* A process with Python, in one reading. */
struct python_seen {
	pid_t pid;
	struct target *target;
	struct python *python;
	uint64_t looked_ns;      /* when its first look began */
	struct python_look look; /* the first one; of the GILs, the last */
	struct python_holding holding[PYTHON_GILS];
};

struct python_stacks {
	struct targets *targets;
	struct python_kept *threads;
	uint64_t reading;
	struct arena arena;                /* of the looks */
	struct python_seen *seen, *before; /* before: of the reading before, in arena_before */
	size_t seen_count, before_count;
	struct arena arena_before;
	size_t budget;
};

struct python_seen *python_stacks__seen(const struct python_stacks *p, pid_t pid);
struct python_kept *python_stacks__kept(struct python_stacks *p, uint32_t tgid, uint32_t tid);
/* The second look at the GILs. */
void python_holding__compare(const struct python_stacks *p, struct python_seen *v);

#endif
