/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of other processes, as the helper reads it: a page may belong to a file server or to a handler of
 * page faults (userfaultfd), which need not answer. The bytes come through memory that both share; a helper
 * that is given up keeps its own.
 */
#ifndef TS_TARGET_HELPER_MEMORY_H
#define TS_TARGET_HELPER_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "target/process.h"

#define HELPER_PIECES 512
#define HELPER_BYTES  (1u << 20)

struct helper_piece {
	uint64_t address, bytes;
	ssize_t got; /* or a negative errno */
};

struct helper_room {
	_Atomic uint32_t progress; /* grows while the helper gets on */
	struct helper_half {
		struct helper_piece pieces[HELPER_PIECES];
		uint8_t data[HELPER_BYTES];
	} halves[2]; /* one is filled while the other is emptied */
};

struct memory_request {
	pid_t tid;
	uint32_t count; /* of pieces; 0: it is no order for memory */
	uint32_t half;  /* of the room */
	bool one;       /* they are one: none is read behind the first that is incomplete */
	bool present;   /* only pages that are in memory or swapped out: nobody else serves them */
};

/* In the helper: fills the pieces of that half. */
void helper_room__read(struct helper_room *room, const struct memory_request *o);

/* In this process: 0, and got of each piece is set, or a negative errno. -ETIMEDOUT: no answer, and the
 * helper is given up. */
int helper_memory__read(const struct memory_request *o, struct memory_piece *list);
/* The same in two parts, between which the helper works, and nothing is asked but the same of the other half:
 * the replies come in the order of the requests. Without a helper, begin fails. If end fails, what else was
 * begun is lost. */
int helper_memory__begin(const struct memory_request *o, const struct memory_piece *list);
int helper_memory__end(const struct memory_request *o, struct memory_piece *list);

#endif
