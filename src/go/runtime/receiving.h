/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a function's code takes its channels from, derived from its calls. */
#ifndef TS_GO_RUNTIME_RECEIVING_H
#define TS_GO_RUNTIME_RECEIVING_H

#include "go/runtime/reader.h"
#include "go/runtime/code.h"
#include "go/runtime/receivers.h"

#define GO_LOADS 16 /* of a function */

struct go_code_use {
	bool receives;
	bool unsure; /* has a select, or a call whose channel has another source: it may receive from any
			channel */
	struct go_load loads[GO_LOADS];
	size_t load_count;
	uint64_t reads; /* bit i: it uses the variable that holds channel i */
	uint32_t args;  /* as of struct go_function */
};

struct go_receiving;
/* channels is borrowed. -ENODATA: no receiving function was found. */
int go_receiving__new(struct goroutines *r, const uint64_t *channels, size_t count,
		      struct go_receiving **ret);
void go_receiving__free(struct go_receiving *w); /* NULL is fine */
/* The result for the function that covers pc, cached. NULL: no function. Valid until w is freed. */
const struct go_code_use *go_receiving__code(struct go_receiving *w, uint64_t pc);
/* Whether the variable at this address holds that channel. */
bool go_receiving__holds(const struct go_receiving *w, uint64_t variable, size_t channel);

#endif
