// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/targets/targets.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "util/heap.h"
#include "util/progress.h"
#include "util/table.h"

#include "unwind/by_code.h"

struct entry {
	pid_t pid;
	struct target target;
	bool failed; /* could not be opened: not tried again */
	bool fresh;  /* mappings have been read in this interval */
	bool asked;  /* whether it is a Go program */
	bool python_asked;
	bool ruby_asked;
	bool names_only; /* no inlined calls, no lines */
	bool no_java;    /* its Java virtual machine cannot be read: not tried again */
	struct goroutines_refusal why;
	UT_hash_handle hh;
};

/* Each target holds two open files; these are reserved for the rest. */
#define FILES_EACH  2
#define FILES_SPARE 96

struct targets {
	struct entry *entries;
	rlim_t open, room;
	enum symbol_lines lines;
};

static rlim_t room_for_targets(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur == RLIM_INFINITY)
		return RLIM_INFINITY;
	return files.rlim_cur < FILES_SPARE ? 1 : 1 + (files.rlim_cur - FILES_SPARE) / FILES_EACH;
}

struct targets *targets__new(enum symbol_lines lines)
{
	struct targets *t = HEAP_NEW(struct targets, 1);

	t->lines = lines;
	t->room = room_for_targets();
	return t;
}

static void free_entry(struct targets *t, struct entry *e)
{
	t->open -= !e->failed;
	goroutines__close(e->target.goroutines);
	python__close(e->target.python);
	ruby__close(e->target.ruby);
	java_vm__close(e->target.java);
	unwinder__free(e->target.unwinder);
	symbolizer__free(e->target.symbolizer);
	process__close(e->target.process);
	free(e);
}

void targets__free(struct targets *t)
{
	struct entry *e, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->entries, e, next)
	{
		HASH_DEL(t->entries, e);
		free_entry(t, e);
	}
	free(t);
}

static struct entry *find(struct targets *t, pid_t pid)
{
	struct entry *e;

	HASH_FIND_INT(t->entries, &pid, e);
	return e;
}

static struct entry *open_entry(struct targets *t, pid_t pid)
{
	struct entry *e = find(t, pid);

	progress__on(pid);
	/* No room: it has no names until another process has ended. */
	if (e || t->open >= t->room)
		return e;
	e = HEAP_NEW(struct entry, 1);
	e->pid = pid;
	e->names_only = t->lines == LINES_NEVER;
	if (process__open(pid, &e->target.process))
		e->failed = true;
	t->open += !e->failed;
	HASH_ADD_INT(t->entries, pid, e);
	return e;
}

struct target *targets__get(struct targets *t, pid_t pid)
{
	struct entry *e = open_entry(t, pid);

	return e && !e->failed ? &e->target : NULL;
}

struct target *targets__named(struct targets *t, pid_t pid)
{
	struct entry *e = open_entry(t, pid);
	struct target *target;

	if (!e || e->failed)
		return NULL;
	target = &e->target;
	if (!target->symbolizer) {
		if (symbolizer__new(target->process, &target->symbolizer)) {
			target->symbolizer = NULL;
			return NULL;
		}
		symbolizer__set_lines(target->symbolizer, t->lines);
		e->fresh = true;
	}
	if (!target->unwinder)
		target->unwinder = unwinder__new(target->symbolizer);
	if (!e->fresh) {
		e->fresh = true;
		if (symbolizer__refresh(target->symbolizer) == 1)
			unwinder__forget(target->unwinder);
		else
			unwinder__renew(target->unwinder);
	}
	return target;
}

static struct entry *entry_of(struct target *t)
{
	return (struct entry *)((char *)t - offsetof(struct entry, target));
}

static struct goroutines *ask_for_goroutines(struct entry *e)
{
	int err;

	if (e->asked)
		return e->target.goroutines;
	e->asked = true;
	err = goroutines__open(e->target.process, &e->target.goroutines, &e->why);
	if (err)
		e->target.goroutines = NULL;
	if (err == -ENOEXEC)
		*e->why.reason = '\0';
	return e->target.goroutines;
}

struct goroutines *targets__goroutines(struct targets *t, pid_t pid,
				       const struct goroutines_refusal **ret_why)
{
	static const struct goroutines_refusal none;
	struct entry *e = open_entry(t, pid);

	*ret_why = &none;
	if (!e || e->failed)
		return NULL;
	*ret_why = &e->why;
	return ask_for_goroutines(e);
}

void targets__forget_goroutines(struct targets *t, pid_t pid)
{
	struct entry *e = find(t, pid);

	if (!e)
		return;
	goroutines__close(e->target.goroutines);
	e->target.goroutines = NULL;
	e->asked = false;
}

struct python *targets__python(struct targets *t, pid_t pid)
{
	struct target *target = targets__named(t, pid);
	struct entry *e = target ? entry_of(target) : NULL;

	if (!e)
		return NULL;
	/* A program that loads its library later is asked again. */
	if (!e->python_asked &&
	    !python__open(target->process, symbolizer__mappings(target->symbolizer), &target->python))
		e->python_asked = true;
	return target->python;
}

struct ruby *targets__ruby(struct targets *t, pid_t pid)
{
	struct target *target = targets__named(t, pid);
	struct entry *e = target ? entry_of(target) : NULL;

	if (!e)
		return NULL;
	if (!e->ruby_asked &&
	    !ruby__open(target->process, symbolizer__mappings(target->symbolizer), &target->ruby))
		e->ruby_asked = true;
	return target->ruby;
}

struct java_vm *targets__java(struct targets *t, pid_t pid)
{
	struct entry *e = find(t, pid);
	const struct mappings *maps = e && !e->failed ? target__mappings(&e->target) : NULL;

	if (!maps || e->no_java || e->target.java)
		return maps ? e->target.java : NULL;
	switch (java_vm__open(e->target.process, maps, &e->target.java)) {
	case 0:
	case -ENOENT: /* it may be loaded yet, */
	case -EAGAIN: /* or begin to run */
		return e->target.java;
	default:
		e->no_java = true;
		return NULL;
	}
}

void targets__forget(struct targets *t, pid_t pid)
{
	struct entry *e = find(t, pid);

	if (!e)
		return;
	HASH_DEL(t->entries, e);
	free_entry(t, e);
}

void targets__new_interval(struct targets *t)
{
	struct entry *e, *next;

	HASH_ITER(hh, t->entries, e, next)
	e->fresh = false;
}

/* How many frames are searched for unnamed functions of a stripped library. */
#define CALLED_DEPTH  6
#define LEFT_OUT_TEXT 48

/* glibc enters its static functions by a jump at the end of the public one (sem_wait, pthread_join), which is
 * then in no frame: the call before the return address names it. */
static void find_called(struct target *t, struct arena *a, struct frame *frames, size_t count)
{
	for (size_t i = 0; i + 1 < count && i < CALLED_DEPTH; i++) {
		struct frame s;
		uint64_t address;

		if (frames[i].function)
			continue;
		address = by_code__called(t->process, frames[i + 1].address);
		if (!address)
			continue;
		symbolizer__code(t->symbolizer, address, false, &s);
		if (s.function && !s.offset)
			frames[i].called = arena__string(a, s.function);
	}
}

/* The symbol of a code address; copy its texts at once. */
struct names {
	size_t count;                          /* at least 1 */
	struct frame list[SYMBOL_INLINED_MAX]; /* innermost first */
	bool of_go, outermost;
};

/* Stripped programs keep the tables of Go's linker for tracebacks. */
static void find_go_names(struct target *t, uint64_t pc, bool is_return, struct names *n)
{
	struct frame frames[SYMBOL_INLINED_MAX];
	struct goroutines *r = ask_for_goroutines(entry_of(t));
	size_t found = r ? goroutines__code_frames(r, pc, is_return, frames, SYMBOL_INLINED_MAX) : 0;
	bool all = !entry_of(t)->names_only;
	size_t first = all || !found ? 0 : found - 1;

	if (!found || found > SYMBOL_INLINED_MAX || !frames[found - 1].function)
		return;
	n->of_go = true;
	n->outermost = frames[found - 1].outermost;
	n->count = found - first;
	for (size_t i = first; i < found; i++)
		n->list[i - first] = (struct frame){.function = frames[i].function,
						    .offset = frames[i].offset,
						    .module = process__exe(t->process),
						    .file = all ? frames[i].file : NULL,
						    .line = all ? frames[i].line : 0,
						    .inlined = frames[i].inlined};
}

/* how: as in struct stack. left_out: room for a text. */
static void find_names(struct target *t, uint64_t pc, uint8_t how, struct names *n,
		       char left_out[LEFT_OUT_TEXT])
{
	const bool is_return = !how;
	const struct frame *last;

	n->of_go = n->outermost = false;
	if (how == STACK_LEFT_OUT) {
		snprintf(left_out, LEFT_OUT_TEXT, "[%llu frames left out]", (unsigned long long)pc);
		n->list[0] = (struct frame){.function = left_out};
		n->count = 1;
		return;
	}
	n->count = symbolizer__inlined(t->symbolizer, pc, is_return, n->list, SYMBOL_INLINED_MAX);
	last = &n->list[n->count - 1];
	if (!last->function && last->module && !strcmp(last->module, process__exe(t->process)))
		find_go_names(t, pc, is_return, n);
}

/* Go creates its threads itself, so its outermost function is the thread's. */
static bool only_exe(const struct target *t)
{
	const struct mappings *maps = symbolizer__mappings(t->symbolizer);

	for (size_t i = 0; i < maps->count; i++)
		if (maps->list[i].executable && maps->list[i].path[0] == '/' &&
		    strcmp(maps->list[i].path, process__exe(t->process)) != 0)
			return false;
	return true;
}

/*
 * The walk may continue beyond the end of Go's stacks into remains of older calls, for example beyond the
 * function that switches from a goroutine's stack to the thread's own.
 */
static bool is_left_behind(const struct names *caller, const struct names *callee)
{
	const char *name = callee->list[callee->count - 1].function;

	return (callee->outermost && caller->of_go && !caller->outermost) ||
	       (name && !strcmp(name, "runtime.mcall"));
}

struct call_stack target__frames(struct target *t, struct arena *a, const uint64_t *pcs, const uint8_t *exact,
				 size_t count, enum stack_end end)
{
	struct names names = {0}, callee;
	char left_out[LEFT_OUT_TEXT];
	struct frame *frames;
	size_t total = 0, n = 0;

	for (size_t i = 0; i < count; i++) {
		callee = names;
		find_names(t, pcs[i], exact ? exact[i] : !i, &names, left_out);
		if (i && is_left_behind(&names, &callee)) {
			names = callee;
			count = i;
			end = STACK_TRUNCATED;
			break;
		}
		total += names.count;
	}
	if (names.outermost && end == STACK_TRUNCATED && only_exe(t))
		end = STACK_COMPLETE;
	frames = ARENA_NEW(a, struct frame, total);
	/* The second look-up of an address uses the cached answer of the first. */
	for (size_t i = 0; i < count; i++) {
		find_names(t, pcs[i], exact ? exact[i] : !i, &names, left_out);
		for (size_t k = 0; k < names.count && n < total; k++) {
			frames[n] = frame__copy(a, &names.list[k]);
			frames[n++].address = exact && exact[i] == STACK_LEFT_OUT ? 0 : pcs[i];
		}
	}
	find_called(t, a, frames, n);
	return (struct call_stack){.frames = frames, .count = n, .end = end};
}

const struct mappings *target__mappings(const struct target *t)
{
	return t->symbolizer ? symbolizer__mappings(t->symbolizer) : NULL;
}
