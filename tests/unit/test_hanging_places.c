/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that hang, by the place that they name: FIFOs, addresses, name servers. */
#include "samples.h"

#include <fcntl.h>
#include <sys/syscall.h>

static struct sample_thread *add_hanging(struct sample *s, pid_t tid, enum wait_kind kind, long call,
					 const char *path)
{
	struct sample_thread *t = add_caller(s, tid, kind, call, path);

	t->blocked_ns = 2 * NS_PER_S;
	return t;
}

/* All of the findings, in one text. */
static const char *findings_of(struct arena *a, struct sample *s)
{
	const struct snapshot_report *r = model__snapshot(a, s, NULL);
	const char *text = "";

	for (size_t i = 0; i < r->finding_count; i++) {
		CHECK_EQ(r->findings[i].kind, FINDING_STUCK_THREAD);
		CHECK_EQ(r->findings[i].severity, SEVERITY_WARNING);
		text = arena__format(a, "%s%s%s", text, *text ? "\n" : "", r->findings[i].summary);
	}
	return text;
}

static void check(struct sample *s, const char *expected)
{
	struct arena a = {0};

	CHECK_STR(findings_of(&a, s), expected);
	arena__free(&a);
	sample__free(s);
}

TEST(fifos)
{
	struct sample *s = sample_at(1);

	add_process(s, 10, 3);
	add_hanging(s, 11, WAIT_OTHER, SYS_openat, "/run/log")->fifo = FIFO_FOR_WRITING;
	add_hanging(s, 12, WAIT_OTHER, SYS_openat, "/run/log")->fifo = FIFO_FOR_WRITING;
	add_hanging(s, 13, WAIT_OTHER, SYS_openat, "/run/commands")->fifo = FIFO_FOR_READING;
	check(s,
	      "2 threads have been in openat(/run/log) for up to 2.0 s: no process has opened the FIFO for "
	      "reading: worker (11) and worker (12)");
}

TEST(places_in_uninterruptible_sleep)
{
	struct sample *s = sample_at(1);

	add_process(s, 10, 4);
	add_hanging(s, 11, WAIT_OTHER, SYS_newfstatat, "/data/a")->state = 'D';
	add_hanging(s, 12, WAIT_OTHER, SYS_newfstatat, "/data/a")->state = 'D';
	add_hanging(s, 13, WAIT_OTHER, SYS_unlinkat, "/data/a")->state = 'D';
	add_hanging(s, 14, WAIT_OTHER, SYS_newfstatat,
		    "/data/a"); /* it may be interrupted: by whom it waits is not known */
	check(s, "2 threads have been in newfstatat(/data/a) for up to 2.0 s, in uninterruptible sleep: "
		 "worker (11) "
		 "and worker (12)\n"
		 "worker (13) has been in unlinkat(/data/a) for 2.0 s, in uninterruptible sleep");
}

TEST(connections_without_an_answer)
{
	struct sample *s = sample_at(1);

	add_process(s, 10, 3);
	add_hanging(s, 11, WAIT_CONNECT, SYS_connect, "10.0.0.5:5432")->unanswered = true;
	add_hanging(s, 12, WAIT_CONNECT, SYS_connect, "10.0.0.5:5432")->unanswered = true;
	add_hanging(s, 13, WAIT_CONNECT, SYS_connect, "/run/x");
	add_hanging(s, 14, WAIT_POLL, SYS_ppoll, "socket to [::1]:80")->unanswered = true;
	add_hanging(s, 15, WAIT_POLL, SYS_ppoll, NULL);
	check(s,
	      "2 threads have been in connect(10.0.0.5:5432) for up to 2.0 s: nothing has answered its SYN: "
	      "worker (11) and worker (12)\n"
	      "worker (13) has been in connect(/run/x) for 2.0 s\n"
	      "worker (14) has been in ppoll(socket to [::1]:80) for 2.0 s: nothing has answered its SYN");
}

/* ---- name servers ----------------------------------------------------------------- */

static struct sample_thread *add_resolver(struct sample *s, pid_t tid, const char *server)
{
	struct sample_thread *t = add_hanging(s, tid, WAIT_POLL, SYS_ppoll, NULL);

	t->resolves = true;
	t->name_server = server;
	return t;
}

TEST(name_servers)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct snapshot_report *r;

	add_process(s, 10, 6);
	add_resolver(s, 11, "10.0.0.2:53");
	add_resolver(s, 12, "10.0.0.3:53")->at_least = true;
	add_resolver(s, 13, "10.0.0.2:53")->blocked_ns = 3 * NS_PER_S;
	add_resolver(s, 14, "10.0.0.4:53, 10.0.0.5:53");
	add_resolver(s, 15, NULL);
	add_resolver(s, 16, "10.0.0.6:53")->blocked_ns = NS_PER_S - 1;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->threads[0].wait.class, WAIT_CLASS_BLOCKED);
	arena__free(&a);
	check(s, "2 threads have waited up to 3.0 s for an answer of the name server 10.0.0.2:53, to resolve "
		 "names\n"
		 "worker (12) has waited at least 2.0 s for an answer of the name server 10.0.0.3:53, to "
		 "resolve a name\n"
		 "worker (14) has waited 2.0 s for an answer of the name servers 10.0.0.4:53, 10.0.0.5:53, "
		 "to resolve a "
		 "name\n"
		 "worker (15) has waited 2.0 s for an answer of a name server, to resolve a name");
}

static struct frame resolving[] = {{.function = "poll"},
				   {.function = "getaddrinfo"},
				   {.function = "uv__getaddrinfo_work"},
				   {.function = "worker"}};
static struct frame idle[] = {{.function = "uv_cond_wait"}, {.function = "worker"}};

/* `busy` of `all` threads of a pool resolve names. */
static struct sample *pool(int busy, int all)
{
	struct sample *s = sample_at(1);

	add_process(s, 10, (uint64_t)all);
	for (int i = 0; i < all; i++) {
		struct sample_thread *t = i < busy ? add_resolver(s, 11 + i, "10.0.0.2:53")
						   : add_hanging(s, 11 + i, WAIT_CONDVAR, SYS_futex, NULL);

		t->stack =
			i < busy ? (struct call_stack){.frames = resolving, .count = 4, .end = STACK_COMPLETE}
				 : (struct call_stack){.frames = idle, .count = 2, .end = STACK_COMPLETE};
	}
	return s;
}

TEST(all_of_a_pool_of_libuv)
{
	check(pool(1, 1),
	      "worker (11) has waited 2.0 s for an answer of the name server 10.0.0.2:53, to resolve a name; "
	      "it is the only thread of libuv's pool: file operations and other look-ups wait for it");
	/* libuv lets no more of them resolve */
	check(pool(2, 4),
	      "2 threads have waited up to 2.0 s for an answer of the name server 10.0.0.2:53, to resolve "
	      "names; libuv looks up no more than 2 at a time: further look-ups wait for them");
	check(pool(1, 4),
	      "worker (11) has waited 2.0 s for an answer of the name server 10.0.0.2:53, to resolve a name");
	/* before 1.24 all might */
	check(pool(4, 4),
	      "4 threads have waited up to 2.0 s for an answer of the name server 10.0.0.2:53, to resolve "
	      "names; they are all 4 threads of libuv's pool: file operations and other look-ups wait for "
	      "them");
}

TEST_MAIN
