/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Until what a feed writes is written. */
#ifndef TS_TESTS_FEED_WRITING_H
#define TS_TESTS_FEED_WRITING_H

#include "feed/writing.h"
#include "feed_pipes.h"
#include "saved_files.h"

static inline struct writing_state wait_for(struct writing *w)
{
	struct pollfd fd = {writing__fd(w), POLLIN, 0};

	CHECK_EQ(poll(&fd, 1, 60000), 1);
	CHECK(writing__state(w).over);
	return writing__state(w);
}

/* Its error, and how many moments it wrote. */
static inline int written(const struct feed *f, const char *path, uint64_t *ret_count)
{
	struct writing *w = NULL;
	int err = feed__write(f, path, &w);
	struct writing_state state = err ? (struct writing_state){0} : wait_for(w);

	writing__close(w);
	*ret_count = state.written;
	return err ? err : state.err;
}

/* The file has the base line and all samples up to that one, as they are made. Of a live feed, they have its
 * own cost, too. */
static inline void check_saved(const char *path, uint64_t to, struct sample *(*make)(uint64_t second))
{
	FILE *in = fopen(path, "re");
	struct saved_reader *r = NULL;
	struct saved_head h;
	struct sample *s, *want;

	CHECK_EQ(saved_reader__open(in, &h, &r), 0);
	CHECK_EQ(h.since_ns, 0);
	for (uint64_t i = 0; i <= to; i++) {
		CHECK_EQ(saved_reader__sample(r, &s), 0);
		want = make(i);
		sample__settle(want);
		CHECK(s->cpu_ns >= want->cpu_ns && s->rss_bytes >= want->rss_bytes);
		want->cpu_ns = s->cpu_ns;
		want->rss_bytes = s->rss_bytes;
		CHECK(same_struct(SAMPLE_TABLE, (char *)want, (char *)s));
		sample__free(s);
		sample__free(want);
	}
	CHECK_EQ(saved_reader__sample(r, &s), -ENODATA);
	saved_reader__close(r);
	fclose(in);
}

#endif
