// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk of a Java stack as the machine's own (runtime/frame.cpp): from where the thread last left Java,
 * through interpreted frames by their frame pointers and compiled ones by their sizes, to where it was
 * entered from native code, whose frame leads to where that was called.
 */
#include "java/runtime/java_vm_private.h"

#define FRAMES_MAX   2048
#define FRAME_BLOCKS 1024u

struct walk {
	struct java_vm *vm;
	struct arena *arena;
	uint64_t low, high; /* of the stack */
	uint64_t sp, fp, pc;
	struct frame *list;
	size_t count, room;
};

static uint64_t word(const struct walk *w, uint64_t base, int index)
{
	uint64_t value, at = base + (uint64_t)((int64_t)index * 8);

	return at >= w->low && at < w->high && vm_memory__pointer(&w->vm->memory, at, &value) ? value : 0;
}

static void add(struct walk *w, const struct frame *f)
{
	if (w->count == w->room) {
		size_t room = w->room ? w->room * 2 : 64;
		struct frame *list = ARENA_NEW(w->arena, struct frame, room);

		for (size_t i = 0; i < w->count; i++)
			list[i] = w->list[i];
		w->list = list;
		w->room = room;
	}
	w->list[w->count] = frame__copy(w->arena, f);
	w->list[w->count++].address = w->pc;
}

/* Where the thread left Java. False: it has not. */
static bool start_at(struct walk *w, uint64_t anchor)
{
	const struct vm_layout *l = &w->vm->layout;
	uint64_t sp, fp, pc;

	if (!vm_memory__pointer(&w->vm->memory, anchor + (uint64_t)l->anchor_sp, &sp) ||
	    !vm_memory__pointer(&w->vm->memory, anchor + (uint64_t)l->anchor_fp, &fp) ||
	    !vm_memory__pointer(&w->vm->memory, anchor + (uint64_t)l->anchor_pc, &pc) || sp <= w->sp ||
	    sp < w->low || sp >= w->high)
		return false;
	w->sp = sp;
	w->fp = fp;
	w->pc = pc ? pc : word(w, sp, -1);
	return w->pc != 0;
}

/* To the caller of an interpreted frame. sp is where its compiled caller expects it. */
static bool leave_interpreted(struct walk *w)
{
	struct frame f;
	uint64_t method = word(w, w->fp, java_frame_method), sp = word(w, w->fp, java_frame_sender_sp);
	uint64_t fp = w->fp;

	if (w->fp < w->sp)
		return false;
	if (java__method_frame(w->vm, method, -1, &f)) {
		int32_t bci = java__bci(w->vm, method, word(w, w->fp, java_frame_bcp));

		if (bci >= 0)
			(void)java__method_frame(w->vm, method, bci, &f);
		add(w, &f);
	}
	w->pc = word(w, fp, 1);
	w->fp = word(w, fp, 0);
	w->sp = sp >= fp + 16 && sp < w->high ? sp : fp + 16;
	return true;
}

static bool leave_compiled(struct walk *w, const struct java_blob *b)
{
	struct frame frames[JAVA_INLINED_MAX];
	size_t count = b->compiled ? java__compiled_frames(w->vm, b, w->pc, w->sp, frames) : 0;
	uint64_t sp = w->sp + b->frame_bytes;

	for (size_t i = 0; i < count; i++)
		add(w, &frames[i]);
	if (b->frame_bytes < 16)
		return false;
	w->pc = word(w, sp, -1);
	w->fp = word(w, sp, -2);
	w->sp = sp;
	return true;
}

/* To the caller; false: it is native, or this is the outermost. */
static bool leave_frame(struct walk *w)
{
	struct java_blob b;

	if (!w->pc || w->sp >= w->high || !java__blob(w->vm, w->pc, &b))
		return false;
	return b.interpreter ? leave_interpreted(w) : leave_compiled(w, &b);
}

/* To where this stretch was entered from native code. */
static void walk_stretch(struct walk *w, uint64_t call_stub)
{
	for (int left = FRAMES_MAX; left && w->count < FRAMES_MAX && w->pc != call_stub; left--)
		if (!leave_frame(w))
			return;
}

/* The stretches from where w is, or if it is nowhere from that anchor on. Returns their number. */
static size_t walk_all(struct walk *w, uint64_t anchor, struct java_frames ret[JAVA_STRETCHES_MAX])
{
	const struct vm_layout *l = &w->vm->layout;
	size_t stretches = 0, starts[JAVA_STRETCHES_MAX + 1] = {0};
	uint64_t call_stub;

	if (!vm_memory__pointer(&w->vm->memory, (uint64_t)l->call_stub_return, &call_stub))
		return 0;
	while (stretches < JAVA_STRETCHES_MAX && ((!stretches && w->pc) || start_at(w, anchor))) {
		walk_stretch(w, call_stub);
		starts[++stretches] = w->count;
		if (w->pc != call_stub)
			break;
		anchor = word(w, w->fp, java_frame_wrapper) + (uint64_t)l->wrapper_anchor;
	}
	for (size_t i = 0; i < stretches; i++)
		ret[i] =
			(struct java_frames){w->list ? w->list + starts[i] : NULL, starts[i + 1] - starts[i]};
	return stretches;
}

size_t java_vm__frames(struct java_vm *vm, struct arena *a, const struct java_thread *t,
		       struct java_frames ret[JAVA_STRETCHES_MAX])
{
	struct walk w = {.vm = vm, .arena = a, .low = t->stack_low, .high = t->stack_high};

	if (!vm->frames)
		return 0;
	vm->memory.blocks_left += FRAME_BLOCKS;
	return walk_all(&w, t->address + (uint64_t)vm->layout.thread_anchor, ret);
}

size_t java_vm__frames_at(struct java_vm *vm, struct arena *a, const struct java_place *p,
			  struct java_frames ret[JAVA_STRETCHES_MAX])
{
	struct walk w = {.vm = vm,
			 .arena = a,
			 .low = p->start,
			 .high = p->start + p->len,
			 .sp = p->sp,
			 .fp = p->fp,
			 .pc = p->pc};
	size_t count = 0;

	if (!vm->frames)
		return 0;
	java__forget_texts(vm);
	vm_memory__start(&vm->memory, 2 * FRAME_BLOCKS);
	vm->memory.copy = (struct vm_copy){p->start, p->bytes, p->len};
	if (java__code_bounds(vm) && java_vm__is_code(vm, p->pc))
		count = walk_all(&w, 0, ret);
	vm->memory.copy = (struct vm_copy){0};
	/* What it has cached of the copy is not there any more. */
	vm_memory__start(&vm->memory, 0);
	return w.count ? count : 0;
}
