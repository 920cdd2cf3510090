/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Full channels in words, and which of them are queues of a log. */
#include "model/findings/log_queue.h"
#include "model/findings/queue_memory.h"
#include "model/go/queue_readers.h"
#include "test.h"
#include "waits/wait.h"
#include "words/describe.h"
#include "util/arena.h"
#include "words/describe_go.h"

#define MS UINT64_C(1000000)

/* A queue and its row, whose readers a test fills. */
static struct go_queue q;
static struct go_queue_row row;

static void queue(size_t readers)
{
	q = (struct go_queue){.address = 0xc000012345,
			      .len = 1024,
			      .cap = 1024,
			      .senders = 128,
			      .evidence = readers ? "frame" : NULL,
			      .reader_count = readers};
	row = (struct go_queue_row){.q = &q};
	for (size_t i = 0; i < readers; i++)
		row.readers[i].r =
			(struct go_reader){.goid = 7 + i, .state = "semacquire", .function = "main.run"};
}

static void says(const char *want)
{
	char text[1024];

	CHECK_STR(describe_go_queue(text, sizeof(text), &row), want);
}

#define SENDERS "128 goroutines blocked sending on chan 0xc000012345 (1024/1024); "

TEST(sentences)
{
	char tiny[24];

	queue(0);
	says(SENDERS "its receiver is unknown");
	queue(1);
	says(SENDERS "its receiver is in semacquire below main.run");
	q.likely = true;
	says(SENDERS "its likely receiver is in semacquire below main.run");
	queue(1);
	row.readers[0].call = "fsync";
	row.readers[0].file = "/var/log/app.log";
	row.readers[0].r.wait_known = row.readers[0].r.wait_exact = row.readers[0].writes = true;
	row.readers[0].r.wait_ns = 2100 * MS;
	says(SENDERS "its receiver is in fsync(/var/log/app.log) for 2.1 s");
	row.readers[0].r.wait_exact = false;
	q.senders = 1;
	q.cap = q.len = 0;
	says("1 goroutine blocked sending on unbuffered chan 0xc000012345; its receiver is in "
	     "fsync(/var/log/app.log) for about 2.1 s");
	describe_go_queue(tiny, sizeof(tiny), &row);
	CHECK_STR(tiny, "1 goroutine blocked sen");
}

/* Of several the one that writes is named, and of those who write the slowest. */
TEST(the_slowest_is_named)
{
	queue(3);
	row.readers[0].r.wait_ns = 9000 * MS;
	row.readers[1].call = row.readers[2].call = "write";
	row.readers[1].writes = row.readers[2].writes = true;
	row.readers[2].r.wait_ns = 5 * MS;
	row.readers[2].r.wait_known = row.readers[2].r.wait_exact = true;
	q.readers_more = 2;
	says(SENDERS "of its 5 receivers, goroutine 9 is in write for 5.0 ms");
	/* of equals the first */
	row.readers[1].r.wait_ns = 5 * MS;
	row.readers[1].r.wait_known = row.readers[1].r.wait_exact = true;
	says(SENDERS "of its 5 receivers, goroutine 8 is in write for 5.0 ms");
}

TEST(readers_of_two_queues)
{
	struct thread_row rows[] = {
		{.tid = 5,
		 .goid = 8,
		 .blocked = true,
		 .wait = {.kind = WAIT_WRITE, .syscall = "write", .file = "/log", .duration_ns = 7 * MS}},
		{.tid = 6,
		 .goid = 9,
		 .blocked = true,
		 .wait = {.kind = WAIT_POLL, .syscall = "poll", .duration_ns = 8 * MS}},
		{.tid = 7,
		 .goid = 9,
		 .blocked = true,
		 .go_running = true,
		 .wait = {.kind = WAIT_FSYNC, .syscall = "fsync"}}};
	struct naming threads = {.threads = rows, .thread_count = 3, .by_tid = true};
	struct go_queue list[2] = {{.reader_count = 3}, {.reader_count = 2}};
	struct go_reading r = {.queues = list, .queue_count = 2};
	struct arena a = {0};
	const struct go_queue_row *joined;

	list[0].readers[0] = (struct go_reader){.goid = 7, .tid = 4}; /* not there */
	list[0].readers[1] = (struct go_reader){.goid = 8, .tid = 5};
	list[0].readers[2] = (struct go_reader){.goid = 9, .tid = 6};
	list[1].readers[0].wait = (struct go_wait){.target = GO_TARGET_FD, .fd_write = true, .file = "/pipe"};
	list[1].readers[1] = (struct go_reader){.goid = 9, .tid = 7}; /* it runs Go code again */
	joined = queue_readers__join(&a, &r, &threads);
	CHECK(joined[0].q == &list[0] && joined[1].q == &list[1]);
	CHECK(!joined[0].readers[0].call);
	CHECK_STR(joined[0].readers[1].call, "write");
	CHECK_STR(joined[0].readers[1].file, "/log");
	CHECK_EQ(joined[0].readers[1].r.wait_ns, 7 * MS);
	CHECK(joined[0].readers[1].r.wait_known && joined[0].readers[1].r.wait_exact);
	CHECK(joined[0].readers[1].writes);
	CHECK_STR(joined[0].readers[2].call, "poll");
	CHECK(!joined[0].readers[2].writes);
	CHECK_STR(joined[1].readers[0].call, "write");
	CHECK_STR(joined[1].readers[0].file, "/pipe");
	CHECK(joined[1].readers[0].writes);
	CHECK(!joined[1].readers[1].call);
	arena__free(&a);
}

static char found_path[64];

static size_t findings_of(const char *sender)
{
	struct frame frames[] = {{.function = "main.handle"}, {.function = sender}};
	struct go_group group = {.state = "chan send",
				 .count = 128,
				 .wait = {.target = GO_TARGET_CHAN, .address = q.address},
				 .targets = 1,
				 .stack = {frames, 2, STACK_COMPLETE, STACK_NONE}};
	struct go_reading go = {.groups = &group, .group_count = 1, .queues = &q, .queue_count = 1};
	struct arena a = {0};
	struct findings f = {.arena = &a};

	findings__log_queues(&f, &go, &row, NULL, 1, NULL, 0);
	CHECK_EQ(row.of_log, f.count == 1);
	if (f.count) {
		char text[1024];

		CHECK_EQ(f.list[0].kind, FINDING_LOG_QUEUE_FULL);
		CHECK_STR(f.list[0].summary, describe_go_queue(text, sizeof(text), &row));
		CHECK_EQ(f.list[0].pid, 1);
		snprintf(found_path, sizeof(found_path), "%s", f.list[0].path ? f.list[0].path : "none");
	}
	arena__free(&a);
	return f.count;
}

TEST(which_are_findings)
{
	queue(1);
	CHECK_EQ(findings_of("main.work"), 0);
	CHECK_EQ(findings_of("example.com/zap.(*Logger).Info"), 1);
	row.readers[0].writes = true; /* by its own frames: nobody knows since when */
	CHECK_EQ(findings_of("main.work"), 0);
	row.readers[0].call = "write";
	row.readers[0].r.wait.target = GO_TARGET_FD;
	CHECK_EQ(findings_of("main.work"), 1); /* in the poller: how long is not known */
	row.readers[0].r.wait_known = row.readers[0].r.wait_exact = true;
	row.readers[0].r.wait_ns = 9 * MS;
	CHECK_EQ(findings_of("main.work"), 0);
	row.readers[0].r.wait_ns = 10 * MS;
	CHECK_EQ(findings_of("main.work"), 1);
	CHECK_STR(found_path, "none");
	row.readers[0].file = "/var/log/app.log";
	CHECK_EQ(findings_of("main.work"), 1);
	CHECK_STR(found_path, "/var/log/app.log");
	row.readers[0].file = "pipe:[5]";
	CHECK_EQ(findings_of("main.work"), 1);
	CHECK_STR(found_path, "none");
	queue(0);
	CHECK_EQ(findings_of("main.work"), 0);
	CHECK_EQ(findings_of("log/slog.(*Logger).log"), 1);
}

static struct frame own[] = {{.function = "syscall.Syscall", .file = "asm_linux_amd64.s", .line = 20},
			     {.function = "internal/poll.(*FD).Fsync", .file = "/go/fd_posix.go", .line = 70},
			     {.function = "os.(*File).Sync", .file = "/go/file_posix.go", .line = 169},
			     {.function = "main.(*keeper).write", .file = "/src/keep.go", .line = 19},
			     {.function = "main.run", .file = "/src/keep.go", .line = 12}};

/* Without its thread, what the receiver does is what its own frames say. */
TEST(the_frames_of_a_receiver)
{
	struct go_reading go = {.queues = &q, .queue_count = 1};
	struct naming nobody = {0};
	struct arena a = {0};

	queue(1);
	q.readers[0] = (struct go_reader){.goid = 7,
					  .state = "syscall",
					  .function = "main.run",
					  .stack = {own, 5, STACK_COMPLETE, STACK_NONE}};
	row = queue_readers__join(&a, &go, &nobody)[0];
	CHECK_STR(row.readers[0].callee, "os.(*File).Sync");
	CHECK(row.readers[0].writes && !row.readers[0].call);
	says(SENDERS "its receiver is in os.(*File).Sync at keep.go:19");
	CHECK_EQ(findings_of("main.work"), 0); /* a write for a moment is no log's */
	row.was_of_log = true;
	CHECK_EQ(findings_of("main.work"), 1);
	row.was_of_log = false;
	own[4].function = "main.runLog";
	CHECK_EQ(findings_of("main.work"), 1);
	own[4].function = "main.run";
	row.readers[0].r.state = "runnable";
	says(SENDERS "its receiver is runnable in main.run at keep.go:19");
	arena__free(&a);
}

static enum severity severity_of(struct queue_memory *m, uint64_t now_ns)
{
	struct frame frames[] = {{.function = "main.logf"}};
	struct go_group group = {.state = "chan send",
				 .wait = {.target = GO_TARGET_CHAN, .address = q.address},
				 .targets = 1,
				 .stack = {frames, 1, STACK_COMPLETE, STACK_NONE}};
	struct go_reading go = {.groups = &group, .group_count = 1, .queues = &q, .queue_count = 1};
	struct arena a = {0};
	struct findings f = {.arena = &a};
	enum severity got;

	row.lasts_ns = 0;
	findings__log_queues(&f, &go, &row, NULL, 1, m, now_ns);
	got = f.count == 1 ? f.list[0].severity : SEVERITIES;
	arena__free(&a);
	return got;
}

/* However short each single call is: the senders stand still. */
TEST(senders_that_stand_still)
{
	struct queue_memory *m = queue_memory__new();
	struct go_reading none = {0};
	struct arena a = {0};
	struct findings f = {.arena = &a};

	queue(1);
	CHECK_EQ(severity_of(m, 1000 * MS), SEVERITY_INFO);
	CHECK_EQ(severity_of(m, 1900 * MS), SEVERITY_INFO);
	CHECK_EQ(severity_of(m, 2000 * MS), SEVERITY_WARNING);
	says("128 goroutines blocked sending on chan 0xc000012345 (1024/1024) in each reading for 1.0 s; its "
	     "receiver is in semacquire below main.run");
	/* It holds until the next reading, with its age, and ends with a reading without it. */
	queue_memory__repeat(m, 1, &f, 2500 * MS);
	CHECK_EQ(f.count, 1);
	CHECK(strstr(f.list[0].summary, "below main.run (read 500 ms ago)"));
	queue_memory__repeat(m, 2, &f, 2500 * MS);
	CHECK_EQ(f.count, 1);
	findings__log_queues(&f, &none, NULL, NULL, 1, m, 3000 * MS);
	queue_memory__repeat(m, 1, &f, 3100 * MS);
	CHECK_EQ(f.count, 1);
	CHECK_EQ(severity_of(m, 4000 * MS), SEVERITY_INFO);
	/* The runtime's stamp alone may be of a wait before this one. */
	q.wait_known = true;
	q.wait_max_ns = 150000 * MS;
	CHECK_EQ(severity_of(NULL, 0), SEVERITY_INFO);
	q.wait_max_ns = 151000 * MS;
	CHECK_EQ(severity_of(NULL, 0), SEVERITY_WARNING);
	q.wait_max_ns = q.wait_sure_ns = 1000 * MS;
	CHECK_EQ(severity_of(NULL, 0), SEVERITY_WARNING);
	queue_memory__free(m);
	arena__free(&a);
}

/* What the readers' threads do comes from the kernel where it knows better than the runtime. */
TEST(readers_are_joined_with_their_threads)
{
	static const struct thread_row threads[] = {
		{.tid = 12,
		 .blocked = true,
		 .goid = 7,
		 .wait = {.kind = WAIT_FSYNC, .syscall = "fsync", .file = "/var/log/a", .duration_ns = 3}},
		{.tid = 13, .blocked = true, .goid = 99, .wait = {.kind = WAIT_WRITE, .syscall = "write"}}};
	struct naming n = {.threads = threads, .thread_count = 2, .by_tid = true};
	struct go_reading go = {.queues = &q, .queue_count = 1};
	struct arena a = {0};
	const struct go_queue_row *rows;

	queue(3);
	q.readers[0] = (struct go_reader){.goid = 7, .tid = 12, .wait_ns = 8, .wait = {.fd = -1}};
	q.readers[1] = (struct go_reader){.goid = 8, .tid = 13, .wait_ns = 8, .wait = {.fd = -1}};
	q.readers[2] = (struct go_reader){
		.goid = 9, .wait = {.target = GO_TARGET_FD, .fd = 4, .fd_write = true, .file = "pipe"}};
	rows = queue_readers__join(&a, &go, &n);
	CHECK_STR(rows[0].readers[0].call, "fsync");
	CHECK_STR(rows[0].readers[0].file, "/var/log/a");
	CHECK(rows[0].readers[0].writes && rows[0].readers[0].r.wait_exact);
	CHECK_EQ(rows[0].readers[0].r.wait_ns, 3);
	CHECK(!rows[0].readers[1].call); /* another goroutine is on that thread now */
	CHECK_EQ(rows[0].readers[1].r.wait_ns, 8);
	CHECK_STR(rows[0].readers[2].call, "write");
	CHECK(rows[0].readers[2].writes);
	arena__free(&a);
}

TEST(names_of_loggers)
{
	static const char *const yes[] = {"main.Log",
					  "main.(*logger).write",
					  "go.uber.org/zap.Info",
					  "main.writeLog",
					  "github.com/sirupsen/logrus.(*Entry).write",
					  "main.appLogger.func1"};
	static const char *const no[] = {"main.login", "main.catalog", "main.(*dialog).Send", "main.Blog",
					 "",           "9()"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		CHECK(go_name__of_logger(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CHECK(!go_name__of_logger(no[i]));
	CHECK(!go_name__of_logger(NULL));
}

TEST_MAIN
