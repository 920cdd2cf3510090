// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/name_parts.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "util/text.h"

/* Behind the dot, where a compiler has split a function of C: "clone.constprop.0". */
static bool is_clone(const char *dot)
{
	static const char *const ends[] = {".constprop", ".isra", ".part", ".cold", ".lto_priv", ".llvm"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (starts_with(dot, ends[i]))
			return true;
	return false;
}

/* "func1", "3", "gowrap2" of Go; "{closure#0}", "{lambda()#1}"; the hash at the end of Rust's older names. */
static bool is_closure(struct name_part p)
{
	static const char *const words[] = {"func", "gowrap", "deferwrap"};
	size_t length = (size_t)(p.to - p.from), word = 0, digits = 0, hex = 0;

	if (!length || *p.from == '{')
		return true;
	for (size_t i = 0; i < 3; i++)
		if (length > strlen(words[i]) && starts_with(p.from, words[i]))
			word = strlen(words[i]);
	while (word + digits < length && isdigit((unsigned char)p.from[word + digits]))
		digits++;
	while (1 + hex < length && isxdigit((unsigned char)p.from[1 + hex]))
		hex++;
	return (digits && word + digits == length) || (*p.from == 'h' && length == 17 && hex == 16);
}

/* Its form or its capital say that it is a type. */
static bool is_type(struct name_part p)
{
	const char *c = p.from;

	if (c < p.to && (*c == '<' || starts_with(c, "(*")))
		return true;
	while (c < p.to && !isalpha((unsigned char)*c))
		c++;
	return c < p.to && isupper((unsigned char)*c);
}

/* Without arguments, but not without the brackets that it begins with: "Mutex<T>", "lock(int)". */
static struct name_part without_arguments(struct name_part p)
{
	for (const char *c = p.from; c < p.to; c++)
		if (c > p.from && strchr("(<[", *c))
			p.to = c;
	return p;
}

/* Of "<crate::Pool<T> as crate::Trait>", the last part of the type's own path: "Pool". */
static struct name_part inside(struct name_part p)
{
	const char *to = p.from + 1, *from = to;

	if (p.from == p.to || *p.from != '<')
		return p;
	for (; to < p.to && !strchr("<> ", *to); to++)
		if (starts_with(to, "::"))
			from = to + 2;
	return (struct name_part){from, to};
}

struct walk {
	struct name_parts parts;
	const char *from; /* of the part that the walk is in */
	int depth;        /* of brackets */
};

static void end_part(struct walk *w, const char *to, size_t separator)
{
	const struct name_part p = {w->from, to};

	w->from = to + separator;
	if (is_closure(p))
		return;
	w->parts.type = w->parts.function;
	w->parts.function = p;
}

/* What came before is a path, or the type of the result. */
static void start_again(struct walk *w, const char *from)
{
	w->parts = (struct name_parts){0};
	w->from = from;
}

/* The length of a separator at c; 0: no separator. */
static size_t separator_at(const char *c)
{
	if (*c == '.' && !is_clone(c) && c[1] && c[1] != '.')
		return 1;
	return starts_with(c, "::") ? 2 : 0;
}

static bool opens(const char *c)
{
	return *c == '<' || *c == '(' || *c == '[' || *c == '{';
}

static bool closes(const char *name, const char *c)
{
	return (*c == '>' && !(c > name && c[-1] == '-')) || *c == ')' || *c == ']' || *c == '}';
}

/* What follows is no part of the name: "f(int) const", "f() [clone .part.0]", "f.part.0". */
static bool is_end(const char *from, const char *c)
{
	return (*c == ' ' && memchr(from, '(', (size_t)(c - from))) || (*c == '.' && is_clone(c));
}

struct name_parts name_parts__of(const char *name)
{
	struct walk w = {.from = name};
	const char *c = name;

	for (; *c; c++) {
		size_t separator = w.depth ? 0 : separator_at(c);

		if (separator) {
			end_part(&w, c, separator);
			c += separator - 1;
		} else if (opens(c)) {
			w.depth++;
		} else if (closes(name, c)) {
			w.depth -= w.depth > 0;
		} else if (!w.depth && is_end(w.from, c)) {
			break;
		} else if (!w.depth && (*c == ' ' || *c == '/')) {
			start_again(&w, c + 1);
		}
	}
	end_part(&w, c, 0);
	w.parts.function = without_arguments(w.parts.function);
	if (is_type(w.parts.type))
		w.parts.type = without_arguments(inside(w.parts.type));
	else
		w.parts.type = (struct name_part){0};
	return w.parts;
}
