/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules derived from the code in the target's memory, without call frame information. All leave row unchanged
 * if they return false.
 */
#ifndef TS_UNWIND_BY_CODE_H
#define TS_UNWIND_BY_CODE_H

#include "unwind/rules.h"

/* From the start of the function around vaddr, which m provides. address: that of vaddr in the target. */
bool by_code__function(struct module *m, const struct module_place *place, uint64_t vaddr, uint64_t address,
		       struct row *row);
/* From what comes behind the place: see arch.h. map: that of address. */
bool by_code__forward(const struct process *p, const struct mapping *map, uint64_t address, struct row *row);
/*
 * Right after a system call in code without call frame information: in glibc, that of clone and clone3 ends
 * before it, because it would be wrong in the child; musl's stubs have none. map may be NULL.
 */
bool by_code__behind_syscall(const struct process *p, const struct mapping *map, uint64_t address,
			     struct row *row);
/*
 * For code generated at run time, without a file: by a frame pointer if one is in use; otherwise forward, or
 * (an endless loop) from the nearest possible function start before it. is_return: address is one byte before
 * a return address.
 */
void by_code__generated(const struct process *p, const struct mapping *map, uint64_t address, bool is_return,
			struct row *row);

enum frame_use {
	FRAME_UNKNOWN, /* the start of the function is unknown */
	FRAME_SET_UP,
	FRAME_LESS,
};
/*
 * Whether the function at address has set up a frame pointer. If not (musl is built that way), the register
 * still holds that of an outer caller, and following it would skip frames.
 */
enum frame_use by_code__frame_use(struct module *m, const struct module_place *place, uint64_t vaddr,
				  uint64_t address);
/* Whether the address may be a return address: a call lies before it. */
bool by_code__is_behind_call(const struct process *p, uint64_t address);
/* The target of the call before the return address; 0: unknown, or not a call. */
uint64_t by_code__called(const struct process *p, uint64_t after);
/* A return from a signal handler, for which musl has no call frame information. */
bool by_code__is_sigreturn(const struct process *p, uint64_t address);

#endif
