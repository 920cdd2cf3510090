/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a snapshot readable: which threads are shown, which are idle, and how many are named at once. */
#include <stdlib.h>

#include "test.h"
#include "words/describe.h"
#include "model/interval/model.h"
#include "model/snapshot/snapshot_report.h"

#define PID 100

static const struct frame lock_frames[] = {{.address = 1, .function = "take_lock"},
					   {.address = 2, .function = "serve_request"}};
static const struct frame idle_frames[] = {{.address = 3, .function = "next_job"},
					   {.address = 4, .function = "run_worker"}};

static struct sample *new_sample(void)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->processes = calloc(1, sizeof(*s->processes));
	s->processes[0] = (struct sample_process){.pid = PID, .comm = "service"};
	s->process_count = 1;
	s->threads = calloc(64, sizeof(*s->threads));
	s->locks = calloc(4, sizeof(*s->locks));
	s->kernel = s->arch = s->exe = "";
	return s;
}

static struct sample_thread *add(struct sample *s, pid_t tid, const char *name, enum wait_kind kind)
{
	struct sample_thread *t = &s->threads[s->thread_count++];
	bool busy = kind == WAIT_MUTEX;

	*t = (struct sample_thread){.pid = PID,
				    .tid = tid,
				    .ns_tid = tid,
				    .name = name,
				    .state = 'S',
				    .blocked = true,
				    .syscall = -1,
				    .kind = kind,
				    .blocked_ns = (uint64_t)tid,
				    .stack = {busy ? lock_frames : idle_frames, 2, STACK_COMPLETE}};
	return t;
}

/* The main thread; two that wait for a lock which 103 holds while it is in a condition variable; idle ones.
 */
static struct sample *a_service(void)
{
	struct sample *s = new_sample();

	add(s, PID, "main", WAIT_POLL)->stack.frames = lock_frames;
	add(s, 101, "request-1", WAIT_MUTEX)->lock_address = 0x1000;
	add(s, 102, "request-2", WAIT_MUTEX)->lock_address = 0x1000;
	s->threads[1].blocked_by = s->threads[2].blocked_by = 103;
	add(s, 103, "owner", WAIT_CONDVAR);
	add(s, 104, "idle-1", WAIT_CONDVAR);
	add(s, 105, "idle-2", WAIT_CONDVAR);
	add(s, 106, "poller", WAIT_POLL)->path = "anon_inode:[eventpoll]";
	add(s, 107, "stopped", WAIT_STOPPED);
	s->threads[3].stack.count = 1; /* the owner waits elsewhere than the idle ones */
	s->locks[s->lock_count++] = (struct sample_lock){.pid = PID,
							 .address = 0x1000,
							 .word = 0x1000,
							 .kind = LOCK_MUTEX,
							 .symbol = "log_mutex",
							 .owner_tid = 103};
	return s;
}

static const struct stack_group *group_of(const struct snapshot_report *r, pid_t tid)
{
	for (size_t i = 0; i < r->group_count; i++)
		for (size_t k = 0; k < r->groups[i].count; k++)
			if (r->groups[i].tids[k] == tid)
				return &r->groups[i];
	return NULL;
}

TEST(idle_are_those_with_nothing_to_do_and_nobody_behind)
{
	struct sample *s = a_service();
	struct arena a = {0};
	struct snapshot_report *r = model__snapshot(&a, s, NULL);

	CHECK(!group_of(r, PID)->idle); /* the main thread is none of a pool */
	CHECK(!group_of(r, 101)->idle);
	CHECK(!group_of(r, 103)->idle); /* two wait for it */
	CHECK(group_of(r, 104)->idle);
	CHECK_EQ(group_of(r, 104)->count, 2);
	CHECK(group_of(r, 106)->idle);
	CHECK(!group_of(r, 107)->idle); /* somebody has stopped it */
	arena__free(&a);
	sample__free(s);
}

TEST(a_group_is_idle_only_if_all_of_it_are)
{
	struct sample *s = a_service();
	struct arena a = {0};
	struct snapshot_report *r;

	s->threads[3].stack.count = 2; /* now the owner is among the idle ones */
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(group_of(r, 103)->count, 3);
	CHECK(!group_of(r, 103)->idle);
	arena__free(&a);
	sample__free(s);
}

TEST(a_lock_by_way_of_a_condition_variable_is_not_idleness)
{
	static const struct frame monitor[] = {
		{.address = 5, .function = "os::PlatformMonitor::wait"},
		{.address = 6, .function = "ObjectMonitor::enter(JavaThread*)"}};
	struct sample *s = a_service();
	struct arena a = {0};
	struct snapshot_report *r;

	s->threads[4].stack.frames = monitor;
	r = model__snapshot(&a, s, NULL);
	CHECK(!group_of(r, 104)->idle);
	CHECK(group_of(r, 105)->idle);
	arena__free(&a);
	sample__free(s);
}

/* TIDs of the threads that a pattern leaves, as text. */
static const char *matching(const char *pattern)
{
	static char text[256];
	struct selection which = {0};
	struct sample *s = a_service();
	struct arena a = {0};
	struct snapshot_report *r;
	size_t used = 0, grouped = 0, kept = 0;
	regex_t regex;

	CHECK_EQ(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	which.pattern = &regex;
	r = model__snapshot(&a, s, &(struct snapshot_options){.which = &which});
	CHECK(r->selected);
	CHECK_EQ(r->thread_count, s->thread_count);
	*text = '\0';
	for (size_t i = 0; i < r->thread_count; i++) {
		if (r->threads[i].left_out)
			continue;
		kept++;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d", used ? " " : "",
					 (int)r->threads[i].tid);
	}
	for (size_t i = 0; i < r->group_count; i++)
		grouped += r->groups[i].count;
	CHECK_EQ(grouped, kept);
	CHECK_EQ(r->lock_count, 1); /* locks stay whole */
	CHECK_EQ(r->locks[0].waiter_count, 2);
	regfree(&regex);
	arena__free(&a);
	sample__free(s);
	return text;
}

TEST(threads_are_matched_by_name_function_wait_lock_and_file)
{
	CHECK_STR(matching("^request-[12]$"), "101 102");
	CHECK_STR(matching("take_lock"), "100 101 102");
	CHECK_STR(matching("^run_worker$"), "104 105 106 107");
	CHECK_STR(matching("^log_mutex$"), "101 102");
	CHECK_STR(matching("^0x1000$"), "101 102");
	CHECK_STR(matching("^condvar$"), "103 104 105");
	CHECK_STR(matching("eventpoll"), "106");
	CHECK_STR(matching("owner|stopped"), "103 107");
	CHECK_STR(matching("nothing"), "");
}

TEST(threads_are_chosen_by_tid)
{
	static const pid_t tids[] = {102, 105, 999};
	struct selection which = {.tids = tids, .tid_count = 3};
	struct sample *s = a_service();
	struct arena a = {0};
	struct snapshot_report *r = model__snapshot(&a, s, &(struct snapshot_options){.which = &which});

	for (size_t i = 0; i < r->thread_count; i++)
		CHECK_EQ(r->threads[i].left_out, r->threads[i].tid != 102 && r->threads[i].tid != 105);
	CHECK_EQ(r->group_count, 2);
	arena__free(&a);
	sample__free(s);
}

TEST(names_in_few_words)
{
	static const struct thread_row rows[] = {
		{.tid = 1, .name = "main"},  {.tid = 2, .name = "worker-1"}, {.tid = 3, .name = "worker-22"},
		{.tid = 4, .name = "lone7"}, {.tid = 5, .name = "same"},     {.tid = 6, .name = "same"},
		{.tid = 7, .name = "123"},   {.tid = 8, .name = ""},
	};
	static const pid_t tids[] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct naming n = {.threads = rows, .thread_count = 8, .by_tid = true};
	char text[DESCRIBE_WAIT];

	CHECK_STR(describe_names(text, sizeof(text), &n, tids, 6, 8), "main, worker-*, lone7, same");
	CHECK_STR(describe_names(text, sizeof(text), &n, tids, 6, 2), "main, worker-*, ...");
	CHECK_STR(describe_names(text, sizeof(text), &n, tids + 3, 1, 2), "lone7");
	CHECK_STR(describe_names(text, sizeof(text), &n, tids + 6, 1, 2), "123");
	CHECK_STR(describe_names(text, sizeof(text), &n, tids + 7, 1, 2), "unnamed");
	for (size_t size = 1; size < 40; size++) {
		memset(text, 'Z', sizeof(text));
		describe_names(text, size, &n, tids, 8, 8);
		CHECK(strlen(text) < size && text[size] == 'Z');
	}
}

TEST_MAIN
