// SPDX-License-Identifier: GPL-2.0-or-later
#include "words/java_names.h"

#include <string.h>

#include "util/text.h"

#define CLASS_LONG 24

const char *java_class__short(const char *class)
{
	const char *last = strrchr(class, '.');

	return last && last[1] && strlen(class) > CLASS_LONG ? last + 1 : class;
}

static bool is_java(const struct frame *f)
{
	return f->function && f->language && !strcmp(f->language, JAVA_LANGUAGE);
}

static bool of_machine(const struct frame *f)
{
	static const char *const LIBRARIES[] = {"libjvm.so", "libjava.so", "libnio.so", "libnet.so"};
	const char *file = f->module ? path_basename(f->module) : "";

	for (size_t i = 0; i < sizeof(LIBRARIES) / sizeof(LIBRARIES[0]); i++)
		if (!strcmp(file, LIBRARIES[i]))
			return true;
	return false;
}

static bool of_java_library(const struct frame *f)
{
	static const char *const PACKAGES[] = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

	for (size_t i = 0; i < sizeof(PACKAGES) / sizeof(PACKAGES[0]); i++)
		if (starts_with(f->function, PACKAGES[i]))
			return true;
	return false;
}

size_t call_stack__of_java_program(const struct call_stack *s, size_t from)
{
	size_t first = NO_INDEX;

	for (size_t i = from; i < s->count; i++) {
		if (is_java(&s->frames[i])) {
			if (!of_java_library(&s->frames[i]))
				return i;
			first = first == NO_INDEX ? i : first;
		} else if (first == NO_INDEX && !of_machine(&s->frames[i])) {
			return NO_INDEX; /* C that the program has called */
		}
	}
	return first;
}
