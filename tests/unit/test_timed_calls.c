/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls timed by call and place: their rows in a report, and their places in words. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "collect/files/call_place.h"
#include "samples.h"

static struct sample_call *add_call(struct sample *s, const char *call, const char *path, int ended)
{
	struct sample_call *c;

	if (!s->calls)
		s->calls = calloc(ROOM, sizeof(*s->calls));
	s->calls_timed = true;
	c = &s->calls[s->call_count++];
	*c = (struct sample_call){.pid = 10, .call = call, .place = TS_PLACE_PATH, .path = path};
	c->ns = 1000 * (uint64_t)ended;
	histogram__add(c->calls.buckets, 1000);
	c->calls.buckets[hist_bucket(1000)] = (uint32_t)ended;
	c->calls.max_ns = ended ? 1000 : 0;
	return c;
}

static struct sample *at(uint64_t seconds)
{
	struct sample *s = sample_at(seconds);

	add_process(s, 10, 1);
	return s;
}

TEST(counts_are_those_of_the_interval)
{
	struct model *m = model_with_base(at(0));
	const struct interval_report *r;
	struct sample *s = at(1);

	add_call(s, "openat", "/a", 5)->errors = 2;
	s->calls[0].errnos[0] = ENOENT;
	r = model__interval(m, s);
	CHECK(r->calls_timed);
	CHECK_EQ(r->timed_count, 1);
	CHECK_EQ(r->timed[0].ended.count, 5); /* since attach: the first interval has them */
	CHECK_EQ(r->timed[0].errors, 2);
	CHECK_STR(r->timed[0].errnos[0], "ENOENT");
	s = at(2);
	add_call(s, "openat", "/a", 8)->errors = 2;
	add_call(s, "openat", "/b", 1);
	r = model__interval(m, s);
	CHECK_EQ(r->timed_count, 2);
	CHECK_STR(r->timed[0].path, "/a");
	CHECK_EQ(r->timed[0].ended.count, 3);
	CHECK_EQ(r->timed[0].errors, 0);
	CHECK_EQ(r->timed[0].ns, 3000);
	s = at(3);
	add_call(s, "openat", "/a", 8);
	add_call(s, "openat", "/b", 1);
	r = model__interval(m, s);
	CHECK_EQ(r->timed_count, 0); /* nothing ended, nothing is in flight */
	model__free(m);
}

TEST(a_row_that_was_dropped_begins_anew)
{
	struct model *m = model_with_base(at(0));
	const struct interval_report *r;
	struct sample *s = at(1);

	add_call(s, "openat", "/a", 5)->evicted = true;
	model__interval(m, s);
	s = at(2);
	add_call(s, "openat", "/a", 2);
	r = model__interval(m, s);
	CHECK_EQ(r->timed[0].ended.count, 2);
	CHECK_EQ(r->timed[0].ns, 2000);
	model__free(m);
}

/* Its time is in the intervals in which it passed, also the last part of it. */
TEST(a_call_in_flight_counts_by_its_age)
{
	struct model *m = model_with_base(at(0));
	const struct interval_report *r;
	struct sample *s = at(1);
	struct sample_call *c = add_call(s, "openat", "/a", 0);

	c->in_flight = 1;
	c->in_flight_ns = c->oldest_ns = NS_PER_S / 2;
	c->oldest_tid = 10;
	r = model__interval(m, s);
	CHECK_EQ(r->timed_count, 1);
	CHECK_EQ(r->timed[0].ended.count, 0);
	CHECK_EQ(r->timed[0].ns, NS_PER_S / 2);
	CHECK_EQ(r->timed[0].max_ns, NS_PER_S / 2);
	s = at(2);
	c = add_call(s, "openat", "/a", 1);
	c->ns = NS_PER_S;
	r = model__interval(m, s);
	CHECK_EQ(r->timed[0].ended.count, 1);
	CHECK_EQ(r->timed[0].ns, NS_PER_S / 2);
	CHECK_EQ(r->timed[0].in_flight, 0);
	model__free(m);
}

/* A worker that waits for requests is not what takes the time. */
TEST(reads_that_wait_for_input_come_last)
{
	struct model *m = model_with_base(at(0));
	const struct interval_report *r;
	struct sample *s = at(1);

	add_call(s, "openat", "/a", 1);
	for (uint32_t kind = TS_FILE_REGULAR; kind <= TS_FILE_SOCKET; kind++) {
		struct sample_call *c = add_call(s, "read", "", 9);

		c->place = TS_PLACE_FILE;
		c->key = (struct ts_file_key){.tgid = 10, .inode = kind, .kind = kind};
	}
	r = model__interval(m, s);
	CHECK_EQ(r->timed_count, 4);
	CHECK(!r->timed[0].for_input); /* of the file: most time */
	CHECK_STR(r->timed[0].call, "read");
	CHECK_STR(r->timed[1].call, "openat");
	CHECK(r->timed[2].for_input && r->timed[3].for_input);
	model__free(m);
}

TEST(without_the_option_nothing_is_claimed)
{
	struct model *m = model_with_base(at(0));
	const struct interval_report *r = model__interval(m, at(1));

	CHECK(!r->calls_timed);
	CHECK_EQ(r->timed_count, 0);
	model__free(m);
}

/* ---- places in words ------------------------------------------------------------------------------------
 */

static const char *text_of(uint32_t family, const void *address, uint32_t bytes)
{
	static char text[CALL_PLACE_BYTES];
	struct ts_call_key k = {.place = TS_PLACE_ADDRESS, .family = family, .bytes = bytes};

	memcpy(k.text, address, bytes);
	return call_place__text(text, &k);
}

TEST(addresses_have_words)
{
	struct sockaddr_in four = {.sin_port = htons(80), .sin_addr.s_addr = htonl(0x0a000001)};
	struct sockaddr_in6 six = {.sin6_port = htons(443), .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	CHECK_STR(text_of(AF_INET, &four.sin_port, 6), "10.0.0.1:80");
	CHECK_STR(text_of(AF_INET6, &six.sin6_port, 26), "[::1]:443");
	CHECK_STR(text_of(AF_UNIX, "/run/a.sock", 12), "/run/a.sock");
	CHECK_STR(text_of(AF_UNIX, "\0name", 5), "@name");
	CHECK_STR(text_of(AF_UNSPEC, "", 0), "nowhere");
	CHECK_STR(text_of(16, "\0\0\0", 4), "address of family 16");
	CHECK_STR(text_of(AF_INET, &four.sin_port, 3), "address of family 2"); /* too short */
	four.sin_port = 0;
	CHECK_STR(text_of(AF_INET, &four.sin_port, 6), "address of family 2");
}

TEST(hostile_keys_stay_within_bounds)
{
	struct ts_call_key k;
	char text[CALL_PLACE_BYTES];

	for (uint32_t place = 0; place < TS_PLACES + 2; place++)
		for (uint32_t family = 0; family < 12; family++) {
			memset(&k, 'x', sizeof(k)); /* no NUL, and no true length */
			k.place = place;
			k.family = family;
			CHECK(strlen(call_place__text(text, &k)) < sizeof(text));
		}
}

TEST_MAIN
