/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Until what a feed writes is written. */
#ifndef TS_TESTS_FEED_WRITING_H
#define TS_TESTS_FEED_WRITING_H

#include "feed/writing.h"
#include "feed_pipes.h"

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

#endif
