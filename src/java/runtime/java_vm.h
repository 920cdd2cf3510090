/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A HotSpot Java virtual machine in another process, read from its memory by the tables that it exports for
 * its own Serviceability Agent (vm_layout.h): OpenJDK 17 and later. It is not stopped, nothing is attached,
 * nothing runs in it, and the tables, pointers and lengths may lie: each is checked, and the number of reads
 * of a reading is bounded.
 *
 * The collector may move objects while they are read. What was read is thus what the caller proves: that a
 * thread has not run meanwhile, and that a class has the name that it should have.
 */
#ifndef TS_JAVA_RUNTIME_JAVA_VM_H
#define TS_JAVA_RUNTIME_JAVA_VM_H

#include "facts/kinds.h"
#include "facts/stack.h"
#include "java/runtime/vm_memory.h"
#include "target/process.h"
#include "util/arena.h"

struct java_vm;

/* One JavaThread: a thread that runs Java code, or compiles it. */
struct java_thread {
	pid_t ns_tid;     /* in the target's own PID namespace */
	uint64_t address; /* of the JavaThread */
	const char *name; /* as Thread.getName(), UTF-8; NULL: not known */
	bool virtual;     /* it carries a virtual thread */
	/* What it waits for; lock 0: nothing that is known. */
	uint64_t lock; /* address of the object: as in a thread dump */
	uint64_t key;  /* of the lock, which stays as long as it is waited for: that of its ObjectMonitor */
	const char *class; /* of that object: "java.util.concurrent.locks.ReentrantLock$NonfairSync" */
	enum wait_kind wait;
	enum lock_kind kind;
	uint64_t owner;      /* the owner's JavaThread; 0: none, or not known */
	bool by_virtual;     /* a virtual thread owns it, which is in no list */
	uint32_t readers;    /* that hold a ReentrantReadWriteLock; 0: none, or not known */
	bool read_write;     /* a lock with two sides: its frames show for which it waits */
	const char *only_in; /* holds only if this is its method that waits: "java.lang.Thread.join"; NULL:
				always */
	uint64_t likely; /* of a lock without an owner: the JavaThread that likely holds it; 0: not known */
	enum lock_likely likely_by;
	/* private */
	uint64_t object, monitor_owner, stack_low, stack_high, id;
};

struct java_reading {
	struct java_thread *threads; /* in the arena */
	size_t count;
	bool complete;   /* each of its list could be read */
	bool collecting; /* a garbage collection has stopped the threads */
	const char *collector;
};

/*
 * p is borrowed. -ENOENT: no Java virtual machine is mapped. -ENOTSUP: it is another one than HotSpot, or an
 * older version. -EAGAIN: it has only begun to start.
 */
int java_vm__open(const struct process *p, const struct mappings *maps, struct java_vm **ret);
/* For tests. memory's read and arg are used; symbols as vm_layout__read takes them. */
int java_vm__open_memory(const struct vm_memory *memory, const uint64_t *symbols, struct java_vm **ret);
void java_vm__close(struct java_vm *vm); /* NULL is fine */

/* All of its threads, in memory of a, of a process that has that many: what its list has beyond is left out.
 * 0 or -EAGAIN: it could not be read at this moment. */
int java_vm__read(struct java_vm *vm, struct arena *a, size_t threads, struct java_reading *ret);

/* What java_vm__still_waits reads is newer than this call. */
void java_vm__look_again(struct java_vm *vm);
/* Whether a thread waits for the same monitor, with the same owner, as when it was read: it may have run
 * meanwhile, because some wake from time to time to look whether the monitor is free. */
bool java_vm__still_waits(struct java_vm *vm, const struct java_thread *t);

/* Reads where its code is, as java_vm__read does, too. */
bool java_vm__find_code(struct java_vm *vm);
/* Whether address is in code that it has generated. */
bool java_vm__is_code(const struct java_vm *vm, uint64_t address);

/* One stretch of Java frames, between two of native code. */
struct java_frames {
	const struct frame *frames; /* innermost first, in the arena */
	size_t count;
};
#define JAVA_STRETCHES_MAX 8
/*
 * The Java frames of a thread that does not run: of the last reading, innermost stretch first. Returns the
 * number of stretches; a stretch may be empty if its methods are not known.
 */
size_t java_vm__frames(struct java_vm *vm, struct arena *a, const struct java_thread *t,
		       struct java_frames ret[JAVA_STRETCHES_MAX]);

/*
 * The same from a return address in generated code and the registers there, of a thread that has gone on
 * since: its stack is the copy, and no further. 0: nothing was found.
 */
struct java_place {
	uint64_t pc, sp, fp;
	uint64_t start; /* of the copy */
	const uint8_t *bytes;
	size_t len;
};
size_t java_vm__frames_at(struct java_vm *vm, struct arena *a, const struct java_place *p,
			  struct java_frames ret[JAVA_STRETCHES_MAX]);

#endif
