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

/* While it is made. */
struct building {
	struct stack_tree *tree;
	struct known *table, *pool; /* pool: as many as there can be */
	size_t used;
	/* The two parts: what is not idle, whose node is not shown itself, and the idle threads. */
	size_t busy, idle;
};

/* The node of that id, made if it is not there. */
static size_t node_of(struct building *b, uint64_t id, size_t parent)
{
	struct stack_tree *t = b->tree;
	struct known *k;
	struct stack_node *n;

	/* Most functions have called one other. */
	if (parent != NONE && t->nodes[parent].first != NONE && t->nodes[t->nodes[parent].first].id == id)
		return t->nodes[parent].first;
	HASH_FIND(hh, b->table, &id, sizeof(id), k);
	if (k)
		return k->node;
	k = &b->pool[b->used++];
	*k = (struct known){.id = id, .node = t->count};
	HASH_ADD(hh, b->table, id, sizeof(id), k);
	n = ARRAY_ADD(t->nodes, t->count, t->room);
	*n = (struct stack_node){.id = id, .items = NONE, .parent = parent, .first = NONE, .sibling = NONE};
	if (parent != NONE) {
		n->idle = t->nodes[parent].idle;
		n->sibling = t->nodes[parent].first;
		t->nodes[parent].first = k->node;
		t->nodes[parent].children++;
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
static size_t labelled(struct building *b, size_t parent, const char *label)
{
	struct stack_tree *t = b->tree;
	uint64_t above = parent == NONE ? IDENTITY_SEED + 8 : t->nodes[parent].id;
	size_t node = node_of(b, identity__text(above, label), parent);

	t->nodes[node].label = label;
	return node;
}

static const char *without_stack(const struct thread_row *one)
{
	return !one                           ? "(ended)"
	       : !one->blocked                ? "(running: no stack)"
	       : one->stack.end == STACK_NONE ? "(stack not read)"
					      : "(stack unknown)";
}

/* Its stack, the outermost function first, below root. */
static void put(struct building *b, size_t root, const struct stack_item *item)
{
	struct stack_tree *t = b->tree;
	const struct call_stack *s = item->one ? &item->one->stack : NULL;
	size_t node = root;

	for (size_t i = s ? s->count : 0; i-- > 0;) {
		const struct frame *f = &s->frames[i];
		uint64_t id = t->nodes[node].id;

		id = f->function ? identity__text(id, f->function) : identity__add(id, f->address);
		node = node_of(b, id, node);
		if (!t->nodes[node].frame)
			t->nodes[node].frame = f;
		else if (f->line != t->nodes[node].frame->line ||
			 !same_text(f->file, t->nodes[node].frame->file))
			t->nodes[node].lines_differ = true;
	}
	if (node == root)
		node = labelled(b, root, without_stack(item->one));
	*ARRAY_ADD(t->items, t->item_count, t->item_room) = *item;
	t->items[t->item_count - 1].next = t->nodes[node].items;
	t->nodes[node].items = t->item_count - 1;
	t->nodes[node].item_count++;
	count(t, node, item);
}

/* ---- order -------------------------------------------------------------------------------------------- */

static const char *name_of(const struct stack_node *n)
{
	return n->label ? n->label : n->frame && n->frame->function ? n->frame->function : "";
}

/* The idle last, then the most threads first. */
static int by_weight(const void *a, const void *b)
{
	const struct stack_node *x = *(const struct stack_node *const *)a,
				*y = *(const struct stack_node *const *)b;
	int order;

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

/* Puts the children of a node on top of those that wait to be taken, the first one last. */
static size_t add_children(const struct stack_tree *t, const struct stack_node *n,
			   struct stack_node **waiting, size_t used)
{
	size_t from = used;

	for (size_t i = n->first; i != NONE; i = t->nodes[i].sibling)
		waiting[used++] = &t->nodes[i];
	if (used - from > 1)
		qsort(waiting + from, used - from, sizeof(*waiting), by_weight);
	for (size_t a = from, b = used; a + 1 < b; a++) {
		struct stack_node *other = waiting[a];

		waiting[a] = waiting[--b];
		waiting[b] = other;
	}
	return used;
}

/* Not by recursion: a saved file may have stacks of any depth. */
static void arrange(const struct building *b)
{
	struct stack_tree *t = b->tree;
	struct stack_node **waiting = HEAP_NEW(struct stack_node *, t->count + 1);
	size_t used = 0, done = 0;

	waiting[used++] = &t->nodes[b->idle];
	waiting[used++] = &t->nodes[b->busy];
	t->order = HEAP_NEW(size_t, t->count + 1);
	while (used) {
		struct stack_node *n = waiting[--used];
		const struct stack_node *above = n->parent != NONE ? &t->nodes[n->parent] : NULL;

		n->place = done;
		n->head = above && forks(above);
		n->level = above ? above->level + n->head : 0;
		used = add_children(t, n, waiting, used);
		t->order[done++] = (size_t)(n - t->nodes);
	}
	for (size_t i = done; i-- > 0;)
		if (t->nodes[t->order[i]].parent != NONE)
			t->nodes[t->nodes[t->order[i]].parent].below += 1 + t->nodes[t->order[i]].below;
	free(waiting);
}

/* ---- what it is made of ----------------------------------------------------------------------------------
 */

/* frames: of all stacks together; items: how many stacks. */
static struct building begin(struct stack_tree *t, const void *of, uint64_t time_ns, size_t frames,
			     size_t items)
{
	struct building b = {.tree = t};

	stack_tree__free(t);
	t->made_of = of;
	t->made_ns = time_ns;
	b.pool = heap__alloc((frames + items + 2) * sizeof(*b.pool));
	b.busy = labelled(&b, NONE, "threads");
	b.idle = labelled(&b, NONE, "idle threads");
	t->nodes[b.idle].idle = true;
	return b;
}

static void end(struct building *b)
{
	struct stack_tree *t = b->tree;

	t->threads = t->nodes[b->busy].threads + t->nodes[b->idle].threads;
	t->idle = t->nodes[b->idle].threads;
	HASH_CLEAR(hh, b->table);
	free(b->pool);
	arrange(b);
}

void stack_tree__of_snapshot(struct stack_tree *t, const struct snapshot_report *r)
{
	struct building b;
	size_t frames = 0;

	for (size_t i = 0; i < r->group_count; i++)
		frames += r->groups[i].one ? r->groups[i].one->stack.count : 0;
	b = begin(t, r, r->time_ns, frames, r->group_count);
	t->of_snapshot = true;
	for (size_t i = 0; i < r->group_count; i++) {
		const struct stack_group *g = &r->groups[i];
		bool waits = g->one && g->one->blocked && !g->idle;

		put(&b, g->idle ? b.idle : b.busy,
		    &(struct stack_item){.one = g->one,
					 .tids = g->tids,
					 .count = g->count,
					 .longest_ns = waits ? g->longest_ns : 0,
					 .mixed = g->mixed});
	}
	end(&b);
}

static void put_thread(struct building *b, const struct thread_row *one, const pid_t *tids, size_t count)
{
	bool idle = one->blocked && wait_class__at_rest(one->wait.class);

	put(b, idle ? b->idle : b->busy,
	    &(struct stack_item){.one = one,
				 .tids = tids,
				 .count = count,
				 .longest_ns = one->blocked && !idle ? one->wait.duration_ns : 0});
}

void stack_tree__of_interval(struct stack_tree *t, const struct interval_report *r,
			     const struct thread_groups *groups)
{
	struct building b;
	size_t used = 0, frames = 0;

	for (size_t i = 0; i < r->thread_count; i++)
		frames += r->threads[i].stack.count;
	b = begin(t, r, r->time_ns, frames, r->thread_count);
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
				put_thread(&b, &r->threads[g->members[k]], &t->tids[used], 1);
			used++;
		}
		if (together)
			put_thread(&b, first, tids, g->count);
	}
	end(&b);
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
