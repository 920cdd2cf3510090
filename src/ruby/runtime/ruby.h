/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MRI's own structures in a process's memory: threads, control frames, the GVL, the Mutexes that threads wait
 * for. Read while they change, so all pointers, types, lengths and chains are checked and bounded; what fails
 * a check is left out. Layouts: layout.h, of Ruby 3.1.
 */
#ifndef TS_RUBY_RUNTIME_RUBY_H
#define TS_RUBY_RUNTIME_RUBY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "facts/stack.h"
#include "target/process.h"
#include "util/arena.h"

struct ruby;

/* p is borrowed. 0; -ENOEXEC: no Ruby, or one whose layout is not known; other negative errno. */
int ruby__open(const struct process *p, const struct mappings *maps, struct ruby **ret);
void ruby__close(struct ruby *r); /* NULL is fine */

/* A control frame of Ruby code: those of functions in C are native frames, too. */
struct ruby_place {
	uint64_t frame, iseq, pc;
	bool last; /* the outermost in its call of vm_exec() */
};

/* A thread of the virtual machine (rb_thread_t). */
struct ruby_thread {
	uint64_t address, ractor;
	/* In the target's PID namespace, as the C library and as Ruby have it; 0: not known. The caller
	 * checks that there is such a thread. */
	pid_t libc_tid, own_tid;
	uint64_t name;  /* VALUE of its name */
	uint64_t mutex; /* rb_mutex_t of the Thread::Mutex that it waits for; 0: it waits for none */
	uint64_t owner; /* of that, rb_thread_t; 0: nobody, or not known */
	size_t queued;  /* its place in the GVL's queue, from 1; 0: it is not in there */
	struct ruby_place *places; /* innermost first */
	size_t count;
	bool whole; /* these are all */
};

/* The GVL of a Ractor. */
struct ruby_gvl {
	uint64_t ractor;
	uint64_t address;
	uint64_t owner;       /* rb_thread_t; 0: nobody has it */
	uint64_t yields, end; /* who gives it up for others waits on words in [yields, end) */
};

#define RUBY_RACTORS 32
#define RUBY_FRAMES  4096 /* of one thread, the innermost */
struct ruby_look {
	struct ruby_thread *threads; /* in a */
	size_t count;
	struct ruby_gvl gvls[RUBY_RACTORS];
	size_t gvl_count;
};
/* 0 or -EFAULT: its structures could not be read. */
int ruby__look(struct ruby *r, struct arena *a, struct ruby_look *ret);
/* NULL: it is no thread of Ruby. */
const struct ruby_thread *ruby_look__find(const struct ruby_look *l, pid_t ns_tid);
const struct ruby_thread *ruby_look__by_address(const struct ruby_look *l, uint64_t address);
/* Of a Ractor; NULL: not read. */
const struct ruby_gvl *ruby_look__gvl(const struct ruby_look *l, uint64_t ractor);
/* Whether the futex word is of the condition variable that the thread sleeps on, whatever it waits for. */
bool ruby_thread__sleeps_on(const struct ruby_thread *t, uint64_t word);

/* Texts of one sample: what belongs to a place is read once. */
struct ruby_names;
struct ruby_names *ruby_names__new(const struct ruby *r, struct arena *a);
void ruby_names__free(struct ruby_names *n); /* NULL is fine */
/* function, file, line; texts are in a. False: its code fails a check. */
bool ruby_names__place(struct ruby_names *n, const struct ruby_place *p, struct frame *ret);
/* The name that the program has given it, in a; NULL: none. */
const char *ruby_names__thread(struct ruby_names *n, const struct ruby_thread *t);

#endif
