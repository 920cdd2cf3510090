// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/pattern.h"

#include "facts/kinds.h"

#include <string.h>

/* Deeper frames belong to what the program does, not to what it waits for. */
#define DEPTH 24

static const struct wait_pattern PATTERNS[] = {
#define PATTERN(class, inner, outer, what, checked) {PATTERN_##class, inner, outer, what, checked},
#include "waits/patterns.def"
#undef PATTERN
};

#define COUNT (sizeof(PATTERNS) / sizeof(PATTERNS[0]))

const struct wait_pattern *wait_pattern__table(size_t *ret_count)
{
	*ret_count = COUNT;
	return PATTERNS;
}

/* "clone.constprop.0", "put<int>", "get(Queue*)", "pop[abi:cxx11]" */
static bool is_end(char c)
{
	return !c || strchr("(<[.@", c);
}

/* Where a match may start again with one character more in the place of the last star. */
bool wait_pattern__matches(const char *pattern, const char *name)
{
	const char *star = NULL, *from = NULL;
	bool angle;

	name += strspn(name, "_");
	angle = *name == '<';
	name += angle;
	while (true) {
		/* Rust's "<a::B>::c" is a::B::c */
		if (angle && *pattern == ':' && !strncmp(name, ">::", 3))
			name++;
		if (*pattern == '*') {
			star = ++pattern;
			from = name;
			if (!*pattern)
				return true;
			continue;
		}
		if (*pattern ? *pattern == *name : is_end(*name)) {
			if (!*pattern)
				return true;
			pattern++;
			name++;
			continue;
		}
		if (!star || !*from)
			return false;
		pattern = star;
		name = ++from;
	}
}

/* Most names differ in their first letter. */
static bool inner_matches(const struct wait_pattern *p, const char *name)
{
	return (p->inner[0] == '*' || p->inner[0] == name[strspn(name, "_<")]) &&
	       wait_pattern__matches(p->inner, name);
}

static size_t find_outer(const struct wait_pattern *p, const struct call_stack *s, size_t from)
{
	for (size_t i = from; i < s->count; i++)
		if (s->frames[i].function && wait_pattern__matches(p->outer, s->frames[i].function))
			return i;
	return NO_INDEX;
}

static const struct wait_pattern *find_for(const struct call_stack *s, size_t at, size_t *ret_frame)
{
	const char *name = s->frames[at].function ? s->frames[at].function : s->frames[at].called;

	for (size_t i = 0; name && i < COUNT; i++) {
		const struct wait_pattern *p = &PATTERNS[i];

		if (!inner_matches(p, name))
			continue;
		*ret_frame = *p->outer ? find_outer(p, s, at + 1) : at;
		if (*ret_frame != NO_INDEX)
			return p;
	}
	return NULL;
}

const struct wait_pattern *wait_pattern__find(const struct call_stack *s, size_t *ret_frame)
{
	const struct wait_pattern *p = NULL;

	for (size_t i = 0; i < s->count && i < DEPTH && !p; i++)
		p = find_for(s, i, ret_frame);
	return p;
}
