// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks as a tree: from the outermost function to where threads are. */
#include <inttypes.h>
#include <stdio.h>

#include "screen/scene.h"
#include "util/append.h"
#include "util/duration.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "words/describe.h"

#define WORDS         2048
#define MOST_INDENT   40u
#define SHOWN_THREADS 100
#define SHOWN_ITEMS   200
#define SHOWN_NAMES   4

static bool applies(const struct scene *s)
{
	return s->r && !s->every_process;
}

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_SCREEN_STACKS, ret_count);
}

static struct naming naming(const struct scene *s)
{
	return s->tree->of_snapshot ? naming__of_snapshot(s->snapshot) : naming__of_interval(s->r);
}

/* ---- rows ------------------------------------------------------------------------------------------- */

/* The node of all that is not idle is not shown itself. */
static bool hidden(const struct stack_node *n)
{
	return n->parent == STACK_NONE_LEFT && (!n->idle || !n->threads);
}

/* A node after a fork unfolds, and with it the one way from there to the next fork. */
static bool folds(const struct stack_node *n)
{
	if (n->parent == STACK_NONE_LEFT)
		return n->idle;
	return n->head && n->children && (n->level > 1 || n->idle);
}

/* What follows after one that unfolds is below it, so that folding leads back there. */
static unsigned depth_of(const struct stack_node *n)
{
	unsigned depth = 2 * n->level + !n->head;

	if (n->parent == STACK_NONE_LEFT)
		return 0;
	return n->idle ? depth : depth - 2;
}

static void rows(const struct scene *s, struct grid *g)
{
	const struct stack_tree *t = s->tree;

	for (size_t i = 0; t && i < t->count; i++) {
		const struct stack_node *n = &t->nodes[t->order[i]];
		bool fold = folds(n), open;

		if (hidden(n))
			continue;
		open = grid__add(g, &(struct grid_row){.id = n->id,
						       .index = t->order[i],
						       .depth = depth_of(n),
						       .fold = fold ? FOLD_CLOSED : FOLD_NONE,
						       .style = n->idle ? STYLE_DIM : STYLE_PLAIN});
		/* A filter looks for what is folded, too. */
		if (fold && !open && !*g->filter)
			i += n->below;
	}
}

/* "waiting for mutex log_mutex", "running"; of those that wait for different things, what these have in
 * common. */
static void item_words(const struct scene *s, const struct stack_item *i, char *dst, size_t size)
{
	const struct naming n = naming(s);
	struct wait common;
	char words[DESCRIBE_HALT];

	if (!i->one) {
		snprintf(dst, size, "ended");
		return;
	}
	if (!i->one->blocked) {
		snprintf(dst, size, "%s", describe_running(words, sizeof(words), i->one));
		return;
	}
	common = i->one->wait;
	if (i->mixed) {
		common.lock = NO_INDEX;
		common.blocked_by = 0;
		common.file = NULL;
		common.fd = -1;
	}
	snprintf(dst, size, "%s%s%s", describe_wait_verb(&common),
		 describe_wait_short(words, sizeof(words), &n, &common), i->mixed ? " (different ones)" : "");
}

static bool same_wait(const struct stack_item *a, const struct stack_item *b)
{
	if (!a->one || !b->one || a->mixed || b->mixed || a->one->blocked != b->one->blocked)
		return false;
	return !a->one->blocked ||
	       (a->one->wait.kind == b->one->wait.kind && a->one->wait.lock == b->one->wait.lock &&
		a->one->wait.fd == b->one->wait.fd);
}

/* What those wait for that are in this function, and some of their names. */
static void put_items(const struct scene *s, const struct stack_node *node, char dst[WORDS], size_t *used)
{
	const struct naming n = naming(s);
	const struct stack_item *first = &s->tree->items[node->items], *i = first;
	char words[DESCRIBE_HALT], names[DESCRIBE_WAIT];
	bool others = false;

	while (i->next != STACK_NONE_LEFT && !others) {
		i = &s->tree->items[i->next];
		others = !same_wait(first, i);
	}
	item_words(s, first, words, sizeof(words));
	append(dst, WORDS, used, ": %s%s", words, others ? ", and others" : "");
	if (node->item_count == 1)
		append(dst, WORDS, used, ": %s",
		       first->count == 1 ? describe_tid(names, sizeof(names), &n, first->tids[0])
					 : describe_names(names, sizeof(names), &n, first->tids, first->count,
							  SHOWN_NAMES));
}

static void frame_words(const struct stack_node *n, char dst[WORDS], size_t *used)
{
	char name[DESCRIBE_WAIT];

	append(dst, WORDS, used, "%s", n->label ? n->label : describe_frame(name, sizeof(name), n->frame));
	if (n->frame && n->frame->file && n->frame->line && !n->lines_differ)
		append(dst, WORDS, used, " at %.400s:%d", n->frame->file, n->frame->line);
}

#define BAR_CELLS   10u
#define BAR_COLUMNS 100u /* of a screen that has room for it */

/* As wide as the function would be in a flame graph; what is there at all is seen. */
static void draw_bar(const struct scene *s, size_t threads, char dst[3 * BAR_CELLS + 1])
{
	uint64_t all = s->tree->threads, width = all ? (threads * BAR_CELLS + all / 2) / all : 0;
	size_t used = 0;

	*dst = '\0';
	if (s->columns < BAR_COLUMNS || !threads)
		return;
	for (uint64_t i = 0; i < BAR_CELLS && (!i || i < width); i++)
		append(dst, 3 * BAR_CELLS + 1, &used, "\xe2\x96\x88");
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;
	const struct stack_node *r = &s->tree->nodes[row->index];
	unsigned indent = row->depth < MOST_INDENT ? row->depth : MOST_INDENT;
	uint64_t all = s->tree->threads;
	char words[WORDS] = "", bar[3 * BAR_CELLS + 1];
	size_t used = 0;

	draw_bar(s, r->threads, bar);
	append(words, sizeof(words), &used, "%*s", (int)indent, "");
	frame_words(r, words, &used);
	if (r->items != STACK_NONE_LEFT)
		put_items(s, r, words, &used);
#include "views/text/text_cells.h"
#include "report/columns/screen_stacks.def"
}

static unsigned head(const struct scene *s, struct canvas *c, unsigned row, unsigned rows)
{
	const struct stack_tree *t = s->tree;
	struct page p = {0};
	char clock[DURATION_TEXT];
	unsigned used;

	if (!t) {
		page__line(&p, STYLE_BOLD, 1, " taking a snapshot");
	} else if (t->of_snapshot) {
		page__line(&p, STYLE_DIM, 1, " %zu %s, %zu of them idle, in a snapshot of %.8s", t->threads,
			   t->threads == 1 ? "thread" : "threads", t->idle,
			   time_format_clock(clock, sizeof(clock), s->snapshot_ns));
	} else {
		page__line(&p, STYLE_DIM, 1,
			   " %zu %s, %zu of them idle; no snapshot here: only the stacks of waits that were "
			   "read",
			   t->threads, t->threads == 1 ? "thread" : "threads", t->idle);
	}
	used = page__draw(&p, c, row, rows);
	page__free(&p);
	return used;
}

/* ---- a detail ------------------------------------------------------------------------------------------ */

static const struct thread_row *thread_of(const struct scene *s, pid_t tid)
{
	return s->tree->of_snapshot ? scene__snapshot_thread(s, tid) : scene__thread(s, tid);
}

static void threads(const struct scene *s, const struct stack_item *i, struct page *p)
{
	const struct naming n = naming(s);
	char name[DESCRIBE_NAME], age[DESCRIBE_AGE], words[DESCRIBE_HALT];

	page__heading(p, "%zu %s", i->count, i->count == 1 ? "THREAD" : "THREADS");
	for (size_t k = 0; k < i->count && k < SHOWN_THREADS; k++) {
		const struct thread_row *t = thread_of(s, i->tids[k]);

		describe_tid(name, sizeof(name), &n, i->tids[k]);
		if (t && t->blocked)
			page__line(p, STYLE_PLAIN, 4, "  %s for %s: %s%s", name,
				   describe_age(age, sizeof(age), &t->wait), describe_wait_verb(&t->wait),
				   describe_wait(words, sizeof(words), &n, &t->wait));
		else
			page__line(p, STYLE_PLAIN, 4, "  %s", name);
	}
	if (i->count > SHOWN_THREADS)
		page__line(p, STYLE_DIM, 2, "  and %zu more", i->count - SHOWN_THREADS);
}

/* One stack, whole. */
static void one_stack(const struct scene *s, const struct stack_item *i, struct page *p)
{
	char words[DESCRIBE_HALT], reason[DESCRIBE_WAIT];

	item_words(s, i, words, sizeof(words));
	page__line(p, STYLE_PLAIN, 2, "%s", words);
	if (!i->one)
		return;
	if (i->one->blocked && *describe_wait_reason(reason, sizeof(reason), &i->one->wait))
		page__line(p, STYLE_DIM, 2, "%s", reason);
	page__stack(p, "STACK", &i->one->stack, i->one->blocked ? "not read yet" : "running");
	if (i->one->kernel_stack.count)
		page__stack(p, "IN THE KERNEL", &i->one->kernel_stack, "");
	threads(s, i, p);
}

/* Those that have called it, and what is done below it. */
static void several_stacks(const struct scene *s, const struct stack_node *node, struct page *p)
{
	const struct stack_tree *t = s->tree;
	size_t shown = 0, all = 0;

	if (node->parent != STACK_NONE_LEFT && t->nodes[node->parent].frame)
		page__heading(p, "CALLED BY");
	for (size_t up = node->parent; up != STACK_NONE_LEFT && t->nodes[up].frame;
	     up = t->nodes[up].parent) {
		char words[WORDS] = "";
		size_t used = 0;

		frame_words(&t->nodes[up], words, &used);
		page__line(p, STYLE_PLAIN, 4, "  %s", words);
	}
	page__heading(p, "WHAT THEY DO");
	for (size_t i = node->place; i <= node->place + node->below; i++) {
		const struct stack_node *n = &t->nodes[t->order[i]];

		for (size_t k = n->items; k != STACK_NONE_LEFT; k = t->items[k].next) {
			const struct stack_item *item = &t->items[k];
			char words[DESCRIBE_HALT], calls[DESCRIBE_WAIT] = "";

			if (all++ >= SHOWN_ITEMS)
				continue;
			shown++;
			item_words(s, item, words, sizeof(words));
			if (item->one && item->one->stack.count)
				describe_creator(calls, sizeof(calls), &item->one->stack, 8);
			page__line(p, STYLE_PLAIN, 6, "%5zu %s%s%s", item->count, words,
				   *calls ? ", in " : "", calls);
		}
	}
	if (all > shown)
		page__line(p, STYLE_DIM, 2, "  and %zu more stacks", all - shown);
}

static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	const struct stack_node *node = s->tree ? stack_tree__find(s->tree, id) : NULL;
	char words[WORDS] = "", share[DURATION_TEXT];
	size_t used = 0, items = 0;

	if (!node)
		return false;
	for (size_t i = node->place; i <= node->place + node->below; i++)
		items += s->tree->nodes[s->tree->order[i]].item_count;
	frame_words(node, words, &used);
	page__line(p, STYLE_BOLD, 2, "%s: %zu of %zu threads, %s", words, node->threads, s->tree->threads,
		   text_percent(share, node->threads, s->tree->threads));
	if (items > 1) {
		several_stacks(s, node, p);
		return true;
	}
	for (size_t i = node->place; i <= node->place + node->below; i++)
		if (s->tree->nodes[s->tree->order[i]].items != STACK_NONE_LEFT)
			one_stack(s, &s->tree->items[s->tree->nodes[s->tree->order[i]].items], p);
	return true;
}

const struct screen_view view_stacks = {
	.title = "stacks",
	.applies = applies,
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.head = head,
	.detail = detail,
	.empty = "",
	.wants_snapshot = true,
};
