/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call frame information as one compact rule set per code address, cached: libdw's look-up costs about 0.2 ms
 * per frame, a hash look-up 20 ns.
 */
#ifndef TS_UNWIND_RULES_H
#define TS_UNWIND_RULES_H

#include <elfutils/libdw.h>
#include <stdbool.h>

#include "symbols/module.h"
#include "symbols/symbols.h"
#include "unwind/row.h"
#include "util/arena.h"
#include "util/u64_table.h"

struct expression {
	Dwarf_Op *ops;
	size_t count;
	uint64_t bias; /* added to addresses in it */
};

struct rules {
	struct symbolizer *symbolizer;
	struct u64_table rows; /* by address */
	struct expression *expressions;
	size_t expression_count, expression_room;
	struct arena ops; /* of the expressions */
	uint64_t age;     /* older rows of generated code are rebuilt */
};

/* The row for the code at address, which is_return if it is one byte before a return address; never NULL.
 * Valid until the next call. */
const struct row *rules__row(struct rules *r, uint64_t address, bool is_return);
/* Turns the call frame information for vaddr of m into row; without any, row is unchanged. m must be native.
 */
void rules__fill(struct rules *r, struct module *m, const struct module_place *place, uint64_t vaddr,
		 uint64_t bias, struct row *row);
void rules__forget(struct rules *r);
/* For generated code only, at their next use. */
void rules__renew(struct rules *r);

#endif
