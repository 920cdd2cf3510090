/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where HotSpot keeps what is read of it, by the tables that it exports. */
#ifndef TS_JAVA_RUNTIME_VM_LAYOUT_H
#define TS_JAVA_RUNTIME_VM_LAYOUT_H

#include "java/runtime/vm_memory.h"

/* -1: these tables do not have it. */
struct vm_layout {
	int64_t thread_list, list_length, list_threads, thread_object, thread_vthread, thread_os,
		thread_state, thread_stack_base, thread_stack_size, thread_pending, thread_waiting,
		thread_owner_id, thread_lock_stack, thread_anchor, os_thread_id, anchor_sp, anchor_fp,
		anchor_pc, wrapper_anchor;
	int64_t monitor_object, monitor_owner, lock_stack_top, lock_stack_base;
	int64_t oop_base, oop_shift, klass_base, klass_shift, object_mark, object_klass, mark_klass_shift,
		klass_super, klass_name, klass_constants, klass_fields, klass_field_count, klass_field_stream,
		symbol_length, symbol_body, bytes_data, shorts_data, constants_size, constants_length,
		constants_holder, constants_file;
	int64_t flags, flag_count, flag_size, flag_name, flag_address, version_major;
	int64_t method_const, const_method_size, const_method_constants, const_method_flags,
		const_method_code_size, const_method_name, has_lines;
	int64_t code_heaps, code_low, code_high, array_length, array_data, heap_memory, heap_segments,
		heap_log2, space_low, space_high, block_size, block_used, blob_name, blob_size,
		blob_frame_size, blob_code_begin, blob_code_offset, blob_mutable, blob_relocation_size,
		nmethod_method, nmethod_scopes_begin, nmethod_scopes_offset, nmethod_pcs_offset,
		nmethod_after_pcs, nmethod_metadata, nmethod_immutable, nmethod_orig_pc, nmethod_deopt_begin,
		nmethod_deopt_offset, nmethod_stub_offset, pc_desc_size, pc_desc_pc, pc_desc_scope,
		call_stub_return;
	int64_t collected_heap, heap_gc_active;
};

/* Addresses of the variables gHotSpotVM* that lead to the tables, in the order of vm_symbols. */
#define VM_SYMBOLS 19
extern const char *const vm_symbols[VM_SYMBOLS];

/*
 * Fills ret. False: the tables are not there, are not filled yet, or make no sense. Bounded in number and
 * time, whatever they claim.
 */
bool vm_layout__read(struct vm_memory *m, const uint64_t symbols[VM_SYMBOLS], struct vm_layout *ret);
/* Has all that names of threads need. */
bool vm_layout__has_threads(const struct vm_layout *l);
bool vm_layout__has_monitors(const struct vm_layout *l);
bool vm_layout__has_frames(const struct vm_layout *l);

#endif
