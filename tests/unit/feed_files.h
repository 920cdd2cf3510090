/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A saved run, and a feed of it. */
#ifndef TS_TESTS_FEED_FILES_H
#define TS_TESTS_FEED_FILES_H

#include "feed_pipes.h"
#include "saved_files.h"

/* count intervals. */
static inline FILE *file_of(size_t count)
{
	struct sample *list[100];
	struct file file;
	FILE *f = tmpfile();

	for (size_t i = 0; i <= count; i++)
		list[i] = sensible_sample(i);
	file = saved(list, count + 1);
	CHECK_EQ(fwrite(file.bytes, 1, file.size, f), file.size);
	free(file.bytes);
	fflush(f);
	rewind(f);
	return f;
}

static inline struct feed *feed_of_file(size_t count)
{
	struct feed *f = NULL;

	CHECK_EQ(feed__of_file(file_of(count), &f), 0);
	return f;
}

#endif
