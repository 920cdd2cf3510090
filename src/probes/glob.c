// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/glob.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Parses "[:digit:]" in a bracket expression: sets its test and returns the rest; NULL: not a class. */
static int (*named_class(const char *s, const char **ret_rest))(int)
{
	static const struct {
		const char *name;
		int (*test)(int);
	} CLASSES[] = {{"[:alnum:]", isalnum}, {"[:alpha:]", isalpha}, {"[:blank:]", isblank},
		       {"[:cntrl:]", iscntrl}, {"[:digit:]", isdigit}, {"[:graph:]", isgraph},
		       {"[:lower:]", islower}, {"[:print:]", isprint}, {"[:punct:]", ispunct},
		       {"[:space:]", isspace}, {"[:upper:]", isupper}, {"[:xdigit:]", isxdigit}};

	for (size_t i = 0; i < sizeof(CLASSES) / sizeof(CLASSES[0]); i++) {
		size_t len = strlen(CLASSES[i].name);

		if (!strncmp(s, CLASSES[i].name, len)) {
			*ret_rest = s + len;
			return CLASSES[i].test;
		}
	}
	return NULL;
}

/* The bytes of a bracket expression. Returns the rest, or NULL if it is unclosed. */
static const char *read_class(const char *s, bool ret_in[256])
{
	bool negated = *s == '!' || *s == '^', in[256] = {false};
	const char *first;

	s += negated;
	for (first = s; *s && (*s != ']' || s == first);) {
		int (*test)(int) = named_class(s, &s);
		unsigned char from, to;

		if (test) {
			for (int c = 1; c < 256; c++)
				in[c] = in[c] || test(c);
			continue;
		}
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
	for (unsigned c = 0; c < 256; c++)
		ret_in[c] = c && in[c] != negated;
	return s + 1;
}

bool glob__closed(const char *glob)
{
	bool in[256];

	while (glob && *glob) {
		if (*glob == '[') {
			glob = read_class(glob + 1, in);
			continue;
		}
		glob += *glob == '\\' && glob[1];
		glob++;
	}
	return glob != NULL;
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
			bool in[256];

			glob = read_class(glob + 1, in);
			if (!glob)
				return -EINVAL;
			for (unsigned c = 1; c < 256; c++)
				if (in[c])
					next.accepts[c] |= 1ULL << bit;
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
