/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines that resolve names: which are counted, which server is named, and what of a short wait. */
#include "model/findings/go_resolver.h"
#include "report/report.h"
#include "test.h"
#include "thresholds.h"

#define MOST 6

static struct frame frames[MOST][5];
static struct go_group groups[MOST];
static struct go_reading reading;
static struct arena arena;
static struct findings found;

/* functions: innermost first. */
static struct go_group *add(const char *state, uint64_t count, uint64_t least_ns,
			    const char *const *functions)
{
	struct go_group *g = &groups[reading.group_count];
	struct frame *f = frames[reading.group_count++];
	size_t n = 0;

	for (; functions[n]; n++)
		f[n] = (struct frame){
			.function = functions[n], .file = "/src/main.go", .line = 10 * ((int)n + 1)};
	*g = (struct go_group){.state = state,
			       .count = count,
			       .goid_count = 1,
			       .goids = {7},
			       .wait_known = least_ns ? count : 0,
			       .wait_least = least_ns ? count : 0,
			       .wait_max_ns = least_ns,
			       .stack = {.frames = f, .count = n, .end = STACK_COMPLETE}};
	reading.groups = groups;
	return g;
}

static const char *const ASKS[] = {"internal/poll.(*FD).Read", "net.(*conn).Read", "net.(*Resolver).exchange",
				   "net.(*Resolver).goLookupIPCNAMEOrder.func3.1", NULL};
static const char *const WANTS[] = {"net.(*Resolver).lookupIPAddr", "net.LookupHost", "main.connect", NULL};
static const char *const WANTS_TOO[] = {"net.(*Resolver).lookupIPAddr", "net/http.(*Transport).dialConnFor",
					NULL};
static const char *const SHARES[] = {"net.(*Resolver).goLookupIP", "internal/singleflight.(*Group).doCall",
				     NULL};
static const char *const ASKS_ITSELF[] = {"internal/poll.(*FD).Read", "net.(*Resolver).exchange",
					  "net.(*Resolver).LookupTXT", "main.txt", NULL};

static void begin(void)
{
	memset(&reading, 0, sizeof(reading));
	arena__free(&arena);
	found = (struct findings){.arena = &arena};
}

static const char *says(void)
{
	found.count = 0;
	findings__go_resolver(&found, &reading, 1);
	return found.count ? found.list[0].summary : "";
}

TEST(a_server_that_does_not_answer)
{
	begin();
	add("IO wait", 16, NS_OF_S(4), ASKS)->peer_seen = "127.0.0.66:53";
	add("select", 8, NS_OF_S(3), WANTS);
	add("chan receive", 8, NS_OF_S(5), SHARES);
	CHECK_STR(
		says(),
		"8 goroutines have waited at least 3.0 s for an answer of the name server 127.0.0.66:53, to "
		"resolve names, in main.connect at main.go:30");
	CHECK_EQ(found.list[0].kind, FINDING_STUCK_THREAD);
	CHECK_EQ(found.list[0].severity, SEVERITY_WARNING);
	CHECK_EQ(found.list[0].goroutines, 8);
	add("select", 3, NS_OF_S(9), WANTS_TOO);
	CHECK_STR(says(),
		  "11 goroutines have waited at least 9.0 s for an answer of the name server 127.0.0.66:53, "
		  "to resolve names, most of them in main.connect at main.go:30");
	groups[3].count = 8; /* no place has most */
	CHECK_STR(says(),
		  "16 goroutines have waited at least 9.0 s for an answer of the name server 127.0.0.66:53, "
		  "to resolve names");
}

TEST(several_servers_and_unknown_ones)
{
	begin();
	add("IO wait", 1, NS_OF_S(2), ASKS_ITSELF)->peer_seen = "10.0.0.1:53";
	CHECK_STR(says(),
		  "goroutine 7 has waited at least 2.0 s for an answer of the name server 10.0.0.1:53, to "
		  "resolve a name, in main.txt at main.go:40");
	add("IO wait", 1, 0, ASKS)->peer_seen = "10.0.0.2:53";
	CHECK(strstr(says(), "the name servers 10.0.0.1:53, 10.0.0.2:53, to"));
	add("IO wait", 1, 0, ASKS);
	CHECK(strstr(says(), "an answer of a name server, to"));
}

/* A server that answers, and waits of which nothing is known but the runtime's stamp. */
TEST(short_and_unsure_waits)
{
	begin();
	add("IO wait", 2, NS_OF_S(9), ASKS)->peer_seen = "10.0.0.1:53";
	add("select", 1, NS_OF_S(STUCK_THREAD_S) - 1, WANTS);
	CHECK_STR(says(), "");
	groups[1].wait_max_ns++;
	CHECK(*says());
	groups[1].wait_least = 0;
	CHECK_STR(says(), "");
	groups[1].wait_max_ns = NS_OF_S(GOROUTINE_STAMP_OFF_S + 1);
	CHECK_STR(says(), "goroutine 7 has waited at least 1.0 s for an answer of the name server "
			  "10.0.0.1:53, to resolve a "
			  "name, in main.connect at main.go:30");
	groups[1].wait_known = 0;
	CHECK_STR(says(), "");
}

/* The C library asks, in a thread; a connection is read; the resolver's own goroutines alone. */
TEST(others_that_wait)
{
	static const char *const READS[] = {"internal/poll.(*FD).Read", "net.(*conn).Read", "main.client",
					    NULL};
	static const char *const NONE[] = {NULL};

	begin();
	add("select", 8, NS_OF_S(3), WANTS);
	CHECK_STR(says(), "");
	add("IO wait", 8, NS_OF_S(3), READS)->peer_seen = "10.0.0.1:53";
	CHECK_STR(says(), "");
	begin();
	add("IO wait", 8, NS_OF_S(3), ASKS);
	add("IO wait", 8, NS_OF_S(3), NONE);
	frames[0][1].function = NULL;
	CHECK_STR(says(), "");
}

TEST_MAIN
