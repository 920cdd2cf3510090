/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The observed processes, each with the readers of its memory and symbols, opened at first use. */
#ifndef TS_COLLECT_TARGETS_TARGETS_H
#define TS_COLLECT_TARGETS_TARGETS_H

#include <sys/types.h>

#include "go/runtime/goroutines.h"
#include "python/runtime/python.h"
#include "java/runtime/java_vm.h"
#include "ruby/runtime/ruby.h"
#include "symbols/symbols.h"
#include "target/process.h"
#include "unwind/unwind.h"
#include "util/arena.h"
#include "facts/stack.h"

struct targets;

struct target {
	struct process *process;
	struct symbolizer *symbolizer; /* NULL until target__names */
	struct unwinder *unwinder;
	struct goroutines *goroutines; /* NULL until targets__goroutines */
	struct python *python;         /* NULL until targets__python */
	struct ruby *ruby;             /* NULL until targets__ruby */
	struct java_vm *java;          /* NULL until targets__java */
};

struct targets *targets__new(enum symbol_lines lines);
void targets__free(struct targets *t);
/* NULL if it has ended or must not be read. Owned by t. */
struct target *targets__get(struct targets *t, pid_t pid);
/* With symbolizer and unwinder; NULL if they are not available. */
struct target *targets__named(struct targets *t, pid_t pid);
/* The reader of its goroutines. NULL: *ret_why, owned by t, has the reason, "" if it is not a Go program. */
struct goroutines *targets__goroutines(struct targets *t, pid_t pid,
				       const struct goroutines_refusal **ret_why);
/* The next targets__goroutines tries again. */
void targets__forget_goroutines(struct targets *t, pid_t pid);
/* The reader of its Python; NULL: it has none, or of an unknown version. */
struct python *targets__python(struct targets *t, pid_t pid);
/* The same of its Ruby. */
struct ruby *targets__ruby(struct targets *t, pid_t pid);
/* The reader of the Java virtual machine in it; NULL: it has none, or none that can be read. Only of a
 * process whose mappings are known: it has been asked for names. */
struct java_vm *targets__java(struct targets *t, pid_t pid);
void targets__forget(struct targets *t, pid_t pid);
/* Mappings are reread at the next use: call once per interval. */
void targets__new_interval(struct targets *t);

/* Its mappings, as of this interval; NULL if they could not be read. */
const struct mappings *target__mappings(const struct target *t);

/* Turns pcs into frames with names, in a, with inlined calls. end: as in struct call_stack. */
struct call_stack target__frames(struct target *t, struct arena *a, const uint64_t *pcs, const uint8_t *exact,
				 size_t count, enum stack_end end);

#endif
