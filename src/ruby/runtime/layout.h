/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the fields of MRI 3.1's structures are, in bytes, on x86-64 Linux with glibc: offsetof() compiled
 * against the headers of Debian's source package ruby3.1 and the config.h of ruby3.1-dev (CONTRIBUTING.md).
 * Each group names the file of the structure. Without VM_CHECK_MODE, RGENGC_CHECK_MODE and USE_RVARGC, as
 * released.
 */
#ifndef TS_RUBY_RUNTIME_LAYOUT_H
#define TS_RUBY_RUNTIME_LAYOUT_H

enum ruby_layout {
	/* vm_core.h: rb_vm_t */
	VM_RACTORS = 8, /* ccan/list/list.h: next, prev */
	VM_BYTES = 24,
	/* ractor_core.h: struct rb_ractor_struct */
	RACTOR_THREADS = 304, /* a list */
	RACTOR_GVL = 336,
	RACTOR_NODE = 568,
	RACTOR_BYTES = 576,
	/* thread_pthread.h: rb_global_vm_lock_t */
	GVL_OWNER = 0,
	GVL_WAITQ = 48, /* a list of THREAD_QUEUE_NODE */
	GVL_SWITCH_COND = 80,
	GVL_NEED_YIELD = 176,
	/* vm_core.h: rb_thread_t; its THREAD_NODE is at 0 */
	THREAD_RACTOR = 24,
	THREAD_VM = 32,
	THREAD_EC = 40,
	THREAD_PTHREAD = 80,
	THREAD_TID = 88,
	THREAD_QUEUE_NODE = 104,
	THREAD_COND = 120, /* it sleeps on this, also in the queue of the GVL */
	THREAD_COND_END = 168,
	THREAD_LOCKING_MUTEX = 264,
	THREAD_NAME = 352,
	THREAD_BYTES = 360,
	/* vm_core.h: rb_execution_context_t; cont.c: rb_context_t, which is at the start of rb_fiber_t */
	EC_VM_STACK = 0,
	EC_VM_STACK_SIZE = 8, /* in words */
	EC_CFP = 16,
	EC_FIBER = 40,
	EC_THREAD = 48,
	EC_BYTES = 56,
	FIBER_EC = 80,
	/* vm_core.h: rb_control_frame_t; of the environment at ep, its flags are the first word */
	CFP_PC = 0,
	CFP_ISEQ = 16,
	CFP_EP = 32,
	CFP_BYTES = 64,
	FRAME_FINISH = 0x20,
	/* vm_core.h: rb_iseq_t, struct rb_iseq_constant_body; internal/imemo.h: its type */
	ISEQ_BODY = 16,
	ISEQ_BYTES = 24,
	IMEMO_SHIFT = 12,
	IMEMO_ISEQ = 7,
	BODY_SIZE = 4, /* in words */
	BODY_ENCODED = 8,
	BODY_PATHOBJ = 64,
	BODY_LABEL = 80,
	BODY_INFO = 120,
	BODY_INFO_COUNT = 136,
	BODY_INFO_TABLE = 144,
	BODY_BYTES = 152,
	/* iseq.h: struct iseq_insn_info_entry; iseq.c: struct succ_index_table */
	INFO_BYTES = 12, /* its line is the first */
	TABLE_NUMBERS = 54,
	TABLE_BLOCKS = 48,
	BLOCK_BYTES = 80,
	/* ruby/internal: value_type.h, core/rstring.h, core/rarray.h, core/rtypeddata.h */
	TYPE_MASK = 0x1f,
	TYPE_STRING = 5,
	TYPE_ARRAY = 7,
	TYPE_DATA = 12,
	TYPE_IMEMO = 26,
	STRING_APART = 0x2000,
	STRING_LENGTH_MASK = 0x7c000,
	STRING_LENGTH_SHIFT = 14,
	STRING_EMBEDDED = 16,
	STRING_LENGTH = 16,
	STRING_POINTER = 24,
	STRING_EMBEDDED_MAX = 23,
	ARRAY_WITHIN = 0x2000,
	ARRAY_EMBEDDED = 16,
	ARRAY_POINTER = 32,
	DATA_TYPE = 16,
	DATA_POINTER = 32,
	OBJECT_BYTES = 40,
	/* thread_sync.c: rb_mutex_t is a fiber first, its owner's */
	MUTEX_FIBER = 0,
	/* nptl/descr.h of glibc: struct pthread has the TID there since 2.4 */
	GLIBC_TID = 720,
};

#endif
