// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/pool_names.h"

#include <ctype.h>
#include <string.h>

#define PATTERNS 8
#define PATTERN  64

struct pattern {
	char text[PATTERN]; /* with a star for each number */
	size_t count;
	const struct thread_row *newest;
};

/* False: it is too long, or has no number. */
static bool make_pattern(char text[PATTERN], const char *name)
{
	bool number = false;
	size_t used = 0;

	for (const char *c = name; *c; c++) {
		if (isdigit((unsigned char)*c)) {
			number = true;
			if (used && text[used - 1] == '*')
				continue;
		}
		if (used + 1 == PATTERN)
			return false;
		text[used++] = isdigit((unsigned char)*c) ? '*' : *c;
	}
	text[used] = '\0';
	return number;
}

static void count_name(struct pattern list[PATTERNS], const struct thread_row *t)
{
	char text[PATTERN];

	if (!t->name || !make_pattern(text, t->name))
		return;
	for (size_t i = 0; i < PATTERNS; i++) {
		struct pattern *p = &list[i];

		if (p->count && strcmp(p->text, text) != 0)
			continue;
		memcpy(p->text, text, sizeof(text));
		p->count++;
		if (!p->newest || t->age_ns < p->newest->age_ns)
			p->newest = t;
		return;
	}
}

static bool by_java(const struct creator_row *c)
{
	for (size_t i = 0; c && i < c->stack.count; i++)
		if (c->stack.frames[i].language && !strcmp(c->stack.frames[i].language, JAVA_LANGUAGE))
			return true;
	return false;
}

const char *pool_names__text(struct arena *a, const struct naming *n, const struct creator_row *c,
			     uint64_t span_ns)
{
	struct pattern list[PATTERNS] = {0};
	const struct pattern *most = &list[0];
	size_t count = 0;

	if (!by_java(c))
		return "";
	for (size_t i = 0; i < n->thread_count; i++) {
		const struct thread_row *t = &n->threads[i];

		if (t->pid != c->pid || t->age_ns > span_ns)
			continue;
		count++;
		count_name(list, t);
	}
	for (size_t i = 1; i < PATTERNS; i++)
		most = list[i].count > most->count ? &list[i] : most;
	if (most->count * 2 <= count)
		return "";
	return arena__format(a, ", named %s (the newest is %s)", most->text, most->newest->name);
}
