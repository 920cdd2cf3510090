/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Full channels in words, and which of them are queues of a log. */
#include "model/go/queue_readers.h"
#include "test.h"
#include "util/arena.h"

#define MS UINT64_C(1000000)

static struct go_queue queue(size_t readers)
{
	struct go_queue q = {.address = 0xc000012345,
			     .len = 1024,
			     .cap = 1024,
			     .senders = 128,
			     .evidence = readers ? "frame" : NULL,
			     .reader_count = readers};

	for (size_t i = 0; i < readers; i++)
		q.readers[i] =
			(struct go_reader){.goid = 7 + i, .state = "semacquire", .function = "main.run"};
	return q;
}

static void says(const struct go_queue *q, const char *want)
{
	char text[1024];

	CHECK_STR(describe_go_queue(text, sizeof(text), q), want);
}

#define SENDERS "128 goroutines wait to send to chan 0xc000012345 (1024/1024); "

TEST(sentences)
{
	struct go_queue q = queue(0);
	char tiny[24];

	says(&q, SENDERS "its reader is not known");
	q = queue(1);
	says(&q, SENDERS "its reader is in semacquire below main.run");
	q.likely = true;
	says(&q, SENDERS "its likely reader is in semacquire below main.run");
	q = queue(1);
	q.readers[0].call = "fsync";
	q.readers[0].file = "/var/log/app.log";
	q.readers[0].wait_known = q.readers[0].wait_exact = q.readers[0].writes = true;
	q.readers[0].wait_ns = 2100 * MS;
	says(&q, SENDERS "its reader is in fsync(/var/log/app.log) 2.1 s");
	q.readers[0].wait_exact = false;
	q.senders = 1;
	q.cap = q.len = 0;
	says(&q, "1 goroutine waits to send to chan 0xc000012345 (without a buffer); "
		 "its reader is in fsync(/var/log/app.log) about 2.1 s");
	describe_go_queue(tiny, sizeof(tiny), &q);
	CHECK_STR(tiny, "1 goroutine waits to se");
}

/* Of several the one that writes is named, and of those who write the slowest. */
TEST(the_slowest_is_named)
{
	struct go_queue q = queue(3);

	q.readers[0].wait_ns = 9000 * MS;
	q.readers[1].call = q.readers[2].call = "write";
	q.readers[1].writes = q.readers[2].writes = true;
	q.readers[2].wait_ns = 5 * MS;
	q.readers[2].wait_known = q.readers[2].wait_exact = true;
	q.readers_more = 2;
	says(&q, SENDERS "of its 5 readers goroutine 9 is in write 5.0 ms");
}

static size_t findings_of(const struct go_queue *q, const char *sender)
{
	struct frame frames[] = {{.function = "main.handle"}, {.function = sender}};
	struct go_group group = {.state = "chan send",
				 .count = 128,
				 .wait = {.target = GO_TARGET_CHAN, .address = q->address},
				 .targets = 1,
				 .stack = {frames, 2, "complete"}};
	struct go_queue list[] = {*q};
	struct go_report go = {.groups = &group, .group_count = 1, .queues = list, .queue_count = 1};
	struct arena a = {0};
	struct findings f = {.arena = &a};

	findings__log_queues(&f, &go, 1);
	if (f.count)
		CHECK_STR(f.list[0].kind, "log-queue-full");
	arena__free(&a);
	return f.count;
}

TEST(which_are_findings)
{
	struct go_queue q = queue(1);

	CHECK_EQ(findings_of(&q, "main.work"), 0);
	CHECK_EQ(findings_of(&q, "example.com/zap.(*Logger).Info"), 1);
	q.readers[0].writes = true;
	CHECK_EQ(findings_of(&q, "main.work"), 1); /* in the poller: how long is not known */
	q.readers[0].wait_known = q.readers[0].wait_exact = true;
	q.readers[0].wait_ns = 9 * MS;
	CHECK_EQ(findings_of(&q, "main.work"), 0);
	q.readers[0].wait_ns = 10 * MS;
	CHECK_EQ(findings_of(&q, "main.work"), 1);
	q = queue(0);
	CHECK_EQ(findings_of(&q, "main.work"), 0);
	CHECK_EQ(findings_of(&q, "log/slog.(*Logger).log"), 1);
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
