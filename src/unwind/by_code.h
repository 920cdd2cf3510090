/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules read off the code itself, out of the target's memory, where there is no call frame information. All
 * leave row as it was where they return false.
 */
#ifndef TS_UNWIND_BY_CODE_H
#define TS_UNWIND_BY_CODE_H

#include "unwind/rules.h"

/* From the start of the function around vaddr, which m knows. address: of vaddr in the target. */
bool by_code__function(struct module *m, const struct module_place *place, uint64_t vaddr, uint64_t address,
		       struct row *row);
/* From what comes behind the place: see arch.h. map: that of address. */
bool by_code__forward(const struct process *p, const struct mapping *map, uint64_t address, struct row *row);
/*
 * Right behind a system call in code without call frame information: glibc ends
 * clone's and clone3's before it, as it would be wrong in the child, and musl's
 * stubs have none. map: NULL is fine.
 */
bool by_code__behind_syscall(const struct process *p, const struct mapping *map, uint64_t address,
			     struct row *row);
/*
 * Made at run time, without a file: by a frame pointer if it has one in use; else forward, or (a loop without
 * end) from the nearest place in front where a function may begin. is_return: address is one byte before a
 * return address.
 */
void by_code__generated(const struct process *p, const struct mapping *map, uint64_t address, bool is_return,
			struct row *row);

enum frame_use {
	FRAME_UNKNOWN, /* where the function starts is not known */
	FRAME_SET_UP,
	FRAME_LESS,
};
/*
 * Whether the function at address has set up a frame pointer. If not (musl is
 * built so) the register still holds that of some caller's caller, and following
 * it would leave out frames unseen.
 */
enum frame_use by_code__frame_use(struct module *m, const struct module_place *place, uint64_t vaddr,
				  uint64_t address);
/* Whether the address may be a return address: a call lies before it. */
bool by_code__is_behind_call(const struct process *p, uint64_t address);
/* What the call before the return address calls; 0: the call does not say, or there is none. */
uint64_t by_code__called(const struct process *p, uint64_t after);
/* A return from a signal is there, which musl leaves without call frame information. */
bool by_code__is_sigreturn(const struct process *p, uint64_t address);

#endif
