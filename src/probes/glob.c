// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/glob.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Adds the bytes of a bracket expression; returns what follows it, or NULL if it is not closed. */
static const char *add_class(struct glob_automaton *a, const char *s, uint64_t state)
{
	bool negated = *s == '!' || *s == '^', in[256] = {false};
	const char *first;

	s += negated;
	for (first = s; *s && (*s != ']' || s == first);) {
		unsigned char from, to;

		s += *s == '\\' && s[1];
		from = to = (unsigned char)*s++;
		if (s[0] == '-' && s[1] && s[1] != ']') {
			s += s[1] == '\\' && s[2] ? 2 : 1;
			to = (unsigned char)*s++;
		}
		for (unsigned c = from; c <= to; c++)
			in[c] = true;
	}
	if (*s != ']')
		return NULL;
	for (unsigned c = 1; c < 256; c++)
		if (in[c] != negated)
			a->accepts[c] |= state;
	return s + 1;
}

static unsigned used_bits(const struct glob_automaton *a)
{
	return a->ends ? 64 - (unsigned)__builtin_clzll(a->ends) : 0;
}

int glob_automaton__add(struct glob_automaton *a, const char *glob)
{
	struct glob_automaton next = *a;
	unsigned bit = used_bits(a);

	if (bit > 62)
		return -E2BIG;
	next.starts |= 1ULL << bit;
	while (*glob) {
		if (*glob == '*') {
			next.loops |= 1ULL << bit;
			glob++;
			continue;
		}
		if (++bit > 63)
			return -E2BIG;
		if (*glob == '?') {
			for (unsigned c = 1; c < 256; c++)
				next.accepts[c] |= 1ULL << bit;
			glob++;
		} else if (*glob == '[') {
			glob = add_class(&next, glob + 1, 1ULL << bit);
			if (!glob)
				return -EINVAL;
		} else {
			/* A backslash before nothing matches nothing, as with fnmatch(3). */
			glob += *glob == '\\';
			if (*glob)
				next.accepts[(unsigned char)*glob++] |= 1ULL << bit;
		}
	}
	next.ends |= 1ULL << bit;
	*a = next;
	return 0;
}

int glob_automaton__matches(const struct glob_automaton *a, const char *name, size_t len)
{
	uint64_t state = a->starts;

	for (size_t i = 0; i < len && name[i]; i++)
		state = ((state << 1) & a->accepts[(unsigned char)name[i]]) | (state & a->loops);
	return (state & a->ends) != 0;
}
