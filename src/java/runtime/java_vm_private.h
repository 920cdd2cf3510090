/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_JAVA_RUNTIME_JAVA_VM_PRIVATE_H
#define TS_JAVA_RUNTIME_JAVA_VM_PRIVATE_H

#include "java/runtime/java_vm.h"
#include "java/runtime/vm_layout.h"
#include "util/u64_table.h"

/* A class file's names have at most 65,535 bytes; these are cut. */
#define JAVA_TEXT       512
#define JAVA_CLASS_TEXT 256

/* Offsets in objects, found by the names of their fields; 0: not found yet. */
struct java_offsets {
	uint32_t thread_name, thread_blocker, thread_eetop, thread_target, thread_holder, string_value,
		string_coder;
};

struct java_vm {
	struct vm_memory memory;
	struct vm_layout layout;
	int major;
	bool compressed_oops, compressed_classes, compact_headers, monitors, frames;
	const char *collector; /* "G1" */
	uint64_t oop_base, oop_shift, klass_base, klass_shift;
	uint64_t code_low, code_high;
	struct java_offsets at;
	struct u64_table classes; /* struct java_class by address */
	struct u64_table methods; /* struct java_method by address: see methods.c */
	struct arena texts;       /* of both */
};

/* What is known of a class. */
struct java_class {
	const char *name;      /* "java/lang/Object"; NULL: none could be read */
	bool looked;           /* for what follows */
	bool ownable;          /* an AbstractOwnableSynchronizer */
	uint32_t owner_thread; /* the offset of its exclusiveOwnerThread */
	uint32_t task_runner;  /* of a FutureTask: the offset of its runner; 0: another class */
};

/* ---- java_vm.c ---- */
/* Of classes and methods: others may be at their addresses later. */
void java__forget_texts(struct java_vm *vm);
/* Reads where the generated code is. */
bool java__code_bounds(struct java_vm *vm);

/* ---- objects.c: 0 and false: not readable, or nonsense ---- */
/* A reference in an object, or 0. */
uint64_t java__reference(struct java_vm *vm, uint64_t address);
/* What an OopHandle or a WeakHandle refers to. */
uint64_t java__handle(struct java_vm *vm, uint64_t handle_address);
uint64_t java__class_of(struct java_vm *vm, uint64_t object);
/* Its text, as much as fits. */
bool java__symbol(struct java_vm *vm, uint64_t symbol, char *buf, size_t size);
/* The symbol of a constant pool's entry. */
bool java__constant(struct java_vm *vm, uint64_t constants, uint32_t index, char *buf, size_t size);
struct java_class *java__class(struct java_vm *vm, uint64_t klass);
/* The class's offset of a field that it declares itself or inherits; 0: none. type: its signature. */
uint32_t java__field(struct java_vm *vm, uint64_t klass, const char *name, const char *type);
/* An array of references: their number, at most max; 0: not readable. ret_first: where they are. */
uint32_t java__array(struct java_vm *vm, uint64_t array, uint32_t max, uint64_t *ret_first);
/* One of them. */
uint64_t java__element(struct java_vm *vm, uint64_t first, uint32_t index);
/* A class's name as Java code has it. */
const char *java__readable(struct arena *a, const char *name);
/* A java.lang.String in UTF-8, cut to fit. */
bool java__string(struct java_vm *vm, uint64_t object, char *buf, size_t size);

/* ---- compressed.c ---- */
/* HotSpot's UNSIGNED5 numbers (CompressedReadStream; from 20 on utilities/unsigned5.hpp, without zero bytes).
 */
struct java_stream {
	struct java_vm *vm;
	uint64_t at, end;
	bool failed;
};
uint32_t java_stream__number(struct java_stream *s);
int32_t java_stream__signed(struct java_stream *s);
uint8_t java_stream__byte(struct java_stream *s);

/* ---- locks.c ---- */
/* Fills what t waits for. thread: address of the Thread object. */
void java__find_lock(struct java_vm *vm, struct arena *a, struct java_thread *t, uint64_t object);
/* Owners of monitors that are given otherwise than by the thread's address. */
void java__find_owners(struct java_vm *vm, struct java_reading *r);
/* What is known of a class's supers; a copy, as another class may make its place in the table move. False: it
 * has no name. */
bool java__whole_class(struct java_vm *vm, uint64_t klass, struct java_class *ret);
/* The JavaThread of a Thread object; 0: it has none, as virtual threads and those that have ended. */
uint64_t java__thread_of(struct java_vm *vm, uint64_t object);
bool java__is_virtual(struct java_vm *vm, uint64_t thread);

/* ---- ends.c ---- */
/* The thread that t waits for the end of, as Thread.join does. */
bool java__find_joined(struct java_vm *vm, struct arena *a, struct java_thread *t);
/* The task that t waits for the end of. */
bool java__find_task(struct java_vm *vm, struct arena *a, struct java_thread *t, uint64_t task);
/* Tasks that wait in the queue of a pool whose threads all wait for such. */
void java__find_stuck_pools(struct java_vm *vm, struct java_reading *r);

/* ---- readers.c ---- */
/* Of each ReentrantReadWriteLock that is held to read and waited for: a thread that holds it. */
void java__find_readers(struct java_vm *vm, struct java_reading *r);

/* ---- methods.c ---- */
/* "java.lang.Thread.sleep" with file and line into ret. bci: -1: not known. False: no method is there. */
bool java__method_frame(struct java_vm *vm, uint64_t method, int32_t bci, struct frame *ret);

/* Of a method that was found before, from the address of a bytecode; -1: not in it. */
int32_t java__bci(struct java_vm *vm, uint64_t method, uint64_t bcp);

/* ---- code.c ---- */
struct java_blob {
	uint64_t start, size;
	char name[32];
	uint32_t frame_bytes;
	bool interpreter, compiled; /* compiled: a method */
};
/* The piece of generated code that covers pc. */
bool java__blob(struct java_vm *vm, uint64_t pc, struct java_blob *ret);
/* The frames of a compiled method at a return address, inlined ones first. Returns their number. */
#define JAVA_INLINED_MAX 64
size_t java__compiled_frames(struct java_vm *vm, const struct java_blob *b, uint64_t pc, uint64_t sp,
			     struct frame ret[JAVA_INLINED_MAX]);

/* ---- arch_*.c: words from the frame pointer of an interpreted frame, frame_x86.hpp, frame_aarch64.hpp ----
 */
extern const int java_frame_method, java_frame_bcp, java_frame_sender_sp, java_frame_wrapper;

#endif
