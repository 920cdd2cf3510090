/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the first argument of a call comes from, by the instructions before it
 * as Go's compiler writes them (cmd/compile/internal/{amd64,arm64}/ssa.go). Pure.
 */
#ifndef TS_GO_RUNTIME_RECEIVE_LOAD_H
#define TS_GO_RUNTIME_RECEIVE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct go_load {
	enum {
		GO_LOAD_SLOT,    /* offset from the frame's beginning */
		GO_LOAD_FIELD,   /* offset in an object */
		GO_LOAD_VARIABLE /* address */
	} from;
	uint64_t at;
};

struct go_code_view {
	const uint8_t *code; /* of a function that begins at start, and 16 bytes more that may be looked at */
	uint64_t start;
	uint64_t text, etext; /* of the program: what calls lead to */
	bool arm64;           /* else amd64 */
};

/* The load for the call at code[call]: the nearest before it, directly or by another register, with no other
 * call in between. False: there is none that is understood. */
bool go_load__before(const struct go_code_view *v, size_t call, struct go_load *ret);

#endif
