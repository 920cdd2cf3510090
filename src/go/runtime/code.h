/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program's instructions say, as Go's compiler writes them
 * (cmd/compile/internal/{amd64,arm64}/ssa.go): code_amd64.c, code_arm64.c. By the program's processor and not
 * by our own, so that tests read both. Pure.
 */
#ifndef TS_GO_RUNTIME_CODE_H
#define TS_GO_RUNTIME_CODE_H

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

#define GO_LOAD_BYTES_BACK 48 /* between a load and the call that it is for */

struct go_code_view {
	const uint8_t *code; /* of a function that begins at start, with 16 readable bytes after it */
	uint64_t start;
	uint64_t text, etext; /* of the program: what calls lead to */
};

struct go_code_search {
	const uint64_t *variables; /* addresses */
	size_t variable_count;
	void (*call)(void *arg, size_t at, uint64_t to);
	void (*read)(void *arg, size_t variable);
	void *arg;
};

struct go_processor {
	/* The load for the call at code[call], of its first argument: the nearest before it, directly or by
	 * another register, with no other call in between. False: no such code found. */
	bool (*load_before)(const struct go_code_view *v, size_t call, struct go_load *ret);
	/* Calls back for each call in the code, which lies at start, and for each use of a variable. */
	void (*search)(const struct go_code_search *s, const uint8_t *code, size_t bytes, uint64_t start);
	/* Offset of the jump that ends the check of the stack that functions begin with; -1: no check.
	 * NULL: not known for this processor. */
	int (*stack_check)(const uint8_t *code, size_t bytes);
};
extern const struct go_processor go_amd64, go_arm64;

#endif
