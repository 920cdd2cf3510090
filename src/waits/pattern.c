// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/pattern.h"

#include "facts/kinds.h"
#include "util/heap.h"
#include "util/text.h"
#include "waits/library_frame.h"
#include "waits/name_words.h"
#include "waits/wait.h"

#include <stdlib.h>
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

	while (*name == '_')
		name++;
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

/* Functions that only wait, of libraries and runtimes. */
static bool is_wrapper(const struct frame *f)
{
	static const char *const NAMES[] = {"os::Platform",
					    "PlatformMonitor::wait",
					    "PlatformEvent::park",
					    "Monitor::wait",
					    "PosixSemaphore::wait",
					    "Semaphore::wait",
					    "uv_cond_",
					    "uv_sem_",
					    "uv__sem_",
					    "os_event",
					    "inline_mysql_",
					    "WaitLatch",
					    "WaitEventSet",
					    "g_poll",
					    "rb_native_cond_",
					    "g_cond_wait"};
	const char *name = f->function ? f->function + strspn(f->function, "_") : NULL;

	for (size_t i = 0; name && i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (starts_with(name, NAMES[i]))
			return true;
	return name && name__says(name) == NAME_SAYS_WAIT;
}

/* A loop also runs the jobs that it gets, in which it may wait for anything. */
static bool waits_itself(const struct call_stack *s, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!frame__of_c_library(&s->frames[i]) && !is_wrapper(&s->frames[i]))
			return false;
	return true;
}

/* Most rows that begin with the letter of a name differ in the next one. start: of the name, without what may
 * precede it. */
static bool may_match(const char *inner, const char *start)
{
	return inner[0] == '*' || !inner[1] || inner[1] == '*' || inner[1] == ':' || inner[1] == start[1];
}

static bool inner_matches(const struct wait_pattern *p, const struct call_stack *s, size_t at,
			  const char *name, const char *start)
{
	const char *inner = p->inner + (p->inner[0] == '^');

	return may_match(inner, start) && wait_pattern__matches(inner, name) &&
	       (inner == p->inner || waits_itself(s, at));
}

static uint16_t *make_rows_for(unsigned char first)
{
	uint16_t *rows = HEAP_NEW(uint16_t, COUNT + 1);
	size_t n = 0;

	for (size_t i = 0; i < COUNT; i++) {
		const char *inner = PATTERNS[i].inner + (PATTERNS[i].inner[0] == '^');

		if (*inner == '*' || (unsigned char)*inner == first)
			rows[n++] = (uint16_t)i;
	}
	rows[n] = COUNT;
	return rows;
}

/* The rows for names that begin with a letter, in their order, up to COUNT; most names differ in their first
 * letter. Made when first needed, as all threads are judged in each interval. Models of several threads may
 * need one at the same time: the list of the first is kept.
 */
static const uint16_t *rows_for(unsigned char first)
{
	static uint16_t *lists[UINT8_MAX + 1];
	uint16_t *rows = __atomic_load_n(&lists[first], __ATOMIC_ACQUIRE), *made;

	if (rows)
		return rows;
	made = make_rows_for(first);
	if (__atomic_compare_exchange_n(&lists[first], &rows, made, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return made;
	free(made);
	return rows;
}

static size_t find_outer(const char *outer, const struct call_stack *s, size_t from)
{
	for (size_t i = from; i < s->count; i++)
		if (s->frames[i].function && !frame__of_interpreter(&s->frames[i]) &&
		    wait_pattern__matches(outer, s->frames[i].function))
			return i;
	return NO_INDEX;
}

/* A row that matches, the frame that it shows, and the outermost one that it needs. */
struct match {
	const struct wait_pattern *pattern;
	size_t frame, last;
};

static struct match find_for(const struct call_stack *s, size_t at)
{
	const char *name = s->frames[at].function ? s->frames[at].function : s->frames[at].called;
	/* The rows are of native functions: one of an interpreter may have such a name by chance. */
	const char *start = name && !frame__of_interpreter(&s->frames[at]) ? name + strspn(name, "_<") : NULL;
	const uint16_t *rows = start ? rows_for((unsigned char)*start) : NULL;

	for (; rows && *rows < COUNT; rows++) {
		const struct wait_pattern *p = &PATTERNS[*rows];
		bool hidden = p->outer[0] == '+';
		size_t last = at;

		if (!inner_matches(p, s, at, name, start))
			continue;
		if (*p->outer)
			last = find_outer(p->outer + hidden, s, at + 1);
		if (last != NO_INDEX)
			return (struct match){p, hidden ? at : last, last};
	}
	return (struct match){0};
}

static bool holds_up(const struct match *m)
{
	return m->pattern->class == PATTERN_LOCK || m->pattern->class == PATTERN_HELD;
}

const struct wait_pattern *wait_pattern__find(const struct call_stack *s, size_t *ret_frame)
{
	struct match found = {0};

	for (size_t i = 0; i < s->count && i < DEPTH; i++) {
		struct match m = find_for(s, i);

		if (!m.pattern)
			continue;
		/* A background process of PostgreSQL waits in one function for its next run and for locks. */
		if (!found.pattern || (!holds_up(&found) && holds_up(&m) && m.last < found.last))
			found = m;
	}
	*ret_frame = found.frame;
	return found.pattern;
}
