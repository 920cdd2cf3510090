/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that Go's linker makes for the runtime's own tracebacks (runtime/symtab.go):
 * code address to function, file, line, stack depth and inlined calls. Read through the cache; untrusted:
 * every length is bounded.
 */
#ifndef TS_GO_RUNTIME_PCLNTAB_H
#define TS_GO_RUNTIME_PCLNTAB_H

#include "go/runtime/layout.h"
#include "go/runtime/memory.h"

struct go_slice {
	uint64_t address, len;
};

/* The used fields of runtime.moduledata. */
struct go_module {
	const struct go_layout *layout;
	struct go_cache *cache;
	struct go_slice funcnametab, cutab, filetab, pctab, pclntable, ftab;
	uint64_t text, etext, minpc, maxpc;
	uint64_t data, edata, bss, ebss, noptrdata, noptrbss, enoptrbss;
	uint64_t gofunc;  /* 0 before 1.18 */
	uint64_t quantum; /* of code addresses: 1 or 4 */
	uint64_t next;    /* moduledata of the next one: of a plugin; 0: none at that time */
	uint64_t address; /* of this one's */
};

/* Reads and checks moduledata at address, whose first word must be pclntab. */
bool go_module__read(struct go_module *m, const struct go_layout *layout, const struct go_memory *memory,
		     struct go_cache *cache, uint64_t address, uint64_t pclntab);

#define GO_FLAG_TOP_FRAME 1
#define GO_FLAG_SP_WRITE  2

struct go_function {
	uint64_t entry, end;
	uint64_t address; /* of its runtime._func */
	uint32_t args; /* bytes of arguments and results, including those in registers, for which its caller
			* has room
			*/
	uint32_t name, pcsp, pcfile, pcln, pcdata_count, cu;
	uint8_t id, flag, funcdata_count;
};

/* The function that covers pc. False: none. */
bool go_module__function(const struct go_module *m, uint64_t pc, struct go_function *ret);
/* Value of one of the function's tables (its offset in pctab) at pc. False: none, or the table is broken. */
bool go_module__value(const struct go_module *m, const struct go_function *f, uint32_t table, uint64_t pc,
		      int32_t *ret);
/* Source line of pc; 0 and file 0 if unknown. *ret_file is the address of its name. */
int go_module__line(const struct go_module *m, const struct go_function *f, uint64_t pc, uint64_t *ret_file);
/* Address of a name. 0: out of its table. */
uint64_t go_module__name(const struct go_module *m, uint32_t offset);

/* A call that the compiler inlined. */
struct go_inlined {
	uint32_t name;
	uint8_t id;
	uint64_t parent_pc; /* the position of the call in the function */
};
/* The innermost call inlined at pc. False: pc is the function's own code. */
bool go_module__inlined(const struct go_module *m, const struct go_function *f, uint64_t pc,
			struct go_inlined *ret);

#endif
