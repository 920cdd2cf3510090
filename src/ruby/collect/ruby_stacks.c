// SPDX-License-Identifier: GPL-2.0-or-later
#include "ruby/collect/ruby_stacks.h"

#include <stdlib.h>
#include <string.h>

#include "ruby/collect/ruby_merge.h"
#include "ruby/collect/ruby_private.h"
#include "util/heap.h"
#include "util/text.h"

struct ruby_stacks *ruby_stacks__new(struct targets *t)
{
	struct ruby_stacks *r = HEAP_NEW(struct ruby_stacks, 1);

	r->targets = t;
	r->locks = vm_locks__new();
	return r;
}

void ruby_stacks__free(struct ruby_stacks *r)
{
	if (!r)
		return;
	vm_locks__free(r->locks);
	arena__free(&r->arena);
	free(r);
}

/* ---- two looks ---- */

/* All processes of the sample that have Ruby. */
static void find_processes(struct ruby_stacks *r, const struct sample *s)
{
	pid_t last = 0;

	r->seen = ARENA_NEW(&r->arena, struct ruby_seen, s->process_count + 1);
	for (size_t i = 0; i < s->thread_count; i++) {
		struct ruby_seen *v = &r->seen[r->seen_count];

		if (s->threads[i].pid == last)
			continue;
		last = s->threads[i].pid;
		*v = (struct ruby_seen){.pid = last};
		v->ruby = r->seen_count < s->process_count ? targets__ruby(r->targets, last) : NULL;
		if (v->ruby && !ruby__look(v->ruby, &r->arena, &v->first))
			r->seen_count++;
	}
}

const struct ruby_seen *ruby_stacks__seen(const struct ruby_stacks *r, pid_t pid,
					  const struct ruby_seen *last)
{
	if (last && last->pid == pid)
		return last;
	for (size_t i = 0; i < r->seen_count; i++)
		if (r->seen[i].pid == pid)
			return &r->seen[i];
	return NULL;
}

bool ruby_stacks__look(struct ruby_stacks *r, const struct sample *s, const struct pass *pass)
{
	arena__free(&r->arena);
	r->seen_count = r->proof_count = 0;
	find_processes(r, s);
	if (!r->seen_count)
		return false;
	r->proofs = ARENA_NEW(&r->arena, struct ruby_proof, pass->count + 1);
	r->proof_count = pass->count;
	for (size_t i = 0; i < pass->count; i++)
		r->proofs[i].switches = pass->threads[i].t.switches;
	return true;
}

static bool same_frames(const struct ruby_thread *x, const struct ruby_thread *y)
{
	if (x->count != y->count || x->whole != y->whole)
		return false;
	for (size_t i = 0; i < x->count; i++)
		if (x->places[i].frame != y->places[i].frame || x->places[i].iseq != y->places[i].iseq ||
		    x->places[i].pc != y->places[i].pc || x->places[i].last != y->places[i].last)
			return false;
	return true;
}

void ruby_stacks__prove(struct ruby_stacks *r, const struct sample *s, const struct pass *pass,
			const struct pass *after)
{
	const struct ruby_seen *v = NULL;

	for (size_t i = 0; i < r->seen_count; i++)
		if (ruby__look(r->seen[i].ruby, &r->arena, &r->seen[i].again))
			r->seen[i].again = (struct ruby_look){0};
	for (size_t i = 0; i < s->thread_count && i < pass->count && i < r->proof_count; i++) {
		const struct ts_thread *t = &pass->threads[i].t;
		struct ruby_proof *proof = &r->proofs[i];
		const struct ruby_thread *first, *again;

		v = ruby_stacks__seen(r, (pid_t)t->tgid, v);
		first = v ? ruby_look__find(&v->first, (pid_t)t->ns_tid) : NULL;
		again = first ? ruby_look__by_address(&v->again, first->address) : NULL;
		if (!again)
			continue;
		proof->address = first->address;
		proof->same = proof->switches == t->switches && thread__blocked(t) &&
			      thread__did_not_run(t, pass__find(after, t->tgid, t->tid));
		if (proof->same || same_frames(first, again))
			proof->thread = first;
	}
}

/* ---- their use ---- */

/* The kernel has the first 15 bytes of a name that is longer. */
static void use_name(struct ruby_names *names, const struct ruby_thread *from, struct sample_thread *t)
{
	const char *name;

	if (!t->name || strlen(t->name) < TS_COMM_LEN - 1)
		return;
	name = ruby_names__thread(names, from);
	if (name && starts_with(name, t->name))
		t->name = name;
}

void ruby_stacks__use(struct ruby_stacks *r, struct sample *s)
{
	struct ruby_names *names = NULL;
	const struct ruby_seen *v = NULL;

	for (size_t i = 0; i < s->thread_count && i < r->proof_count; i++) {
		struct sample_thread *t = &s->threads[i];
		const struct ruby_thread *from = r->proofs[i].thread;

		if (!from)
			continue;
		if (!v || v->pid != t->pid) {
			v = ruby_stacks__seen(r, t->pid, NULL);
			ruby_names__free(names);
			names = v ? ruby_names__new(v->ruby, &s->arena) : NULL;
		}
		if (!names)
			continue;
		use_name(names, from, t);
		if (from->count && t->stack.count)
			ruby_merge__into(names, &s->arena, &t->stack, from);
	}
	ruby_names__free(names);
}
