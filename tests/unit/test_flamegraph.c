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

/* The data of this page, which is freed; NULL if there is none that can be read. */
static json_t *written(struct flamegraph *g)
{
	char *page = NULL, *begin, *end;
	size_t length = 0;
	FILE *out = open_memstream(&page, &length);
	json_t *data = NULL;

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

/* Of these snapshots, each of a process of its own. */
static json_t *data_of(const struct snapshot_report *const *reports, size_t count)
{
	struct flamegraph *g = flamegraph__new(WEIGHT_WAIT_TIME, false);

	for (size_t i = 0; i < count; i++)
		flamegraph__add(g, reports[i], true);
	return written(g);
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

static const char *text_of(const json_t *data, const char *name)
{
	return json_string_value(json_object_get(data, name));
}

/* The threads (0) or the time (1) of the only node of that name; -1: there is none. */
static json_int_t value_of(const json_t *data, const char *name, size_t value)
{
	const json_t *nodes = json_object_get(data, "nodes"), *names = json_object_get(data, "names"), *node;
	json_int_t found = -1;
	size_t i;

	json_array_foreach(
		nodes, i, node) if (!strcmp(json_string_value(json_array_get(names, (size_t)number(node, 1))),
					    name)) found = number(node, 2 + value);
	return found;
}

static const struct frame idle_frame = {.function = "take_job"}, lock_frame = {.function = "lock"},
			  file_frame = {.function = "fsync"}, busy_frame = {.function = "compute"};
static const struct lock_row some_locks[] = {{.address = 16, .symbol = "</b>\x1b", .kind = LOCK_MUTEX}};

#define BLOCKED(number, frame, ...)                                           \
	{                                                                     \
		.tid = (number), .blocked = true, .wait = {__VA_ARGS__},      \
		.stack = {&(frame), 1, STACK_COMPLETE}, .waited_ns = (number) \
	}

static const struct thread_row some_threads[] = {
	BLOCKED(1, lock_frame, .kind = WAIT_MUTEX, .lock = 0, .fd = -1, .duration_ns = 1000),
	BLOCKED(20, file_frame, .kind = WAIT_FSYNC, .syscall = "fsync", .lock = NO_INDEX, .fd = 3,
		.file = "/a;b", .duration_ns = 2000),
	{.tid = 300, .stack = {&busy_frame, 1, STACK_COMPLETE}, .waited_ns = 300},
	{.tid = 4000,
	 .blocked = true,
	 .idle = true,
	 .wait = {.class = WAIT_CLASS_POOL, .lock = NO_INDEX, .duration_ns = 9000},
	 .stack = {&idle_frame, 1, STACK_COMPLETE},
	 .waited_ns = 4000},
};

static struct snapshot_report some_snapshot(void)
{
	struct snapshot_report r = empty_snapshot;

	r.threads = some_threads;
	r.thread_count = COUNT(some_threads);
	r.locks = some_locks;
	r.lock_count = COUNT(some_locks);
	return r;
}

/* What has nothing to do is left out, and said to be, unless it is asked for; the last frame is the lock or
 * file. */
TEST(flamegraph_without_idle_threads)
{
	struct snapshot_report r = some_snapshot();
	struct flamegraph *g = flamegraph__new(WEIGHT_USUAL, false);
	json_t *data;

	flamegraph__add(g, &r, true);
	data = written(g);
	check_tree(data, 3);
	CHECK_EQ(json_integer_value(json_object_get(data, "by")), 0);
	CHECK_EQ(count_name(data, "take_job"), 0);
	CHECK_EQ(value_of(data, "[mutex </b>\\x1b]", 1), 1000);
	CHECK_EQ(value_of(data, "[fsync(/a;b)]", 1), 2000);
	CHECK_STR(text_of(data, "left_out"), "1 of 4 threads are idle and not shown; --idle shows them");
	json_decref(data);

	g = flamegraph__new(WEIGHT_USUAL, true);
	flamegraph__add(g, &r, true);
	data = written(g);
	check_tree(data, 4);
	CHECK_EQ(value_of(data, "take_job", 1), 9000);
	CHECK_STR(text_of(data, "left_out"), "");
	json_decref(data);

	/* As in the text, threads that were asked for are shown. */
	r.selected = true;
	g = flamegraph__new(WEIGHT_USUAL, false);
	flamegraph__add(g, &r, true);
	data = written(g);
	check_tree(data, 4);
	json_decref(data);

	r.selected = false;
	r.threads = &some_threads[3];
	r.thread_count = 1;
	g = flamegraph__new(WEIGHT_USUAL, false);
	flamegraph__add(g, &r, true);
	data = written(g);
	check_tree(data, 0);
	CHECK_STR(text_of(data, "left_out"), "Nothing is shown: all 1 threads are idle; --idle shows them");
	json_decref(data);
}

/* All snapshots count: the threads of each, the time that each says was waited since. What ran in the last
 * one has waited at a place that nobody saw. */
TEST(flamegraph_of_several_snapshots)
{
	struct snapshot_report r = some_snapshot();
	struct flamegraph *g = flamegraph__new(WEIGHT_USUAL, false);
	json_t *data;

	r.of = 3;
	for (r.number = 1; r.number <= 3; r.number++) {
		r.time_ns += 1000000000;
		flamegraph__add(g, &r, r.number == 3);
	}
	data = written(g);
	check_tree(data, 9);
	CHECK_EQ(json_integer_value(json_object_get(data, "by")), 1);
	CHECK_EQ(json_integer_value(json_object_get(data, "snapshots")), 3);
	CHECK_EQ(value_of(data, "lock", 0), 3);
	CHECK_EQ(value_of(data, "lock", 1), 3);
	CHECK_EQ(value_of(data, "fsync", 1), 60);
	CHECK_EQ(value_of(data, "compute", 0), 3);
	CHECK_EQ(value_of(data, "compute", 1), 0);
	CHECK_EQ(value_of(data, "[wait not sampled]", 1), 300);
	CHECK_EQ(number(json_array_get(json_object_get(data, "nodes"), 0), 3), 363);
	CHECK_STR(text_of(data, "left_out"),
		  "1.0 of 4.0 threads, on average, are idle and not shown; --idle shows them");
	CHECK(!strncmp(text_of(data, "taken"), "3 snapshots in 2.0 s, from ", 27));
	json_decref(data);
}

/* Its process ended before the second. */
TEST(flamegraph_of_the_first_of_several)
{
	struct snapshot_report r = some_snapshot();
	struct flamegraph *g = flamegraph__new(WEIGHT_USUAL, false);
	json_t *data;

	r.number = 1;
	r.of = 3;
	flamegraph__add(g, &r, true);
	data = written(g);
	CHECK_EQ(value_of(data, "lock", 1), 1000);
	CHECK_EQ(json_integer_value(json_object_get(data, "by")), 0);
	json_decref(data);
}

TEST(flamegraph_begins_with_the_findings)
{
	static const struct finding found[] = {
		{.kind = FINDING_DEADLOCK,
		 .severity = SEVERITY_CRITICAL,
		 .summary = "<b>\x1b[2J a \"circle\""},
		{.kind = FINDING_STUCK_THREAD, .severity = SEVERITY_INFO, .summary = "stuck"}};
	struct snapshot_report r = some_snapshot();
	const struct snapshot_report *reports[] = {&r, &empty_snapshot};
	const json_t *list;
	json_t *data;

	r.findings = found;
	r.finding_count = COUNT(found);
	data = data_of(reports, 1);
	list = json_object_get(data, "findings");
	CHECK_EQ(json_array_size(list), 2);
	CHECK_STR(json_string_value(json_array_get(json_array_get(list, 0), 0)), "critical");
	CHECK_STR(json_string_value(json_array_get(json_array_get(list, 0), 1)), "");
	CHECK_STR(json_string_value(json_array_get(json_array_get(list, 0), 2)), "<b>\\x1b[2J a \"circle\"");
	json_decref(data);
	/* Of several processes each says whose it is. */
	data = data_of(reports, 2);
	list = json_object_get(data, "findings");
	CHECK_EQ(json_array_size(list), 2);
	CHECK(strlen(json_string_value(json_array_get(json_array_get(list, 1), 1))) > 0);
	json_decref(data);
}

TEST(flamegraph_to_a_full_device)
{
	struct flamegraph *g = flamegraph__new(WEIGHT_USUAL, false);
	FILE *full = fopen("/dev/full", "w");

	CHECK(full != NULL);
	if (full) {
		CHECK(flamegraph__write(g, full) < 0);
		fclose(full);
	}
	flamegraph__free(g);
}

TEST_MAIN
