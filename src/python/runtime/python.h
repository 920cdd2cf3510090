/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPython's own structures in a process's memory: threads, frames, the GIL, its locks. Read while they
 * change, so all pointers, types, lengths and chains are checked and bounded; what fails a check is left out.
 * Layouts: data/python.
 */
#ifndef TS_PYTHON_RUNTIME_PYTHON_H
#define TS_PYTHON_RUNTIME_PYTHON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "facts/stack.h"
#include "target/process.h"
#include "util/arena.h"

struct python;

/* p is borrowed. 0; -ENOEXEC: no Python, or a version that is not known; other negative errno. */
int python__open(const struct process *p, const struct mappings *maps, struct python **ret);
void python__close(struct python *py); /* NULL is fine */
unsigned python__minor(const struct python *py);

/* A thread of the interpreter (PyThreadState). */
struct python_thread {
	uint64_t state; /* its address */
	uint64_t ident; /* threading.get_ident(): pthread_self() */
	uint64_t frame; /* the innermost; 0: none */
	/* In the target's PID namespace, as the C library and as Python have it; 0: not known. After a fork
	 * Python's may be that of the parent. The caller checks that there is such a thread. */
	pid_t libc_tid, own_tid;
};

/* A GIL: one per process, or per interpreter from 3.12 on. */
struct python_gil {
	uint64_t address;
	size_t bytes;      /* of its structure, mutexes and condition variables included */
	uint64_t switches; /* how often another thread has got it */
	uint64_t holder;   /* PyThreadState; 0: nobody has it */
};

#define PYTHON_GILS 8
struct python_look {
	struct python_thread *threads; /* in a */
	size_t count;
	struct python_gil gils[PYTHON_GILS];
	size_t gil_count;
};
/* 0 or -EFAULT: its structures could not be read. */
int python__look(struct python *py, struct arena *a, struct python_look *ret);
/* NULL: it has never run Python. */
const struct python_thread *python_look__find(const struct python_look *l, pid_t ns_tid);
const struct python_thread *python_look__by_state(const struct python_look *l, uint64_t state);

/* Reads the GILs again, into a look of before. */
void python__look_at_gils(const struct python *py, struct python_look *l);
/* The thread of that threading.get_ident(); NULL: none. */
const struct python_thread *python_look__by_ident(const struct python_look *l, uint64_t ident);

/* An object that has a lock of the interpreter. */
enum python_lock_kind {
	PYTHON_LOCK,  /* threading.Lock: it keeps no owner */
	PYTHON_RLOCK, /* threading.RLock */
	PYTHON_FILE,  /* a buffered file (io.BufferedWriter) */
};
struct python_lock {
	enum python_lock_kind kind;
	uint64_t object;
	uint64_t owner; /* threading.get_ident(); 0: nobody, or not kept */
};
/* Whether object, an address that may be any number, is one of these with that lock (PyThread_type_lock). */
bool python__lock_at(const struct python *py, uint64_t object, uint64_t lock, struct python_lock *ret);

/* A frame of the interpreter. */
struct python_place {
	uint64_t frame, code;
	uint64_t instr; /* address of the instruction; before 3.11 its number */
	bool last;      /* the outermost in its call of the evaluator */
};
#define PYTHON_FRAMES 4096
#define PYTHON_AHEAD  128
/* Reads the neighbourhoods of these innermost frames, of at most PYTHON_AHEAD threads, in few requests: the
 * next calls of python__frames use them, until this is called again. n 0: none. */
void python__read_ahead(struct python *py, const uint64_t *frames, size_t n);
/* Innermost first, at most max. Returns their number; *ret_whole: the chain was followed to its end. */
size_t python__frames(const struct python *py, uint64_t frame, struct python_place *ret, size_t max,
		      bool *ret_whole);

/*
 * Whether a frame is within a "with" statement on the lock, or on an object that refers to it (a Condition):
 * the method that will unlock it is on the frame's stack. From 3.11 on; before, false.
 */
bool python__within(const struct python *py, const struct python_place *p, const struct python_lock *lock);

/* Names of one sample: each code object is read once. */
struct python_names;
struct python_names *python_names__new(const struct python *py, struct arena *a);
void python_names__free(struct python_names *n); /* NULL is fine */
/* function, file, line; texts are in a. False: its code object fails a check. */
bool python_names__place(struct python_names *n, const struct python_place *p, struct frame *ret);

#endif
