/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a processor's own folder (x86, arm64) gives to the walk, beside its register numbers in bpf/arch/; the
 * rest is DWARF. Only the folder of the processor that is built for is compiled.
 */
#ifndef TS_UNWIND_ARCH_H
#define TS_UNWIND_ARCH_H

#include <stddef.h>

#include "unwind/row.h"

#define FUNCTION_BYTES_MAX  16384 /* of code that is followed from a function's start */
#define AROUND_BYTES        8192  /* of code that is looked at on both sides of a place */
#define ARCH_CODE_BYTES_MAX 16    /* of the pieces of code below */

struct arch_code {
	const char *bytes;
	size_t size;
};

struct arch {
	struct arch_code syscall;   /* the instruction */
	struct arch_code sigreturn; /* the return from a signal: the call of rt_sigreturn */
	/* The interrupted registers, in memory from the stack pointer's value + this on, and which they are.
	 */
	size_t sigreturn_regs_at;
	const uint8_t *sigreturn_regs;
	size_t sigreturn_reg_count;
	size_t call_bytes; /* how many bytes before a return address show that a call is there */
	/* A call leaves the return address in a register: a function that calls none may have nothing on the
	 * stack, and its CFA is its stack pointer. Else a call pushes it. */
	bool link_register;
	uint8_t link; /* its number, if there is one */
	/* Return addresses may be signed in their upper bits, above those of any address. */
	bool signed_returns;
	/* The pair that the frame pointer points at, caller's frame pointer and return address, is the
	 * frame's upper end, so that the caller's stack pointer is known by it. */
	bool pair_ends_frame;
	/* Registers that calls preserve and that libdw takes for undefined where no rule names them: a set.
	 */
	uint64_t same_without_rule;
};
extern const struct arch unwind_arch;

/* Whether the call_bytes bytes before a return address may be a call. */
bool arch__is_call(const uint8_t *before);
/* What the call in the call_bytes bytes before the return address `after` calls; 0: no call that says so.
 * *ret_slot: where the address stands that it calls. */
uint64_t arch__called(const uint8_t *before, uint64_t after, bool *ret_slot);
/* Whether the code sets up a frame pointer. */
bool arch__sets_up_frame(const uint8_t *code, size_t size);
/* The rules of a stub that is a system call and a return, and has nothing on the stack. */
void arch__stub_row(struct row *row);

/*
 * Rules read off code that has no call frame information. All leave row as it was and return false where they
 * cannot tell. A processor without a reader of its code says so everywhere: the walk is then truncated there.
 */

/* code: a function whole. at: offset in it of the instruction, or of any byte of it. */
bool arch__function_row(const uint8_t *code, size_t size, size_t at, struct row *row);

/* Executable code around a place. */
struct code_around {
	uint8_t *bytes;
	size_t size;
	size_t at;        /* offset of the instruction that comes next */
	bool behind_call; /* which is a return address */
};
/* By what comes behind the place, where nothing says at which address its function begins. */
bool arch__forward_row(const struct code_around *c, struct row *row);
/* For code made at run time, where pc is the place's address. Sets row->frame_pointer in any case. */
bool arch__generated_row(const struct code_around *c, uint64_t pc, struct row *row);

#endif
