// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The code cache: heaps of blobs (memory/heap.hpp, code/codeBlob.hpp, code/nmethod.hpp), and what the
 * compilers have noted of their methods (code/debugInfoRec.cpp).
 */
#include <string.h>

#include "java/runtime/java_vm_private.h"

#define HEAPS_MAX   16
#define JUMPS_MAX   4096
#define BLOB_MAX    (64u << 20)
#define FRAME_MAX   (1u << 20) /* bytes */
#define PCS_MAX     (1u << 20)
#define SCOPE_BYTES 1024

static bool pointer(struct java_vm *vm, uint64_t start, int64_t at, uint64_t *ret)
{
	return at >= 0 && vm_memory__pointer(&vm->memory, start + (uint64_t)at, ret);
}

static bool number(struct java_vm *vm, uint64_t start, int64_t at, size_t size, uint64_t *ret)
{
	return at >= 0 && vm_memory__number(&vm->memory, start + (uint64_t)at, size, ret);
}

/* The start of the block that covers pc: each segment's byte says how many to go back. */
static bool find_block(struct java_vm *vm, uint64_t heap, uint64_t pc, uint64_t *ret)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t low, high, map, log2, segment, b, used;

	if (!pointer(vm, heap + (uint64_t)l->heap_memory, l->space_low, &low) ||
	    !pointer(vm, heap + (uint64_t)l->heap_memory, l->space_high, &high) || pc < low || pc >= high ||
	    !pointer(vm, heap + (uint64_t)l->heap_segments, l->space_low, &map) ||
	    !number(vm, heap, l->heap_log2, 4, &log2) || log2 > 20)
		return false;
	segment = (pc - low) >> log2;
	for (int i = 0; i < JUMPS_MAX; i++) {
		if (!vm_memory__number(&vm->memory, map + segment, 1, &b) || b == 0xff || b > segment)
			return false;
		if (!b) {
			*ret = low + (segment << log2);
			return number(vm, *ret, l->block_used, 1, &used) && used == 1;
		}
		segment -= b;
	}
	return false;
}

static bool find_blob(struct java_vm *vm, uint64_t pc, uint64_t *ret)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t array, data, heap, block;
	int32_t count;

	if (!vm_memory__pointer(&vm->memory, (uint64_t)l->code_heaps, &array) || !array ||
	    !vm_memory__int(&vm->memory, array + (uint64_t)l->array_length, &count) || count < 0 ||
	    !pointer(vm, array, l->array_data, &data))
		return false;
	for (int i = 0; i < count && i < HEAPS_MAX; i++) {
		if (!vm_memory__pointer(&vm->memory, data + 8ull * (unsigned)i, &heap) || !heap ||
		    !find_block(vm, heap, pc, &block))
			continue;
		*ret = block + (uint64_t)l->block_size;
		return true;
	}
	return false;
}

bool java__blob(struct java_vm *vm, uint64_t pc, struct java_blob *ret)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t name, words;

	*ret = (struct java_blob){0};
	if (!find_blob(vm, pc, &ret->start) || !pointer(vm, ret->start, l->blob_name, &name) || !name ||
	    !vm_memory__string(&vm->memory, name, ret->name, sizeof(ret->name)) ||
	    !number(vm, ret->start, l->blob_size, 4, &ret->size) || ret->size > BLOB_MAX ||
	    pc - ret->start >= ret->size || !number(vm, ret->start, l->blob_frame_size, 4, &words) ||
	    words > FRAME_MAX / 8)
		return false;
	ret->frame_bytes = (uint32_t)words * 8;
	ret->interpreter = !strcmp(ret->name, "Interpreter");
	ret->compiled = !strcmp(ret->name, "nmethod") || !strcmp(ret->name, "native nmethod");
	return true;
}

/* ---- what the compiler has noted ------------------------------------------------------ */

struct notes {
	uint64_t code, pcs, pcs_end, scopes, metadata;
};

/* From 23 on these are outside the code cache. */
static bool find_notes(struct java_vm *vm, uint64_t nm, struct notes *n)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t a, b, c, mutable, immutable;

	if (l->nmethod_immutable >= 0) {
		if (!number(vm, nm, l->blob_code_offset, 4, &a) ||
		    !pointer(vm, nm, l->nmethod_immutable, &immutable) ||
		    !number(vm, nm, l->nmethod_pcs_offset, 4, &b) ||
		    !number(vm, nm, l->nmethod_scopes_offset, 4, &c) ||
		    !pointer(vm, nm, l->blob_mutable, &mutable) ||
		    !number(vm, nm, l->blob_relocation_size, 4, &n->metadata))
			return false;
		n->code = nm + a;
		n->pcs = immutable + b;
		n->pcs_end = n->scopes = immutable + c;
		n->metadata += mutable;
		return true;
	}
	if (!pointer(vm, nm, l->blob_code_begin, &n->code) || !number(vm, nm, l->nmethod_pcs_offset, 4, &a) ||
	    !number(vm, nm, l->nmethod_after_pcs, 4, &b) ||
	    !pointer(vm, nm, l->nmethod_scopes_begin, &n->scopes) ||
	    !number(vm, nm, l->nmethod_metadata, 4, &c))
		return false;
	n->pcs = nm + a;
	n->pcs_end = nm + b;
	n->metadata = nm + c;
	return true;
}

/* The offset of what is noted of a return address; 0: nothing. */
static uint32_t find_scope(struct java_vm *vm, const struct notes *n, uint64_t pc)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t low = 0, high, wanted = pc - n->code;
	int32_t at, scope;

	if (l->pc_desc_size < 8 || l->pc_desc_size > 64 || n->pcs_end < n->pcs)
		return 0;
	high = (n->pcs_end - n->pcs) / (uint64_t)l->pc_desc_size;
	if (high > PCS_MAX)
		return 0;
	while (low < high) {
		uint64_t middle = (low + high) / 2, entry = n->pcs + middle * (uint64_t)l->pc_desc_size;

		if (!vm_memory__int(&vm->memory, entry + (uint64_t)l->pc_desc_pc, &at))
			return 0;
		if (at >= 0 && (uint64_t)at == wanted)
			return vm_memory__int(&vm->memory, entry + (uint64_t)l->pc_desc_scope, &scope) &&
					       scope > 0
				       ? (uint32_t)scope
				       : 0;
		if (at < 0 || (uint64_t)at < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static uint64_t noted_method(struct java_vm *vm, const struct notes *n, uint32_t index)
{
	uint64_t method;

	return index && index < PCS_MAX &&
			       vm_memory__pointer(&vm->memory, n->metadata + 8ull * (index - 1), &method)
		       ? method
		       : 0;
}

/* A method whose code is no longer true gets another return address; its frame keeps the right one. */
static uint64_t right_pc(struct java_vm *vm, uint64_t nm, uint64_t pc, uint64_t sp)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t handler, offset, original;

	if (l->nmethod_deopt_begin >= 0) {
		if (!pointer(vm, nm, l->nmethod_deopt_begin, &handler))
			return pc;
	} else {
		if (!number(vm, nm, l->nmethod_deopt_offset, 4, &handler))
			return pc;
		handler += nm;
	}
	if (pc != handler || !number(vm, nm, l->nmethod_orig_pc, 4, &offset) || offset > FRAME_MAX ||
	    !vm_memory__pointer(&vm->memory, sp + offset, &original))
		return pc;
	return original;
}

size_t java__compiled_frames(struct java_vm *vm, const struct java_blob *b, uint64_t pc, uint64_t sp,
			     struct frame ret[JAVA_INLINED_MAX])
{
	struct notes n;
	uint64_t method;
	uint32_t scope = 0;
	size_t count = 0;

	pc = right_pc(vm, b->start, pc, sp);
	if (find_notes(vm, b->start, &n))
		scope = find_scope(vm, &n, pc);
	while (scope && count < JAVA_INLINED_MAX) {
		struct java_stream s = {
			.vm = vm, .at = n.scopes + scope, .end = n.scopes + scope + SCOPE_BYTES};
		uint32_t sender = java_stream__number(&s), index = java_stream__number(&s);
		int32_t bci = (int32_t)java_stream__number(&s) - 1;

		if (s.failed || !java__method_frame(vm, noted_method(vm, &n, index), bci, &ret[count]))
			break;
		ret[count++].inlined = true;
		/* A caller's notes are before. */
		scope = sender < scope ? sender : 0;
	}
	/* Nothing is noted of the place, or nothing that can be read: the method itself is known. */
	if (!count && pointer(vm, b->start, vm->layout.nmethod_method, &method) &&
	    java__method_frame(vm, method, -1, &ret[0]))
		count = 1;
	if (count)
		ret[count - 1].inlined = false;
	return count;
}
