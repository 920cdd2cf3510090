// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/go_resolver.h"

#include <inttypes.h>
#include <string.h>

#include "thresholds.h"
#include "util/duration.h"
#include "util/text.h"
#include "words/describe_go.h"

#define SERVERS 3 /* named; the resolver reads no more from resolv.conf */

/* What is found of one program. */
struct lookups {
	uint64_t goroutines; /* that have asked for a name, and wait */
	uint64_t longest_ns; /* as far as it is sure */
	bool at_least;
	const struct go_group *most; /* of their groups, the one with most of them */
	bool asks;                   /* the resolver waits for an answer */
	const char *servers[SERVERS];
	size_t server_count;
	bool unknown_server;
};

/* A method of Go's own resolver, which asks name servers itself: net/lookup.go, net/dnsclient_unix.go. */
static bool of_resolver(const struct frame *f)
{
	return f->function && starts_with(f->function, "net.(*Resolver).");
}

static bool has_frame(const struct go_group *g, const char *function)
{
	for (size_t i = 0; i < g->stack.count; i++)
		if (g->stack.frames[i].function && !strcmp(g->stack.frames[i].function, function))
			return true;
	return false;
}

static bool in_resolver(const struct go_group *g)
{
	for (size_t i = 0; i < g->stack.count; i++)
		if (of_resolver(&g->stack.frames[i]))
			return true;
	return false;
}

/* The resolver has goroutines of its own, for each kind of address and for equal names that several want. */
static bool is_helper(const struct go_group *g)
{
	const struct frame *outermost = g->stack.count ? &g->stack.frames[g->stack.count - 1] : NULL;

	if (outermost && outermost->function && starts_with(outermost->function, "runtime.") &&
	    g->stack.count > 1)
		outermost--;
	return outermost && outermost->function &&
	       (of_resolver(outermost) || starts_with(outermost->function, "internal/singleflight."));
}

/* The runtime's stamp of a wait may be that old for a new one. */
static uint64_t sure_wait(const struct go_group *g)
{
	uint64_t off_ns = NS_OF_S(GOROUTINE_STAMP_OFF_S);

	if (!g->wait_known)
		return 0;
	if (g->wait_exact + g->wait_least >= g->wait_known)
		return g->wait_max_ns;
	return g->wait_max_ns > off_ns ? g->wait_max_ns - off_ns : 0;
}

static void note_server(struct lookups *l, const char *peer)
{
	l->asks = true;
	if (!peer)
		l->unknown_server = true;
	for (size_t i = 0; peer && i < l->server_count; i++)
		if (!strcmp(l->servers[i], peer))
			return;
	if (peer && l->server_count < SERVERS)
		l->servers[l->server_count++] = peer;
}

static void note_group(struct lookups *l, const struct go_group *g)
{
	uint64_t wait_ns = sure_wait(g);

	if (!strcmp(g->state, "IO wait") && has_frame(g, "net.(*Resolver).exchange"))
		note_server(l, g->peer_seen);
	if (is_helper(g) || !g->stack.count)
		return;
	l->goroutines += g->count;
	if (!l->most || g->count > l->most->count)
		l->most = g;
	if (wait_ns <= l->longest_ns)
		return;
	l->longest_ns = wait_ns;
	l->at_least = g->wait_exact < g->wait_known;
}

static const char *servers_text(struct arena *a, const struct lookups *l)
{
	const char *text = "";

	if (l->unknown_server || !l->server_count)
		return "a name server";
	for (size_t i = 0; i < l->server_count; i++)
		text = arena__format(a, "%s%s%s", text, i ? ", " : "", l->servers[i]);
	return arena__format(a, "the name server%s %s", l->server_count > 1 ? "s" : "", text);
}

/* Where they have asked: the first frame that is not of the resolver and what it uses. */
static const char *place_text(struct arena *a, const struct lookups *l)
{
	static const char *const PACKAGES[] = {"net.", "runtime.", "internal/", "syscall.", "sync."};
	const struct call_stack *s = &l->most->stack;
	char line[DESCRIBE_NAME];
	const struct frame *f;
	size_t at = 0, i;

	if (l->most->count * 2 <= l->goroutines)
		return "";
	do {
		for (i = 0; i < sizeof(PACKAGES) / sizeof(*PACKAGES) && at < s->count; i++)
			if (!s->frames[at].function || starts_with(s->frames[at].function, PACKAGES[i]))
				break;
	} while (at < s->count && i < sizeof(PACKAGES) / sizeof(*PACKAGES) && ++at);
	f = at < s->count ? &s->frames[at] : NULL;
	if (!f || !f->function)
		return "";
	return arena__format(a, "%s in %s%s%s", l->most->count < l->goroutines ? ", most of them" : ",",
			     f->function, *describe_go_line(line, sizeof(line), f) ? " at " : "", line);
}

void findings__go_resolver(struct findings *f, const struct go_reading *r, pid_t pid)
{
	struct lookups l = {0};
	char time[DURATION_TEXT], count[DURATION_TEXT];
	bool one;

	for (size_t i = 0; i < r->group_count; i++)
		if (!r->groups[i].system && in_resolver(&r->groups[i]))
			note_group(&l, &r->groups[i]);
	if (!l.asks || !l.most || l.longest_ns < NS_OF_S(STUCK_THREAD_S))
		return;
	one = l.goroutines == 1;
	findings__add(
		f,
		&(struct finding){
			.kind = FINDING_STUCK_THREAD,
			.summary = arena__format(
				f->arena, "%s %s waited %s%s for an answer of %s, to resolve %s%s",
				one ? arena__format(f->arena, "goroutine %" PRIu64, l.most->goids[0])
				    : arena__format(f->arena, "%s goroutines",
						    count_format(count, sizeof(count), l.goroutines)),
				one ? "has" : "have",
				l.at_least ? "at least "
				: one      ? ""
					   : "up to ",
				duration_format(time, sizeof(time), l.longest_ns), servers_text(f->arena, &l),
				one ? "a name" : "names", place_text(f->arena, &l)),
			.pid = pid,
			.goroutines = l.goroutines});
}
