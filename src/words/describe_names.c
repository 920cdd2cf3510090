// SPDX-License-Identifier: GPL-2.0-or-later
/* Many threads in few words, by the common part of their names. */
#include <stdio.h>
#include <string.h>

#include "words/describe.h"

#define MOST_NAMES 8

struct shape { /* a name without the number at its end */
	const char *name;
	size_t length;
	bool several; /* shared by different names */
	pid_t tid;    /* one thread with it */
};

static struct shape shape_of(const struct naming *n, pid_t tid)
{
	const struct thread_row *thread = naming__thread(n, tid);
	const char *name = thread && thread->name ? thread->name : "";
	size_t length = strlen(name);

	while (length && name[length - 1] >= '0' && name[length - 1] <= '9')
		length--;
	return (struct shape){.name = name, .length = length, .tid = tid};
}

static bool same_shape(const struct shape *a, const struct shape *b)
{
	return a->length == b->length && !memcmp(a->name, b->name, a->length);
}

static size_t put_shape(char *dst, size_t size, const struct shape *s, const char *before)
{
	int length;

	if (s->several)
		length = snprintf(dst, size, "%s%.*s*", before, (int)s->length, s->name);
	else if (*s->name)
		length = snprintf(dst, size, "%s%s", before, s->name);
	else
		length = snprintf(dst, size, "%sunnamed", before);
	return length > 0 ? (size_t)length : 0;
}

char *describe_names(char *dst, size_t size, const struct naming *n, const pid_t *tids, size_t count,
		     size_t max)
{
	struct shape shapes[MOST_NAMES];
	size_t shown = 0, used = 0;
	bool more = false;

	for (size_t i = 0; i < count; i++) {
		struct shape s = shape_of(n, tids[i]);
		size_t k = 0;

		while (k < shown && !same_shape(&shapes[k], &s))
			k++;
		if (k < shown)
			shapes[k].several = shapes[k].several || strcmp(shapes[k].name, s.name);
		else if (shown < max && shown < MOST_NAMES)
			shapes[shown++] = s;
		else
			more = true;
	}
	*dst = '\0';
	for (size_t i = 0; i < shown && used < size; i++)
		used += put_shape(dst + used, size - used, &shapes[i], i ? ", " : "");
	if (more && used < size)
		snprintf(dst + used, size - used, ", ...");
	return dst;
}
