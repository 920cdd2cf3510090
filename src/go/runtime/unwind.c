/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a goroutine's saved registers and a copy of its stack to the list of code addresses, like
 * runtime/traceback.go: the linker's table gives the stack depth at each address; frame pointers are not
 * needed.
 */
#include "go/runtime/reader.h"

/* arm64: what the signal handler puts on the stack to fake a call. */
#define INJECTED_BYTES 16

static bool stack_word(const struct go_walk *w, uint64_t address, uint64_t *ret)
{
	uint64_t in = address - w->base;

	if (address < w->base || w->len < 8 || in > w->len - 8)
		return false;
	memcpy(ret, w->stack + in, 8);
	return true;
}

struct go_frame_regs {
	uint64_t pc, sp, lr;      /* lr 0: unknown */
	bool innermost, injected; /* the callee was a signal or an injected call */
};

/* SP_WRITE: the function switches stacks, so the table does not locate its caller. */
static bool ends_here(struct goroutines *r, const struct go_code *c, const struct go_frame_regs *f,
		      const struct go_walk *w, enum stack_end *end)
{
	if (c->flag & GO_FLAG_TOP_FRAME) {
		*end = STACK_COMPLETE;
		return true;
	}
	if ((c->flag & GO_FLAG_SP_WRITE) && !go_code__is(r, c, GO_FUNC_cgocallback) &&
	    !(w->syscall && f->innermost)) {
		*end = f->innermost ? STACK_COMPLETE : STACK_TRUNCATED;
		return true;
	}
	return false;
}

/* From a frame to its caller. False: implausible. */
static bool step(struct goroutines *r, const struct go_code *c, struct go_frame_regs *f,
		 const struct go_walk *w)
{
	bool injects = go_code__injects(r, c), arm64 = r->layout.arm64;
	uint64_t fp = f->sp + (uint64_t)(uint32_t)c->sp_delta + (arm64 ? 0 : 8), lr = f->lr, saved;

	if (c->sp_delta < 0 || fp < f->sp)
		return false;
	if (!arm64) {
		if (!stack_word(w, fp - 8, &lr))
			return false;
	} else if ((f->innermost && f->sp < fp) || !lr) {
		if (!stack_word(w, f->sp, &lr))
			return false;
	}
	*f = (struct go_frame_regs){.pc = lr, .sp = fp, .injected = injects};
	if (arm64 && injects) {
		const struct go_code *caller = go_names__code(r->names, lr, true, false);

		if (!stack_word(w, fp, &saved))
			return false;
		f->sp += INJECTED_BYTES;
		if (!caller->known)
			f->pc = saved;
		else if (caller->sp_delta == 0)
			f->lr = saved;
	}
	return true;
}

uint32_t go_unwind(struct goroutines *r, const struct go_walk *w, uint64_t *pcs, uint64_t *sps,
		   enum stack_end *end)
{
	struct go_frame_regs f = {.pc = w->pc, .sp = w->sp, .lr = w->lr, .innermost = true};
	uint32_t count = 0;

	*end = STACK_TRUNCATED;
	if (!f.pc) { /* a call of a nil function: treated as if it had returned */
		if (r->layout.arm64)
			f = (struct go_frame_regs){.pc = w->lr, .sp = w->sp, .innermost = true};
		else if (stack_word(w, f.sp, &f.pc))
			f.sp += 8;
	}
	while (count < GO_DEPTH_MAX) {
		const struct go_code *c = go_names__code(r->names, f.pc, f.injected, false);

		if (!c->known)
			break;
		if (sps)
			sps[count] = f.sp;
		pcs[count++] = f.pc;
		if (ends_here(r, c, &f, w, end) || !step(r, c, &f, w))
			break;
		if (!f.pc) { /* the bottom of a thread's first stack */
			*end = STACK_COMPLETE;
			break;
		}
	}
	return count;
}
