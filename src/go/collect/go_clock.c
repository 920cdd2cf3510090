// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_clock.h"

#include <stdlib.h>

#include "util/array.h"
#include "util/heap.h"
#include "util/u64_table.h"

/*
 * The runtime counts a goroutine's runs in a byte, so 256 runs between two readings look like none. Three
 * equal readings are accepted as proof; so is the runtime's wait stamp, which is cleared when the goroutine
 * runs.
 */
#define SURE_CHECKS 2

/* By its position in the runtime's list, which never changes. */
struct seen {
	uint64_t goid; /* 0: nobody */
	uint64_t place, since_ns;
	uint64_t before_ns; /* the reading before it arrived; 0: unknown */
	uint64_t stamp;
	uint32_t reading;
	uint8_t runs, checks;
};

struct go_clock {
	struct seen *list;
	size_t room;
	uint64_t now_ns, before_ns; /* start of this reading, and of the previous one; 0: none */
	uint64_t longest_ns;        /* duration of a reading: the uncertainty of each observation */
	uint32_t reading;
	bool complete, was_complete; /* the current one so far, and the previous one */
	struct u64_table left;       /* of uint64_t, by place */
};

struct go_clock *go_clock__new(void)
{
	return HEAP_NEW(struct go_clock, 1);
}

void go_clock__free(struct go_clock *c)
{
	if (!c)
		return;
	u64_table__free(&c->left);
	free(c->list);
	free(c);
}

void go_clock__begin(struct go_clock *c, uint64_t now_ns)
{
	c->reading++;
	c->before_ns = c->now_ns;
	c->now_ns = now_ns;
	c->was_complete = c->complete;
	c->complete = true;
	u64_table__free(&c->left);
}

static struct seen *record_of(struct go_clock *c, uint64_t index)
{
	size_t before = c->room;

	if (index >= GO_CLOCK_MAX) {
		c->complete = false;
		return NULL;
	}
	ARRAY_RESERVE(c->list, c->room, index + 1);
	for (size_t i = before; i < c->room; i++)
		c->list[i] = (struct seen){0};
	return &c->list[index];
}

static void leave(struct go_clock *c, uint64_t place)
{
	bool made;
	uint64_t *count = u64_table__get(&c->left, sizeof(*count), place, &made);

	(*count)++;
}

static bool waits(const struct goroutine *go)
{
	return go->status == GOROUTINE_WAITING || go->status == GOROUTINE_LEAKED;
}

static void arrive(const struct go_clock *c, struct seen *s, const struct goroutine *go, uint64_t place)
{
	*s = (struct seen){.goid = go->goid,
			   .place = place,
			   .since_ns = c->now_ns,
			   .before_ns = c->was_complete ? c->before_ns : 0,
			   .runs = go->tracking_seq};
}

struct go_stay go_clock__see(struct go_clock *c, const struct goroutine *go, uint64_t place)
{
	struct go_stay stay = {.at_most_ns = UINT64_MAX};
	struct seen *s = record_of(c, go->index);
	bool before, stayed;

	if (!s)
		return stay;
	before = s->goid && s->reading + 1 == c->reading;
	stayed = before && s->goid == go->goid && s->runs == go->tracking_seq && waits(go);
	/* A stack that changed each time does not mean that it ran: the stack was moved. */
	stayed = stayed && (s->place == place || go->moved);
	if (before && !stayed)
		leave(c, s->place);
	if (!stayed)
		arrive(c, s, go, place);
	else if (s->stamp && s->stamp == go->wait_since)
		s->checks = UINT8_MAX;
	else
		s->checks += s->checks < UINT8_MAX;
	s->stamp = go->wait_since;
	s->reading = c->reading;
	if (s->checks >= SURE_CHECKS && c->now_ns - s->since_ns > c->longest_ns)
		stay.at_least_ns = c->now_ns - s->since_ns - c->longest_ns;
	if (s->before_ns)
		stay.at_most_ns = c->now_ns - s->before_ns + c->longest_ns;
	return stay;
}

void go_clock__end(struct go_clock *c, uint64_t now_ns, bool complete)
{
	if (now_ns - c->now_ns > c->longest_ns)
		c->longest_ns = now_ns - c->now_ns;
	for (size_t i = 0; i < c->room; i++) {
		struct seen *s = &c->list[i];

		if (!s->goid || s->reading == c->reading)
			continue;
		if (s->reading + 1 == c->reading)
			leave(c, s->place);
		s->goid = 0;
	}
	c->complete = c->complete && complete;
}

bool go_clock__left(const struct go_clock *c, uint64_t place, uint64_t *ret)
{
	const uint64_t *count = u64_table__find(&c->left, sizeof(*count), place);

	*ret = count ? *count : 0;
	return c->before_ns && c->complete && c->was_complete;
}
