// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/stack_tree.h"

#include <stdlib.h>
#include <string.h>

#include "screen/identity.h"
#include "util/array.h"
#include "util/table.h"
#include "util/text.h"

#define NONE STACK_NONE_LEFT

/* ---- nodes ------------------------------------------------------------------------------------------ */

struct known {
	uint64_t id;
	size_t node;
	UT_hash_handle hh;
};

/* The node of that id, made if it is not there. */
static size_t node_of(struct stack_tree *t, struct known **table, uint64_t id, size_t parent)
{
	struct known *k;
	struct stack_node *n;

	HASH_FIND(hh, *table, &id, sizeof(id), k);
	if (k)
		return k->node;
	k = HEAP_NEW(struct known, 1);
	*k = (struct known){.id = id, .node = t->count};
	HASH_ADD(hh, *table, id, sizeof(id), k);
	n = ARRAY_ADD(t->nodes, t->count, t->room);
	*n = (struct stack_node){.id = id, .items = NONE, .parent = parent};
	if (parent != NONE) {
		t->nodes[parent].children++;
		n->idle = t->nodes[parent].idle;
	}
	return k->node;
}

static void count(struct stack_tree *t, size_t node, const struct stack_item *i)
{
	for (; node != NONE; node = t->nodes[node].parent) {
		t->nodes[node].threads += i->count;
		if (i->longest_ns > t->nodes[node].longest_ns)
			t->nodes[node].longest_ns = i->longest_ns;
	}
}

/* A node that stands for something else than a function. */
static size_t labelled(struct stack_tree *t, struct known **table, size_t parent, const char *label)
{
	uint64_t above = parent == NONE ? IDENTITY_SEED + 8 : t->nodes[parent].id;
	size_t node = node_of(t, table, identity__text(above, label), parent);

	t->nodes[node].label = label;
	return node;
}

static const char *without_stack(const struct thread_row *one)
{
	return !one                           ? "(ended)"
	       : !one->blocked                ? "(runs: no stack)"
	       : one->stack.end == STACK_NONE ? "(stack not read)"
					      : "(stack unknown)";
}

/* Its stack, the outermost function first, below root. */
static void put(struct stack_tree *t, struct known **table, size_t root, const struct stack_item *item)
{
	const struct call_stack *s = item->one ? &item->one->stack : NULL;
	size_t node = root;

	for (size_t i = s ? s->count : 0; i-- > 0;) {
		const struct frame *f = &s->frames[i];
		uint64_t id = t->nodes[node].id;

		id = f->function ? identity__text(id, f->function) : identity__add(id, f->address);
		node = node_of(t, table, id, node);
		if (!t->nodes[node].frame)
			t->nodes[node].frame = f;
		else if (f->line != t->nodes[node].frame->line ||
			 !same_text(f->file, t->nodes[node].frame->file))
			t->nodes[node].lines_differ = true;
	}
	if (node == root)
		node = labelled(t, table, root, without_stack(item->one));
	*ARRAY_ADD(t->items, t->item_count, t->item_room) = *item;
	t->items[t->item_count - 1].next = t->nodes[node].items;
	t->nodes[node].items = t->item_count - 1;
	t->nodes[node].item_count++;
	count(t, node, item);
}

/* ---- order -------------------------------------------------------------------------------------------- */

struct sorted {
	const struct stack_node *node;
	size_t index;
};

static const char *name_of(const struct stack_node *n)
{
	return n->label ? n->label : n->frame && n->frame->function ? n->frame->function : "";
}

/* By parent; among siblings the idle last, then the most threads first. */
static int by_parent(const void *a, const void *b)
{
	const struct stack_node *x = ((const struct sorted *)a)->node, *y = ((const struct sorted *)b)->node;
	int order;

	if (x->parent != y->parent)
		return x->parent == NONE || (y->parent != NONE && x->parent < y->parent) ? -1 : 1;
	if (x->idle != y->idle)
		return x->idle ? 1 : -1;
	if (x->threads != y->threads)
		return x->threads > y->threads ? -1 : 1;
	order = strcmp(name_of(x), name_of(y));
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static bool forks(const struct stack_node *n)
{
	return n->parent == NONE || n->children > 1 || (n->children && n->items != NONE);
}

/* Where the children of each node begin among the sorted ones. */
static size_t *first_children(const struct sorted *s, size_t count)
{
	size_t *first = HEAP_NEW(size_t, count + 1);

	for (size_t i = count; i-- > 0;)
		if (s[i].node->parent != NONE)
			first[s[i].node->parent] = i;
	return first;
}

/* Not by recursion: a saved file may have stacks of any depth. */
static void arrange(struct stack_tree *t)
{
	struct sorted *s = HEAP_NEW(struct sorted, t->count + 1);
	size_t *waiting = HEAP_NEW(size_t, t->count + 1), *first, used = 0, roots = 0, done = 0;

	for (size_t i = 0; i < t->count; i++)
		s[i] = (struct sorted){&t->nodes[i], i};
	qsort(s, t->count, sizeof(*s), by_parent);
	first = first_children(s, t->count);
	while (roots < t->count && s[roots].node->parent == NONE)
		roots++;
	while (roots)
		waiting[used++] = s[--roots].index;
	t->order = HEAP_NEW(size_t, t->count + 1);
	while (used) {
		struct stack_node *n = &t->nodes[waiting[--used]];
		const struct stack_node *above = n->parent != NONE ? &t->nodes[n->parent] : NULL;

		n->place = done;
		n->head = above && forks(above);
		n->level = above ? above->level + n->head : 0;
		for (size_t i = n->children; i-- > 0;)
			waiting[used++] = s[first[n - t->nodes] + i].index;
		t->order[done++] = (size_t)(n - t->nodes);
	}
	for (size_t i = done; i-- > 0;)
		if (t->nodes[t->order[i]].parent != NONE)
			t->nodes[t->nodes[t->order[i]].parent].below += 1 + t->nodes[t->order[i]].below;
	free(s);
	free(waiting);
	free(first);
}

/* ---- what it is made of ----------------------------------------------------------------------------------
 */

/* The two parts: what is not idle, whose node is not shown itself, and the idle threads. */
struct parts {
	struct known *table;
	size_t busy, idle;
};

static struct parts begin(struct stack_tree *t, const void *of, uint64_t time_ns)
{
	struct parts p = {0};

	stack_tree__free(t);
	t->made_of = of;
	t->made_ns = time_ns;
	p.busy = labelled(t, &p.table, NONE, "threads");
	p.idle = labelled(t, &p.table, NONE, "idle threads");
	t->nodes[p.idle].idle = true;
	return p;
}

static void end(struct stack_tree *t, struct parts *p)
{
	struct known *k, *next;

	t->threads = t->nodes[p->busy].threads + t->nodes[p->idle].threads;
	t->idle = t->nodes[p->idle].threads;
	HASH_ITER(hh, p->table, k, next)
	{
		HASH_DEL(p->table, k);
		free(k);
	}
	arrange(t);
}

void stack_tree__of_snapshot(struct stack_tree *t, const struct snapshot_report *r)
{
	struct parts p = begin(t, r, r->time_ns);

	t->of_snapshot = true;
	for (size_t i = 0; i < r->group_count; i++) {
		const struct stack_group *g = &r->groups[i];
		bool waits = g->one && g->one->blocked && !g->idle;

		put(t, &p.table, g->idle ? p.idle : p.busy,
		    &(struct stack_item){.one = g->one,
					 .tids = g->tids,
					 .count = g->count,
					 .longest_ns = waits ? g->longest_ns : 0,
					 .mixed = g->mixed});
	}
	end(t, &p);
}

static void put_thread(struct stack_tree *t, struct parts *p, const struct thread_row *one, const pid_t *tids,
		       size_t count)
{
	bool idle = one->blocked && wait_class__at_rest(one->wait.class);

	put(t, &p->table, idle ? p->idle : p->busy,
	    &(struct stack_item){.one = one,
				 .tids = tids,
				 .count = count,
				 .longest_ns = one->blocked && !idle ? one->wait.duration_ns : 0});
}

void stack_tree__of_interval(struct stack_tree *t, const struct interval_report *r,
			     const struct thread_groups *groups)
{
	struct parts p = begin(t, r, r->time_ns);
	size_t used = 0;

	t->tids = HEAP_NEW(pid_t, r->thread_count + 1);
	for (size_t i = 0; i < groups->count; i++) {
		const struct thread_group *g = &groups->list[i];
		const struct thread_row *first = &r->threads[g->members[0]];
		/* Idle ones are one group whatever their stacks are. */
		bool together = !first->blocked || !wait_class__at_rest(first->wait.class);
		const pid_t *tids = t->tids + used;

		for (size_t k = 0; k < g->count; k++) {
			t->tids[used] = r->threads[g->members[k]].tid;
			if (!together)
				put_thread(t, &p, &r->threads[g->members[k]], &t->tids[used], 1);
			used++;
		}
		if (together)
			put_thread(t, &p, first, tids, g->count);
	}
	end(t, &p);
}

void stack_tree__free(struct stack_tree *t)
{
	free(t->nodes);
	free(t->order);
	free(t->items);
	free(t->tids);
	*t = (struct stack_tree){0};
}

const struct stack_node *stack_tree__find(const struct stack_tree *t, uint64_t id)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->nodes[i].id == id)
			return &t->nodes[i];
	return NULL;
}
