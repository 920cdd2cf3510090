/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's data: one tree, whose counts add up, and nothing in it that HTML or XML would take for its own.
 */
#include <jansson.h>
#include <stdlib.h>

#include "test.h"
#include "test_views_hostile.h"
#include "views/export/flamegraph.h"

#define DATA_BEGIN "<script id=\"data\" type=\"application/json\">"
#define DATA_END   "</script>"

/* The data of a page of these snapshots; NULL if there is none that can be read. */
static json_t *data_of(const struct snapshot_report *const *reports, size_t count)
{
	struct flamegraph *g = flamegraph__new(true);
	char *page = NULL, *begin, *end;
	size_t length = 0;
	FILE *out = open_memstream(&page, &length);
	json_t *data = NULL;

	for (size_t i = 0; i < count; i++)
		flamegraph__add(g, reports[i]);
	CHECK_EQ(flamegraph__write(g, out), 0);
	fclose(out);
	flamegraph__free(g);
	begin = strstr(page, DATA_BEGIN);
	end = begin ? strstr(begin, DATA_END) : NULL;
	CHECK(begin && end && !strncmp(page + length - 8, "</html>\n", 8));
	if (begin && end) {
		begin += strlen(DATA_BEGIN);
		CHECK(!memchr(begin, '<', (size_t)(end - begin)) &&
		      !memchr(begin, '&', (size_t)(end - begin)));
		data = json_loadb(begin, (size_t)(end - begin), 0, NULL);
	}
	CHECK(data != NULL);
	free(page);
	return data;
}

#define MAX_DEPTH 64

static json_int_t number(const json_t *node, size_t i)
{
	return json_integer_value(json_array_get(node, i));
}

/* Parents first, one root, and no node has less than its children have together. */
static void check_tree(const json_t *data, json_int_t threads)
{
	const json_t *nodes = json_object_get(data, "nodes"), *names = json_object_get(data, "names"), *node;
	json_int_t left[MAX_DEPTH][2];
	bool cut = number(json_array_get(nodes, 0), 3) == INT64_MAX;
	json_int_t last = -1;
	size_t i;

	CHECK(json_array_size(nodes) > 0);
	json_array_foreach(nodes, i, node)
	{
		json_int_t depth = number(node, 0);

		CHECK_EQ(json_array_size(node), 4);
		CHECK(depth < MAX_DEPTH && depth <= last + 1 && (depth > 0) == (i > 0));
		CHECK(number(node, 1) >= 0 && (size_t)number(node, 1) < json_array_size(names));
		for (size_t value = 0; value < 2; value++) {
			left[depth][value] = number(node, 2 + value);
			if (depth)
				left[depth - 1][value] -= left[depth][value];
			/* Waits that are too long for a number are the largest there is. */
			CHECK(!depth || left[depth - 1][value] >= 0 || cut);
		}
		last = depth;
	}
	CHECK_EQ(number(json_array_get(nodes, 0), 2), threads);
}

static size_t count_name(const json_t *data, const char *name)
{
	const json_t *nodes = json_object_get(data, "nodes"), *names = json_object_get(data, "names"), *node;
	size_t i, count = 0;

	json_array_foreach(nodes, i, node)
	{
		const json_t *text = json_array_get(names, (size_t)number(node, 1));

		count += !strcmp(json_string_value(text), name);
	}
	return count;
}

TEST(flamegraph_of_one_process)
{
	const struct snapshot_report *reports[] = {&usual_snapshot};
	json_t *data = data_of(reports, 1);

	check_tree(data, (json_int_t)usual_snapshot.thread_count);
	CHECK_STR(json_string_value(json_object_get(data, "title")), "mysqld (4481)");
	CHECK_EQ(json_integer_value(json_object_get(data, "by")), 1);
	/* Those of one stack are one node, and stacks of one root grow from it. */
	CHECK_EQ(count_name(data, "log_append"), 1);
	CHECK_EQ(count_name(data, "clone3"), 1);
	CHECK_EQ(count_name(data, "[truncated]"), 1);
	CHECK_EQ(count_name(data, "[running]"), 1);
	json_decref(data);
}

TEST(flamegraph_of_several_processes)
{
	const struct snapshot_report *reports[] = {&usual_snapshot, &usual_snapshot, &empty_snapshot};
	json_t *data = data_of(reports, 3);

	check_tree(data, 2 * (json_int_t)usual_snapshot.thread_count);
	CHECK_STR(json_string_value(json_object_get(data, "title")), "3 processes");
	CHECK_EQ(count_name(data, "all"), 1);
	CHECK_EQ(count_name(data, "mysqld (4481)"), 2);
	json_decref(data);
}

TEST(flamegraph_of_nothing)
{
	const struct snapshot_report *reports[] = {&empty_snapshot};
	json_t *data = data_of(reports, 1);

	check_tree(data, 0);
	json_decref(data);
	data = data_of(NULL, 0);
	check_tree(data, 0);
	json_decref(data);
}

/* One stack may be the beginning of another, or nearly. */
TEST(flamegraph_keeps_stacks_apart)
{
	static const struct frame frames[] = {{.function = "ab"},  {.function = "a"},    {.function = "main"},
					      {.function = "a"},   {.function = "main"}, {.function = "a b"},
					      {.function = "main"}};
	static const struct thread_row threads[] = {{.tid = 1, .stack = {&frames[0], 3, STACK_COMPLETE}},
						    {.tid = 2, .stack = {&frames[1], 2, STACK_COMPLETE}},
						    {.tid = 3, .stack = {&frames[3], 2, STACK_COMPLETE}},
						    {.tid = 4, .stack = {&frames[5], 2, STACK_COMPLETE}},
						    {.tid = 5, .stack = {&frames[2], 1, STACK_COMPLETE}}};
	struct snapshot_report r = empty_snapshot;
	const struct snapshot_report *reports[] = {&r};
	json_t *data;

	r.threads = threads;
	r.thread_count = COUNT(threads);
	data = data_of(reports, 1);
	check_tree(data, 5);
	CHECK_EQ(json_array_size(json_object_get(data, "nodes")), 5);
	CHECK_EQ(count_name(data, "main"), 1);
	CHECK_EQ(count_name(data, "a"), 1);
	CHECK_EQ(count_name(data, "ab"), 1);
	CHECK_EQ(count_name(data, "a b"), 1);
	json_decref(data);
}

TEST(flamegraph_of_hostile_names)
{
	static const struct frame frame = {.function = "</script><!--<script>alert(\"1\")&amp;\\]]>"};
	static const struct thread_row threads[] = {{.tid = 1, .stack = {&frame, 1, STACK_COMPLETE}}};
	struct snapshot_report r = empty_snapshot;
	const struct snapshot_report *reports[] = {&r, &hostile_snapshot};
	json_t *data;

	r.threads = threads;
	r.thread_count = 1;
	r.comm = "</title>";
	data = data_of(reports, 2);
	check_tree(data, 1 + (json_int_t)hostile_snapshot.thread_count);
	CHECK_EQ(count_name(data, frame.function), 1);
	json_decref(data);
}

TEST(flamegraph_to_a_full_device)
{
	struct flamegraph *g = flamegraph__new(false);
	FILE *full = fopen("/dev/full", "w");

	CHECK(full != NULL);
	if (full) {
		CHECK(flamegraph__write(g, full) < 0);
		fclose(full);
	}
	flamegraph__free(g);
}

TEST_MAIN
