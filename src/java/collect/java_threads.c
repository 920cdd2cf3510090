// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/collect/java_threads.h"

#include <stdlib.h>
#include <string.h>

#include "collect/locks/vm_locks.h"
#include "java/runtime/java_stack.h"
#include "util/heap.h"
#include "util/text.h"
#include "util/u64_table.h"

/* A name stays while a collection moves the object that has it. */
struct last_name {
	uint64_t address; /* of the JavaThread */
	const char *name;
};

/* Of all threads of a sample. */
struct last_names {
	struct u64_table table; /* struct last_name by TID */
	struct arena texts;
};

struct java_threads {
	struct targets *targets;
	struct vm_locks *locks;
	struct last_names names;
};

/* One machine's threads, and where they are in the sample. */
struct machine {
	struct java_vm *vm;
	struct java_reading reading;
	size_t first, end;           /* its process's threads in the sample */
	struct u64_table by_ns_tid;  /* size_t: index in the sample */
	struct u64_table by_address; /* size_t: index in the reading */
};

static void free_names(struct last_names *n)
{
	u64_table__free(&n->table);
	arena__free(&n->texts);
}

struct java_threads *java_threads__new(struct targets *t)
{
	struct java_threads *j = HEAP_NEW(struct java_threads, 1);

	j->targets = t;
	j->locks = vm_locks__new();
	return j;
}

void java_threads__free(struct java_threads *j)
{
	if (!j)
		return;
	vm_locks__free(j->locks);
	free_names(&j->names);
	free(j);
}

static void put(struct u64_table *t, uint64_t key, size_t value)
{
	bool made;
	size_t *at = u64_table__get(t, sizeof(*at), key, &made);

	if (made)
		*at = value;
}

static size_t get(const struct u64_table *t, uint64_t key)
{
	const size_t *at = u64_table__find(t, sizeof(*at), key);

	return at ? *at : NO_INDEX;
}

/* In the sample; NO_INDEX: it is not in there. */
static size_t thread_of(const struct machine *m, const struct java_thread *t)
{
	return get(&m->by_ns_tid, (uint64_t)t->ns_tid);
}

static bool read_machine(struct java_vm *vm, struct sample *s, size_t first, size_t end, struct machine *m)
{
	*m = (struct machine){.vm = vm, .first = first, .end = end};
	if (java_vm__read(vm, &s->arena, end - first, &m->reading))
		return false;
	for (size_t i = first; i < end; i++)
		put(&m->by_ns_tid, (uint64_t)s->threads[i].ns_tid, i);
	for (size_t i = 0; i < m->reading.count; i++)
		put(&m->by_address, m->reading.threads[i].address, i);
	return true;
}

static void free_machine(struct machine *m)
{
	u64_table__free(&m->by_ns_tid);
	u64_table__free(&m->by_address);
}

/* In the sample, of a JavaThread; NULL: none, or not known. */
static const struct sample_thread *sample_thread_of(const struct machine *m, const struct sample *s,
						    uint64_t address)
{
	size_t at = address ? get(&m->by_address, address) : NO_INDEX;
	size_t index = at == NO_INDEX ? NO_INDEX : thread_of(m, &m->reading.threads[at]);

	return index == NO_INDEX ? NULL : &s->threads[index];
}

/* The likely holder of what t waits for. One that has run since may hold it no longer. */
static const struct sample_thread *likely_of(const struct machine *m, const struct sample *s,
					     const struct java_thread *t, const bool *same)
{
	const struct sample_thread *likely = sample_thread_of(m, s, t->likely);

	if (!likely || same[likely - s->threads] ||
	    java_vm__still_waits(m->vm, &m->reading.threads[get(&m->by_address, t->likely)]))
		return likely;
	return NULL;
}

static const char *name_of(const struct java_threads *j, struct last_names *now,
			   const struct java_thread *from, pid_t tid)
{
	const struct last_name *last = u64_table__find(&j->names.table, sizeof(*last), (uint64_t)tid);
	const char *name = from->name && *from->name ? from->name : NULL;
	struct last_name *kept;
	bool made;

	if (!name && last && last->address == from->address)
		name = last->name;
	if (!name)
		return NULL;
	kept = u64_table__get(&now->table, sizeof(*kept), (uint64_t)tid, &made);
	*kept = (struct last_name){from->address, arena__string(&now->texts, name)};
	return name;
}

static bool has_frame(const struct call_stack *s, const char *part)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->frames[i].function && strstr(s->frames[i].function, part))
			return true;
	return false;
}

/* The method that waits: of the innermost Java frames, without those of Object.wait. */
static bool waits_in(const struct call_stack *s, const char *method)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct frame *f = &s->frames[i];

		if (f->function && f->language && !strcmp(f->language, JAVA_LANGUAGE) &&
		    !starts_with(f->function, "java.lang.Object.wait"))
			return !strcmp(f->function, method);
	}
	return false;
}

static enum wait_kind kind_of(const struct sample_thread *t, const struct java_thread *from)
{
	if (from->read_write &&
	    (has_frame(&t->stack, "ReadLock.lock") || has_frame(&t->stack, "StampedLock.acquireRead")))
		return WAIT_RWLOCK_READ;
	return from->wait;
}

/* t waits for the lock that from names. owner, and the likely one: of s; NULL: not known. */
static void use_lock(struct vm_locks *l, struct sample *s, struct sample_thread *t,
		     const struct java_thread *from, const struct sample_thread *owner,
		     const struct sample_thread *likely)
{
	/* It sleeps on a word, or it does not wait for a lock at this moment. */
	if (!from->lock || !t->lock_address || (from->only_in && !waits_in(&t->stack, from->only_in)))
		return;
	vm_locks__wait(l, s, t,
		       &(struct vm_lock){.address = from->lock,
					 .key = from->key,
					 .kind = from->kind,
					 .wait = kind_of(t, from),
					 .type = from->class,
					 .looks = from->kind == LOCK_MONITOR,
					 .by_virtual = from->by_virtual,
					 .readers = from->readers,
					 .likely = from->likely_by},
		       owner, likely);
}

/* Names hold in any case; what else was read only for threads that have not run meanwhile. */
static void use_machine(struct java_threads *j, struct machine *m, struct sample *s, const bool *same,
			const struct call_stack *stacks, struct last_names *now)
{
	java_vm__look_again(m->vm);
	for (size_t i = 0; i < m->reading.count; i++) {
		const struct java_thread *from = &m->reading.threads[i];
		size_t index = thread_of(m, from);
		struct sample_thread *t = index == NO_INDEX ? NULL : &s->threads[index];
		const char *name;

		if (!t)
			continue;
		name = name_of(j, now, from, t->tid);
		if (name)
			t->name = arena__string(&s->arena, name);
		if (!t->blocked)
			continue;
		if (!same[index] && !java_vm__still_waits(m->vm, from))
			continue;
		t->collecting = m->reading.collecting && same[index];
		if (stacks[index].count)
			t->stack = stacks[index];
		use_lock(j->locks, s, t, from, sample_thread_of(m, s, from->owner),
			 likely_of(m, s, from, same));
	}
}

/* Returns the number of machines. */
static size_t read_machines(struct java_threads *j, struct sample *s, struct machine *list)
{
	size_t count = 0;

	for (size_t i = 0, end; i < s->thread_count; i = end) {
		struct java_vm *vm = targets__java(j->targets, s->threads[i].pid);

		for (end = i + 1; end < s->thread_count && s->threads[end].pid == s->threads[i].pid;)
			end++;
		if (vm && read_machine(vm, s, i, end, &list[count]))
			count++;
	}
	return count;
}

static void read_stacks(const struct machine *m, struct sample *s, struct call_stack *stacks)
{
	for (size_t i = 0; i < m->reading.count; i++) {
		size_t index = thread_of(m, &m->reading.threads[i]), found;
		struct java_frames stretches[JAVA_STRETCHES_MAX];

		if (index == NO_INDEX || !s->threads[index].blocked || !s->threads[index].stack.count)
			continue;
		found = java_vm__frames(m->vm, &s->arena, &m->reading.threads[i], stretches);
		if (found)
			stacks[index] = java_stack__join(m->vm, &s->arena, stretches, found,
							 &s->threads[index].stack);
	}
}

void java_threads__join(struct java_threads *j, struct sample *s, const struct java_proof *proof)
{
	struct machine *list = HEAP_NEW(struct machine, s->process_count + 1);
	size_t count = read_machines(j, s, list);
	struct last_names names = {0};
	struct call_stack *stacks;
	bool *same;

	if (!count) {
		free(list);
		return;
	}
	stacks = HEAP_NEW(struct call_stack, s->thread_count + 1);
	same = HEAP_NEW(bool, s->thread_count + 1);
	for (size_t i = 0; i < count; i++)
		read_stacks(&list[i], s, stacks);
	proof->look_again(proof->arg, s, same);
	vm_locks__begin(j->locks, s);
	for (size_t i = 0; i < count; i++)
		use_machine(j, &list[i], s, same, stacks, &names);
	free_names(&j->names);
	j->names = names;
	vm_locks__end(j->locks, s, proof->waited_only);
	for (size_t i = 0; i < count; i++)
		free_machine(&list[i]);
	free(same);
	free(stacks);
	free(list);
}
