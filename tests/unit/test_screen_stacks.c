// SPDX-License-Identifier: GPL-2.0-or-later
/* The view of stacks: a tree whose counts add up, of a snapshot and of a saved run without one. */
#include "facts/saved/saved.h"
#include "model/snapshot/snapshot_report.h"
#include "scenes.h"
#include "screens.h"
#include "util/heap.h"

#define STACKS "6"

struct loaded {
	struct arena arena;
	struct sample *sample;
	struct snapshot_report *report;
	struct stack_tree tree;
	struct scene scene;
};

static void load(struct loaded *l, const char *path)
{
	FILE *in = fopen(path, "r");
	struct saved_reader *r = NULL;
	struct saved_snapshot snapshot;
	struct saved_head h;

	*l = (struct loaded){0};
	CHECK_EQ(saved_reader__open(in, &h, &r), 0);
	CHECK_EQ(saved_reader__snapshot(r, &snapshot), 0);
	CHECK_EQ(saved_reader__sample(r, &l->sample), 0);
	saved_reader__close(r);
	fclose(in);
	l->report = model__snapshot(&l->arena, l->sample, NULL);
	stack_tree__of_snapshot(&l->tree, l->report);
	l->scene = (struct scene){.snapshot = l->report, .snapshot_ns = l->report->time_ns, .tree = &l->tree};
}

static void unload(struct loaded *l)
{
	stack_tree__free(&l->tree);
	arena__free(&l->arena);
	sample__free(l->sample);
}

/* Each thread is once in the tree, and a node has as many as its children and itself. */
static void check_tree(const struct stack_tree *t, size_t threads)
{
	size_t *below = HEAP_NEW(size_t, t->count + 1), roots = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct stack_node *n = &t->nodes[t->order[i]];

		CHECK_EQ(n->place, i);
		CHECK(i + n->below < t->count);
		for (size_t k = n->items; k != STACK_NONE_LEFT; k = t->items[k].next)
			below[t->order[i]] += t->items[k].count;
		if (n->parent == STACK_NONE_LEFT)
			roots += n->threads;
		else
			below[n->parent] += n->threads;
		if (n->parent != STACK_NONE_LEFT)
			CHECK(t->nodes[n->parent].place < i &&
			      i <= t->nodes[n->parent].place + t->nodes[n->parent].below);
	}
	for (size_t i = 0; i < t->count; i++)
		CHECK_EQ(below[i], t->nodes[i].threads);
	CHECK_EQ(roots, threads);
	CHECK_EQ(t->threads, threads);
	free(below);
}

TEST(a_tree_of_a_snapshot)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct loaded l;
		struct drawn d;

		load(&l, "tests/samples/convoy.facts");
		check_tree(&l.tree, l.report->thread_count);
		draw_begin(&d, &view_stacks, &l.scene, SIZES[i][0], SIZES[i][1]);
		draw_rows(&d);
		check_drawn(&d, "stacks-convoy");
		draw_end(&d);
		unload(&l);
	}
}

/* One stack, whose threads wait for different locks; a function is at one line of one file, or none is said.
 */
TEST(what_differs_is_not_said)
{
	struct loaded l;
	struct drawn d;

	load(&l, "tests/samples/deadlock.facts");
	check_tree(&l.tree, l.report->thread_count);
	draw_begin(&d, &view_stacks, &l.scene, 40, 120);
	draw_rows(&d);
	check_drawn(&d, "stacks-deadlock");
	draw_end(&d);
	unload(&l);
}

TEST(lines_that_differ)
{
	const pid_t tids[] = {5, 6};
	const struct frame a[] = {{.function = "f", .file = "x.c", .line = 3}},
			   b[] = {{.function = "f", .file = "x.c", .line = 4}};
	struct thread_row threads[] = {{.pid = 5, .tid = 5, .stack = {a, 1, STACK_COMPLETE}},
				       {.pid = 5, .tid = 6, .stack = {b, 1, STACK_COMPLETE}}};
	const struct stack_group groups[] = {{.tids = tids, .count = 1, .one = threads},
					     {.tids = tids + 1, .count = 1, .one = threads + 1}};
	const struct snapshot_report r = {
		.pid = 5, .threads = threads, .thread_count = 2, .groups = groups, .group_count = 2};
	struct stack_tree tree = {0};
	struct scene s = {.snapshot = &r, .tree = &tree};
	struct drawn d;

	stack_tree__of_snapshot(&tree, &r);
	check_tree(&tree, 2);
	draw_begin(&d, &view_stacks, &s, 12, 80);
	draw_rows(&d);
	CHECK(drawn_has(&d, "  f: running\n"));
	draw_end(&d);
	stack_tree__free(&tree);
}

static size_t closed_rows(const struct grid *g)
{
	size_t count = 0;

	for (size_t i = 0; i < g->count; i++)
		count += g->rows[i].fold == FOLD_CLOSED;
	return count;
}

/* Opens all of it, row by row, and closes it again from the last one. */
TEST(it_can_be_walked)
{
	struct loaded l;
	struct drawn d;
	size_t before;

	load(&l, "tests/samples/convoy.facts");
	draw_begin(&d, &view_stacks, &l.scene, 50, 200);
	draw_fill(&d);
	before = d.grid.count;
	CHECK(closed_rows(&d.grid) > 0);
	for (size_t i = 0; i < d.grid.count; i++) {
		if (d.grid.rows[i].fold != FOLD_CLOSED)
			continue;
		grid__select(&d.grid, d.grid.rows[i].id);
		CHECK(grid__fold(&d.grid, true));
		draw_fill(&d);
	}
	CHECK_EQ(closed_rows(&d.grid), 0);
	CHECK_EQ(d.grid.count, l.tree.count - 1 - !l.tree.idle);
	draw_rows(&d);
	check_drawn(&d, "stacks-convoy-open");
	for (size_t i = d.grid.count; i-- > 0 && d.grid.count > before;) {
		if (i >= d.grid.count)
			continue;
		grid__select(&d.grid, d.grid.rows[i].id);
		if (grid__fold(&d.grid, false))
			draw_fill(&d);
	}
	CHECK_EQ(d.grid.count, before);
	draw_end(&d);
	unload(&l);
}

TEST(a_detail_of_each_node)
{
	struct loaded l;
	struct drawn d;

	load(&l, "tests/samples/convoy.facts");
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		draw_begin(&d, &view_stacks, &l.scene, SIZES[i][0], SIZES[i][1]);
		for (size_t k = 0; k < l.tree.count; k++)
			CHECK(draw_detail(&d, l.tree.nodes[k].id));
		draw_fill(&d);
		CHECK(draw_detail(&d, d.grid.rows[0].id));
		check_drawn(&d, "stacks-convoy-detail");
		CHECK(draw_detail(&d,
				  l.tree.nodes[l.tree.order[1 + l.tree.nodes[l.tree.order[1]].below]].id));
		check_drawn(&d, "stacks-convoy-leaf");
		CHECK(!draw_detail(&d, 77));
		draw_end(&d);
	}
	unload(&l);
}

TEST(a_filter_finds_what_is_folded)
{
	struct loaded l;
	struct drawn d;

	load(&l, "tests/samples/deadlock.facts");
	draw_begin(&d, &view_stacks, &l.scene, 50, 200);
	snprintf(d.grid.filter, sizeof(d.grid.filter), "lll_lock_wait");
	draw_fill(&d);
	CHECK(d.grid.shown > 0);
	draw_end(&d);
	unload(&l);
}

TEST(before_the_first_snapshot)
{
	static const struct ui_host host = {0};
	struct shown s;

	open_hosted(&s, fopen("tests/samples/demo.facts", "r"), 24, 80, &host);
	type(&s, STACKS);
	CHECK(screen_has(&s, "taking a snapshot"));
	type(&s, "\n");
	press(&s, CODE_RIGHT);
	CHECK(screen_has(&s, "taking a snapshot"));
	close_run(&s);
}

TEST(no_snapshot_comes_after_the_end)
{
	static const struct ui_host host = {0};
	struct shown s;

	open_hosted(&s, fopen("tests/samples/demo.facts", "r"), 24, 80, &host);
	type(&s, STACKS);
	feed__request(s.feed, &(struct feed_request){.wish = FEED_INTERVAL, .interval_ns = 1000000});
	for (int i = 0; i < 600 && feed__state(s.feed) != FEED_OVER; i++) {
		struct pollfd fd = {.fd = feed__fd(s.feed), .events = POLLIN};

		poll(&fd, 1, 100);
		if (feed__take(s.feed))
			ui__take(s.ui);
	}
	CHECK(screen_lacks(&s, "taking a snapshot"));
	CHECK(screen_has(&s, "no snapshot here"));
	close_run(&s);
}

TEST(a_saved_run_unfolds_its_idle_threads)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct shown s;

		open_run(&s, "tests/samples/demo.facts", SIZES[i][0], SIZES[i][1]);
		type(&s, STACKS);
		type(&s, "G");
		press(&s, CODE_RIGHT);
		type(&s, "G");
		check_screen(&s, "stacks-idle");
		/* The tree goes with its view. */
		type(&s, "1" STACKS "\n");
		CHECK(screen_has(&s, "of 43 threads"));
		close_run(&s);
	}
}

/* A saved file may have a stack of any depth, and names of any kind. */
TEST(a_deep_stack)
{
	enum { DEEP = 100000 };
	struct frame *frames = HEAP_NEW(struct frame, DEEP);
	const pid_t tid = 5;
	struct thread_row one = {
		.pid = 5, .tid = 5, .name = "\x1b[2J", .stack = {frames, DEEP, STACK_COMPLETE}};
	const struct stack_group group = {.tids = &tid, .count = 1, .one = &one, .wait = "running"},
				 ended = {.tids = &tid, .count = 1, .wait = "ended"};
	const struct stack_group groups[] = {group, ended};
	const struct snapshot_report r = {
		.pid = 5, .threads = &one, .thread_count = 1, .groups = groups, .group_count = 2};
	struct stack_tree tree = {0};
	struct scene s = {.snapshot = &r, .tree = &tree};
	struct drawn d;

	for (size_t i = 0; i < DEEP; i++)
		frames[i] = (struct frame){.address = i, .function = i % 2 ? "\x1b[31mf\n" : NULL};
	stack_tree__of_snapshot(&tree, &r);
	check_tree(&tree, 2);
	draw_begin(&d, &view_stacks, &s, 24, 80);
	draw_rows(&d);
	CHECK(drawn_has(&d, "\\x1b[31mf"));
	grid__move(&d.grid, DEEP + 10);
	draw_rows(&d);
	CHECK(drawn_has(&d, "(ended)"));
	CHECK(draw_detail(&d, d.grid.rows[d.grid.count - 1].id));
	draw_end(&d);
	stack_tree__free(&tree);
	free(frames);
}

TEST(no_threads)
{
	const struct snapshot_report r = {0};
	struct stack_tree tree = {0};
	struct scene s = {.snapshot = &r, .tree = &tree};
	struct drawn d;

	stack_tree__of_snapshot(&tree, &r);
	draw_begin(&d, &view_stacks, &s, 8, 40);
	draw_rows(&d);
	CHECK_EQ(d.grid.count, 0);
	draw_end(&d);
	stack_tree__free(&tree);
}

TEST_MAIN
