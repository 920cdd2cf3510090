// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/go/go_keepers.h"

#include <string.h>

#include "thresholds.h"
#include "util/text.h"
#include "words/describe_go.h"
#include "words/go_names.h"

static bool calls_c(const struct frame *f)
{
	return f->function && starts_with(f->function, "runtime.asmcgocall");
}

size_t call_stack__in_c(const struct call_stack *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (calls_c(&s->frames[i]))
			return i + 1;
	return 0;
}

/* runtime/cgo, by which the runtime has pthread_create called (gcc_linux.c, gcc_libinit.c). */
static bool of_cgo_start(const struct frame *f)
{
	static const char *const names[] = {"_cgo_try_pthread_create", "_cgo_sys_thread_start",
					    "x_cgo_sys_thread_create", "x_cgo_thread_start"};

	for (size_t i = 0; f->function && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(f->function, names[i]))
			return true;
	return false;
}

/* A stripped program does not name those: it is newm that calls them. */
bool call_stack__creates_for_go(const struct call_stack *s)
{
	bool in_c = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct frame *f = &s->frames[i];

		if (of_cgo_start(f))
			return true;
		if (calls_c(f))
			return i + 1 < s->count && s->frames[i + 1].function &&
			       starts_with(s->frames[i + 1].function, "runtime.newm");
		if (frame__of_go_runtime(f))
			return !in_c;
		in_c = in_c || !frame__of_libc(f);
	}
	return false;
}

static bool keeps_threads(const struct go_group *g)
{
	return !g->system && (!strcmp(g->state, "syscall") || (g->locked && g->locked == g->count));
}

const struct go_group *go_process__keepers(const struct go_process *p)
{
	const struct go_group_row *best = NULL;

	for (size_t i = 0; p && i < p->group_count; i++) {
		const struct go_group_row *g = &p->groups[i];

		if (!keeps_threads(&g->g))
			continue;
		if (!best || g->growth_per_s > best->growth_per_s ||
		    (g->growth_per_s == best->growth_per_s && g->g.count > best->g.count))
			best = g;
	}
	return best ? &best->g : NULL;
}

const char *go_group__keeping_text(struct arena *a, const struct go_group *g)
{
	size_t at = call_stack__of_go_program(&g->stack);
	const char *call = at != NO_FRAME && at ? g->stack.frames[at - 1].function : NULL;
	char line[DESCRIBE_NAME] = "", made[DESCRIBE_NAME];

	if (at != NO_FRAME)
		describe_go_line(line, sizeof(line), &g->stack.frames[at]);
	describe_go_creator(made, sizeof(made), g);
	return arena__format(a, "%s in %s%s%s%s%s", g->count == 1 ? "a goroutine" : "goroutines",
			     call ? call : g->state, *line ? " at " : "", line, *made ? ", created at " : "",
			     made);
}

bool go_process__few_threads(const struct go_process *p, uint64_t threads)
{
	return threads < p->procs + THREAD_GROWTH_FEW;
}
