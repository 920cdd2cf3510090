/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every view against golden files. tests/schema-check.py holds the JSON ones
 * against docs/schema.
 */
#include <stdlib.h>

#include "golden.h"
#include "ranked.h"
#include "test_views_events.h"
#include "test_views_hostile.h"
#include "waits/wait.h"
#include "util/escape.h"
#include "words/describe.h"
#include "views/view.h"

#define INTERVAL_TEST(name, view, report, golden)         \
	TEST(name)                                        \
	{                                                 \
		struct capture c;                         \
		show_interval(&view, begin(&c), &report); \
		check_golden(&c, golden);                 \
	}
#define SNAPSHOT_TEST(name, view, report, golden)         \
	TEST(name)                                        \
	{                                                 \
		struct capture c;                         \
		show_snapshot(&view, begin(&c), &report); \
		check_golden(&c, golden);                 \
	}
#define DOCTOR_TEST(name, view, report, golden)  \
	TEST(name)                               \
	{                                        \
		struct capture c;                \
		view.doctor(begin(&c), &report); \
		check_golden(&c, golden);        \
	}
#define EVENTS_TEST(name, view, rows, golden)             \
	TEST(name)                                        \
	{                                                 \
		struct capture c;                         \
		begin(&c);                                \
		for (size_t i = 0; i < rows##_count; i++) \
			view.event(&c.o, &rows##s[i]);    \
		check_golden(&c, golden);                 \
	}

INTERVAL_TEST(text_interval, view_text, usual_interval, "interval-usual.txt")
INTERVAL_TEST(text_interval_hostile, view_text, hostile_interval, "interval-hostile.txt")
INTERVAL_TEST(text_interval_empty, view_text, empty_interval, "interval-empty.txt")
INTERVAL_TEST(text_interval_several, view_text, many_processes, "interval-several.txt")
INTERVAL_TEST(json_interval, view_json, usual_interval, "interval-usual.json")
INTERVAL_TEST(json_interval_hostile, view_json, hostile_interval, "interval-hostile.json")
INTERVAL_TEST(json_interval_empty, view_json, empty_interval, "interval-empty.json")
INTERVAL_TEST(json_interval_several, view_json, many_processes, "interval-several.json")
SNAPSHOT_TEST(text_snapshot, view_text, usual_snapshot, "snapshot-usual.txt")
SNAPSHOT_TEST(text_snapshot_hostile, view_text, hostile_snapshot, "snapshot-hostile.txt")
SNAPSHOT_TEST(text_snapshot_empty, view_text, empty_snapshot, "snapshot-empty.txt")
SNAPSHOT_TEST(json_snapshot, view_json, usual_snapshot, "snapshot-usual.json")
SNAPSHOT_TEST(json_snapshot_hostile, view_json, hostile_snapshot, "snapshot-hostile.json")
SNAPSHOT_TEST(json_snapshot_empty, view_json, empty_snapshot, "snapshot-empty.json")
SNAPSHOT_TEST(folded_snapshot, view_folded, usual_snapshot, "folded-usual.txt")
SNAPSHOT_TEST(folded_snapshot_hostile, view_folded, hostile_snapshot, "folded-hostile.txt")
SNAPSHOT_TEST(folded_snapshot_empty, view_folded, empty_snapshot, "folded-empty.txt")
EVENTS_TEST(text_events, view_text, usual_event, "event-usual.txt")
EVENTS_TEST(text_events_hostile, view_text, hostile_event, "event-hostile.txt")
EVENTS_TEST(json_events, view_json, usual_event, "event-usual.json")
EVENTS_TEST(json_events_hostile, view_json, hostile_event, "event-hostile.json")
DOCTOR_TEST(text_doctor_perfect, view_text, perfect_doctor, "doctor-perfect.txt")
DOCTOR_TEST(text_doctor_able, view_text, able_doctor, "doctor-able.txt")
DOCTOR_TEST(text_doctor_unable, view_text, unable_doctor, "doctor-unable.txt")
DOCTOR_TEST(json_doctor_able, view_json, able_doctor, "doctor-able.json")
DOCTOR_TEST(json_doctor_unable, view_json, unable_doctor, "doctor-unable.json")

TEST(text_every_process)
{
	struct capture c;

	begin(&c)->every_process = true;
	show_interval(&view_text, &c.o, &many_processes);
	check_golden(&c, "interval-every-process.txt");
}

/* Before the probes are attached: what is counted over time is unknown. */
TEST(a_first_look)
{
	struct interval_report look = usual_interval, several = many_processes;
	struct capture c;

	look.interval_ns = look.watched_ns = look.cost.wall_ns = 0;
	look.file_count = look.file_group_count = look.creator_count = 0;
	show_interval(&view_text, begin(&c), &look);
	check_golden(&c, "interval-look.txt");
	show_interval(&view_json, begin(&c), &look);
	check_golden(&c, "interval-look.json");
	several.interval_ns = several.cost.wall_ns = 0;
	show_interval(&view_text, begin(&c), &several);
	check_golden(&c, "interval-look-several.txt");
}

static const struct stop_row frozen = {.by = STOP_CGROUP, .duration_ns = 3000 * MS};

static void show_stopped(void (*show)(const struct view_options *o, const struct interval_report *r),
			 bool text)
{
	struct process_row process = usual_interval.processes[0];
	struct interval_report r = usual_interval;
	struct capture c;

	process.stop = frozen;
	r.processes = &process;
	r.process_count = 1;
	r.file_count = r.file_group_count = r.mapped_count = 0;
	show(begin(&c), &r);
	fclose(c.o.out);
	if (text)
		CHECK(strstr(c.text,
			     "): frozen for 3.0 s, by its cgroup (docker pause, systemctl freeze). "));
	else
		CHECK(strstr(c.text, "\"by\":\"cgroup\",\"duration_ns\":3000000000}"));
	free(c.text);
}

TEST(a_stopped_process_says_so_first)
{
	struct snapshot_report r = usual_snapshot;
	struct capture c;

	show_stopped(view_text.interval, true);
	show_stopped(view_text.logs, true);
	show_stopped(view_json.interval, false);
	show_stopped(view_json.logs, false);
	r.stop = frozen;
	view_text.snapshot(begin(&c), &r);
	fclose(c.o.out);
	CHECK(strstr(c.text, ": frozen for 3.0 s, by its cgroup (docker pause, systemctl freeze). "));
	CHECK(strstr(c.text, ": frozen for 3.0 s") < strchr(c.text, '\n'));
	free(c.text);
}

TEST(text_snapshot_all)
{
	struct capture c;

	begin(&c)->all = true;
	show_snapshot(&view_text, &c.o, &usual_snapshot);
	check_golden(&c, "snapshot-all.txt");
}

TEST(text_colour_is_for_severity)
{
	struct capture c;

	begin(&c)->colour = true;
	show_interval(&view_text, &c.o, &usual_interval);
	check_golden(&c, "interval-colour.txt");
}

TEST(text_is_clean_whatever_the_names)
{
	struct capture c;

	begin(&c);
	show_interval(&view_text, &c.o, &hostile_interval);
	show_snapshot(&view_text, &c.o, &hostile_snapshot);
	c.o.all = c.o.every_process = true;
	show_interval(&view_text, &c.o, &hostile_interval);
	show_snapshot(&view_text, &c.o, &hostile_snapshot);
	show_snapshot(&view_folded, &c.o, &hostile_snapshot);
	view_text.doctor(&c.o, &unable_doctor);
	for (size_t i = 0; i < hostile_event_count; i++)
		view_text.event(&c.o, &hostile_events[i]);
	fclose(c.o.out);
	check_clean(c.text);
	CHECK(!strstr(c.text, "\nCRITICAL: forged"));
	free(c.text);
}

TEST(text_event_is_one_line)
{
	for (size_t i = 0; i < hostile_event_count; i++) {
		struct capture c;

		begin(&c);
		view_text.event(&c.o, &hostile_events[i]);
		view_json.event(&c.o, &hostile_events[i]);
		fclose(c.o.out);
		char *first = strchr(c.text, '\n');
		CHECK(first && strchr(first + 1, '\n') == c.text + c.length - 1);
		free(c.text);
	}
}

/* A thousand threads of one stack and a thousand of others: memory and time stay small, counts add up. */
TEST(folded_counts_add_up)
{
	enum { THREADS = 2000 };
	static struct thread_row threads[THREADS];
	static struct frame frames[THREADS];
	struct snapshot_report r = empty_snapshot;
	struct capture c;
	size_t sum = 0;

	for (int i = 0; i < THREADS; i++) {
		frames[i] = (struct frame){.address = i % 2 ? (uint64_t)i : 0};
		threads[i] = (struct thread_row){.tid = i + 1, .stack = {&frames[i], 1, STACK_COMPLETE}};
	}
	r.threads = threads;
	r.thread_count = THREADS;
	show_snapshot(&view_folded, begin(&c), &r);
	fclose(c.o.out);
	for (char *line = strtok(c.text, "\n"); line; line = strtok(NULL, "\n"))
		sum += strtoul(strrchr(line, ' '), NULL, 10);
	CHECK_EQ(sum, THREADS);
	free(c.text);
}

/* Threads at one place that wait for different things: who for which. */
TEST(text_of_a_group_with_several_waits)
{
	static const pid_t first[] = {813, 815}, second[] = {814};
	static struct same_wait waits[8] = {{&usual_threads[2], first, 2}, {&usual_threads[1], second, 1}};
	struct stack_group g = usual_groups[0];
	struct snapshot_report r = usual_snapshot;
	struct capture c;

	g.mixed = true;
	g.waits = waits;
	g.wait_count = 2;
	r.groups = &g;
	r.group_count = 1;
	show_snapshot(&view_text, begin(&c), &r);
	fflush(c.o.out);
	CHECK(strstr(c.text, "\n  2 for mutex log_mutex: worker (813 815)\n"
			     "  1 for fsync(/var/log/app.log): worker (814)\n"));
	CHECK(!strstr(c.text, "and others"));
	for (size_t i = 2; i < COUNT(waits); i++)
		waits[i] = waits[1];
	g.wait_count = COUNT(waits);
	show_snapshot(&view_text, &c.o, &r);
	fclose(c.o.out);
	CHECK(strstr(c.text, "worker (814)\n  and others\n"));
	free(c.text);
}

TEST(folded_by_wait_time)
{
	struct capture c;

	begin(&c)->by_wait_time = true;
	show_snapshot(&view_folded, &c.o, &usual_snapshot);
	check_golden(&c, "folded-wait-time.txt");
}

/* A full disk or a closed pipe shows in the stream, and nothing worse happens. */
TEST(views_survive_a_full_device)
{
	struct view_options o = {.out = fopen("/dev/full", "w")};

	CHECK(o.out != NULL);
	if (!o.out)
		return;
	show_snapshot(&view_json, &o, &usual_snapshot);
	show_interval(&view_json, &o, &usual_interval);
	show_snapshot(&view_text, &o, &usual_snapshot);
	fflush(o.out);
	CHECK(ferror(o.out));
	fclose(o.out);
}

TEST(describe_fits_any_buffer)
{
	static const struct naming nobody = {0};
	char text[DESCRIBE_WAIT];

	for (size_t size = 1; size < 80; size++) {
		memset(text, 'Z', sizeof(text));
		for (size_t i = 0; i < hostile_interval.thread_count; i++) {
			const struct thread_row *t = &hostile_interval.threads[i];

			describe_thread(text, size, t->name, t->tid);
			CHECK(strlen(text) < size && text[size] == 'Z');
			describe_wait(text, size, &nobody, &t->wait);
			CHECK(strlen(text) < size && text[size] == 'Z');
			describe_stack(text, size, &t->stack, 3);
			CHECK(strlen(text) < size && text[size] == 'Z');
		}
	}
	CHECK_STR(describe_thread(text, 16, "very-long-thread-name", 812), "very-l... (812)");
}

TEST(describe_names_things)
{
	const struct naming n = naming__of_interval(&usual_interval);
	static const pid_t tids[] = {812, 813, 999};
	char text[DESCRIBE_WAIT];

	CHECK_STR(describe_wait(text, sizeof(text), &n, &usual_interval.threads[2].wait),
		  "mutex 0x55ea4cc1f0a0 (log_mutex), held by log-writer (812)");
	CHECK_STR(describe_wait_short(text, sizeof(text), &n, &usual_interval.threads[2].wait),
		  "mutex log_mutex");
	CHECK_STR(describe_wait(text, sizeof(text), &n, &usual_interval.threads[0].wait),
		  "epoll_wait(fd 4), with timeout");
	CHECK_STR(describe_tids(text, sizeof(text), &n, tids, 3, 2),
		  "log-writer (812), worker (813) and 1 more");
	CHECK_STR(describe_tids(text, sizeof(text), &n, tids, 3, 3),
		  "log-writer (812), worker (813) and thread 999");
	CHECK_STR(describe_lock_long(text, sizeof(text), &usual_interval.locks[1]),
		  "the futex at 0x7f5874000c10");
	CHECK_STR(describe_stack(text, sizeof(text), &usual_interval.threads[2].stack, 2),
		  "pthread_mutex_lock < log_append < ...");
}

TEST_MAIN
