/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that are longer than there is room for. */
#include <stdlib.h>

#include "test.h"
#include "report/go_rows.h"
#include "words/describe.h"
#include "words/describe_go.h"
#include "words/go_names.h"

static const char *in(size_t size, const char *name)
{
	static char text[4200];

	memset(text, 'Z', sizeof(text));
	describe_function(text, size, name);
	CHECK(strlen(text) < size && text[size] == 'Z');
	return text;
}

TEST(what_fits_is_whole)
{
	CHECK_STR(in(32, "Cache<Key, Value>::put"), "Cache<Key, Value>::put");
	CHECK_STR(in(23, "Cache<Key, Value>::put"), "Cache<Key, Value>::put");
	CHECK_STR(in(8, ""), "");
}

TEST(template_arguments_go_first)
{
	CHECK_STR(in(22, "Cache<Key, Value>::put"), "Cache<...>::put");
	CHECK_STR(in(40, "a::Map<std::pair<int, long>, b<c<d>>>::find<long>"), "a::Map<...>::find<...>");
	CHECK_STR(in(16, "Cache<Key, Value, cut o"), "Cache<...>");
	CHECK_STR(in(40, "<alloc::vec::Vec<u8> as core::fmt::Write>::write_str"), "<...>::write_str");
}

TEST(operators_are_no_brackets)
{
	CHECK_STR(in(40, "std::operator<< <std::char_traits<char> >"), "std::operator<< <...>");
	CHECK_STR(in(40, "std::shared_ptr<company::product::Thing>::operator->"),
		  "std::shared_ptr<...>::operator->");
	CHECK_STR(in(40, "a::Key<long_parameter_name, another>::operator<"), "a::Key<...>::operator<");
	CHECK_STR(in(40, "a::Key<long_parameter_name, another>::operator<=>"), "a::Key<...>::operator<=>");
}

/* The end says which function it is. */
TEST(then_the_beginning)
{
	CHECK_STR(in(16, "company::product::storage::put"), "...storage::put");
	CHECK_STR(in(16, "company::Cache<A, B>::longer_name_of_it"), "...r_name_of_it");
	CHECK_STR(in(16, "no>pair<of>brackets<here"), "...rackets<here");
	CHECK_STR(in(9, "abcd\xc3\xa4\xc3\xa4xyz"), "...\xc3\xa4xyz");
}

TEST(any_buffer_and_any_name)
{
	static const char parts[][12] = {"<", ">", "operator", "->", "a", "::", "\xc3\xa4", " "};
	char name[256];

	srand(1);
	for (int round = 0; round < 5000; round++) {
		*name = '\0';
		for (int i = rand() % 20; i > 0; i--)
			strcat(name, parts[rand() % 8]);
		in(1 + (size_t)rand() % 64, name);
	}
}

TEST(threads_that_run)
{
	static const struct frame frames[] = {
		{.function = "compress"}, {.function = "flush"}, {.function = "main"}};
	struct thread_row t = {.state = 'R'};
	char text[64];

	CHECK_STR(describe_running(text, sizeof(text), &t), "running");
	/* only what was seen while it ran */
	t.stack = (struct call_stack){
		.frames = frames, .count = 2, .end = STACK_RUNNING, .sampled = STACK_COMPLETE};
	CHECK_STR(describe_running(text, sizeof(text), &t), "running, seen in compress < flush");
	t.stack.count = 3;
	CHECK_STR(describe_running(text, sizeof(text), &t), "running, seen in compress < flush < ...");
	t = (struct thread_row){.state = 'Z'};
	CHECK_STR(describe_running(text, sizeof(text), &t), "dead");
}

static struct call_stack stack_of(const struct frame *frames, size_t count)
{
	return (struct call_stack){.frames = frames, .count = count, .end = STACK_COMPLETE};
}

TEST(holders_of_locks)
{
	struct thread_row threads[] = {{.tid = 7, .name = "cache"}, {.tid = 9, .name = "writer"}};
	const struct naming n = {.threads = threads, .thread_count = 2};
	struct lock_row l = {.address = 0x1000, .kind = LOCK_RWLOCK};
	char text[DESCRIBE_HOLDER];
	bool likely;

	CHECK_STR(describe_holder(text, sizeof(text), &n, &l), "");
	CHECK_STR(describe_no_owner(text, sizeof(text), &l), " (a read lock keeps no owner)");
	l.readers = 3;
	CHECK_STR(describe_holder(text, sizeof(text), &n, &l), "held for reading by 3 threads");
	l.likely_tid = 7;
	l.likely_in = "look_up";
	l.likely = LOCK_LIKELY_FRAMES;
	CHECK_STR(describe_holder(text, sizeof(text), &n, &l),
		  "held for reading by 3 threads, likely one of them cache (7)");
	CHECK_EQ(naming__holder(&l, &likely), 7);
	CHECK(likely);
	l.readers = 0;
	CHECK_STR(describe_holder(text, sizeof(text), &n, &l), "likely held by cache (7)");
	CHECK_STR(describe_likely(text, sizeof(text), &l), "its look_up, on its stack, will unlock it");
	l.likely = LOCK_LIKELY_HANDLER;
	CHECK_STR(describe_likely(text, sizeof(text), &l),
		  "its look_up, on its stack and interrupted by a signal, will unlock it");
	/* What the lock itself says wins. */
	l.owner_tid = 9;
	CHECK_STR(describe_holder(text, sizeof(text), &n, &l), "held by writer (9)");
	CHECK_STR(describe_likely(text, sizeof(text), &l), "");
	CHECK_EQ(naming__holder(&l, &likely), 9);
	CHECK(!likely);
	l = (struct lock_row){.address = 0x1000, .kind = LOCK_MUTEX, .native_type = "std::sync::Mutex"};
	CHECK_STR(describe_lock_long(text, sizeof(text), &l), "the std::sync::Mutex at 0x1000");
	CHECK_STR(describe_no_owner(text, sizeof(text), &l), " (a std::sync::Mutex keeps no owner)");
}

TEST(who_made_a_call)
{
	static const struct frame frames[] = {
		{.function = "__clone3", .module = "/lib/libc.so.6"},
		{.function = "write", .module = "/lib/libc.so.6"},
		{.function = "put", .module = "/srv/app", .file = "/src/log.c", .line = 12},
		{.function = "start_thread", .module = "/srv/app"},
		{.function = "serve", .module = "/srv/app"},
		{.function = "main", .module = "/srv/app", .file = "/src/main.c"},
	};
	struct call_stack all = stack_of(frames, 6), last = stack_of(frames, 1);
	char text[256], small[24];

	CHECK_STR(describe_calls(text, sizeof(text), &all, 9), "put at log.c:12 < serve < main");
	CHECK_STR(describe_calls(text, sizeof(text), &all, 3), "put at log.c:12 < serve < main");
	CHECK_STR(describe_calls(text, sizeof(text), &all, 2), "put at log.c:12 < serve < ...");
	CHECK_STR(describe_calls(text, sizeof(text), &all, 1), "put at log.c:12 < ...");
	CHECK_STR(describe_calls(text, sizeof(text), &last, 1), "__clone3"); /* better than nothing */
	memset(small, 'Z', sizeof(small));
	CHECK_STR(describe_calls(small, 22, &all, 2), "put at log.c:12 < ser");
	CHECK_EQ(small[22], 'Z');
	memset(small, 'Z', sizeof(small));
	CHECK_STR(describe_calls(small, 20, &all, 1), "put at log.c:12 < .");
	CHECK_EQ(small[20], 'Z');
	all.count = 0;
	CHECK_STR(describe_calls(text, sizeof(text), &all, 2), "");
}

TEST(go_s_own_frames)
{
	static const struct frame frames[] = {
		{.function = "syscall.Syscall", .file = "/go/src/syscall/syscall_linux.go", .line = 69},
		{.function = "os.(*File).Sync", .file = "/go/src/os/file_posix.go", .line = 169},
		{.function = "golang.org/x/sys/unix.Fsync", .file = "/mod/zsyscall_linux.go", .line = 5},
		{.function = "gopkg.in/lumberjack.(*Logger).Write", .file = "/mod/lumberjack.go", .line = 12},
		{.function = "main.main", .file = "/app/main.go", .line = 3},
		{.function = "runtime.main", .file = "/go/src/runtime/proc.go", .line = 250},
		{.function = "time.constprop.0", .file = "/src/time.c", .line = 1},
		{.function = "time.constprop.0"},
		{.function = "main"}};
	struct call_stack go = {frames, 6, STACK_COMPLETE, STACK_NONE};
	struct call_stack c = {frames + 6, 3, STACK_COMPLETE, STACK_NONE};
	struct call_stack runtime = {frames + 5, 1, STACK_COMPLETE, STACK_NONE};
	char text[DESCRIBE_WAIT];

	CHECK_STR(describe_calls(text, sizeof(text), &go, 3),
		  "gopkg.in/lumberjack.(*Logger).Write at lumberjack.go:12 < main.main at main.go:3");
	CHECK_STR(describe_calls(text, sizeof(text), &c, 3),
		  "time.constprop.0 at time.c:1 < time.constprop.0 < main");
	CHECK_STR(describe_calls(text, sizeof(text), &runtime, 3), "runtime.main at proc.go:250");
	CHECK_EQ(call_stack__of_go_program(&go), 3);
	CHECK_EQ(call_stack__of_go_program(&runtime), NO_FRAME);
}

TEST(the_c_library_s_own_frames)
{
	static const char *const yes[] = {"/lib/libc.so.6", "/lib/libc-2.31.so", "libpthread-2.31.so",
					  "/lib/ld-musl-x86_64.so.1"};
	static const char *const no[] = {"/lib/libcurl.so.4", "/lib/libc++.so.1", "libpthrea", "/lib/ld-mush",
					 "/srv/libc.d/app"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		CHECK(frame__of_libc(&(struct frame){.function = "f", .module = yes[i]}));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CHECK(!frame__of_libc(&(struct frame){.function = "f", .module = no[i]}));
	CHECK(frame__of_libc(&(struct frame){.function = "__clone"}));
	CHECK(frame__of_libc(&(struct frame){.function = "start_thread"}));
	CHECK(!frame__of_libc(&(struct frame){.function = "my_clone"}));
	CHECK(!frame__of_libc(&(struct frame){0}));
}

TEST(what_goroutines_wait_on)
{
	struct go_group_row row = {
		.g = {.targets = 1,
		      .wait = {.target = GO_TARGET_CHAN, .address = 0xc0de, .len = 2, .cap = 3}}};
	char text[128];

	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "on chan 0xc0de (2 of 3)");
	row.g.wait.cases = 2; /* of a select only */
	row.g.wait.closed = true;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "on chan 0xc0de (2 of 3, closed)");
	row.g.wait.target = GO_TARGET_SELECT;
	row.g.wait.closed = false;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "on chan 0xc0de (2 of 3, and others)");
	row.g.wait.cases = 1;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "on chan 0xc0de (2 of 3)");
	row.g.wait.target = GO_TARGET_SEMAPHORE;
	row.g.behind = 4;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "on 0xc0de (4 waiters)");
	row.g.wait = (struct go_wait){.target = GO_TARGET_FD, .fd = 7};
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "to read from fd 7");
	row.g.wait.file = "pipe";
	row.g.wait.fd_write = true;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "to write to fd 7 (pipe)");
	row.g.targets = 64;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "on 64 different descriptors");
	row.g.targets_more = true;
	row.g.peer = "10.0.0.7:443";
	CHECK_STR(describe_go_wait(text, sizeof(text), &row),
		  "on more than 64 different descriptors, all to 10.0.0.7:443");
	row.same_call = true;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row),
		  "on more than 64 different descriptors, all to 10.0.0.7:443");
	row.syscall = "write";
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "write");
	row.file = "/a";
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "write on /a");
	row = (struct go_group_row){.g = {.targets = 0, .wait = {.target = GO_TARGET_CHAN}}};
	CHECK_STR(describe_go_wait(text, sizeof(text), &row), "");
}

TEST(timers_of_go)
{
	static const struct {
		struct go_timer_kind kind;
		const char *text;
	} cases[] = {{{"time.sendTime", NULL, true, 1}, "time.Ticker"},
		     {{"time.sendTime", NULL, false, 1}, "time.Timer"},
		     {{"time.goFunc", "main.expire", false, 1}, "time.AfterFunc(main.expire)"},
		     {{"time.goFunc", NULL, false, 1}, "time.AfterFunc(unknown function)"},
		     {{"runtime.goroutineReady", NULL, false, 1}, "time.Sleep"},
		     {{"internal/poll.runtimeNano", NULL, false, 1}, "internal/poll.runtimeNano"},
		     {{"", NULL, true, 1}, "unknown function"}};
	char text[128];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_STR(describe_go_timers(text, sizeof(text), &cases[i].kind), cases[i].text);
}

TEST(goroutines_that_wait_on_pipes)
{
	struct go_group_row row = {.g = {.count = 1,
					 .targets = 1,
					 .wait = {.target = GO_TARGET_FD, .fd = 7, .file = "pipe:[12]"},
					 .pipe_ends = {{"sleep", 4711, 1}, {"", 4712, 1}, {"cat", 4713, 1}},
					 .pipe_end_count = 1,
					 .pipes_seen = 1}};
	char text[256];

	CHECK_STR(describe_go_wait(text, sizeof(text), &row),
		  "to read from fd 7 (pipe:[12], write end held by sleep (4711))");
	row.g.wait.fd_write = row.g.pipe_write = true;
	row.g.pipe_end_count = 2;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row),
		  "to write to fd 7 (pipe:[12], read end held by sleep (4711) and process 4712)");
	row.g.pipe_write = false;
	row.g.count = row.g.targets = row.g.pipes_seen = 3;
	row.g.pipe_end_count = 3;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row),
		  "on 3 different descriptors: pipes, write ends held by sleep (4711), process 4712 and cat "
		  "(4713)");
	row.g.pipe_ends_more = 1;
	row.g.count = 4;
	CHECK_STR(describe_go_wait(text, sizeof(text), &row),
		  "on 3 different descriptors: pipes, write ends held by sleep (4711), process 4712, cat "
		  "(4713) "
		  "and 1 more process (3 looked at)");
}

TEST_MAIN
