/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From code addresses to names, as Go's own traceback prints them; each address is looked up once. */
#include "go/runtime/reader.h"

#include <stdlib.h>

#include "util/arena.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define CODES_MAX   (1u << 18)
#define NAME_MAX_   1024
#define INLINED_MAX 200 /* calls at one place: more is a cycle */
#define TEXT_MAX    (64u << 20)

struct text {
	uint64_t address;
	const char *text;
};

struct go_names {
	struct goroutines *r;
	struct arena strings, lists;
	struct u64_table codes; /* of struct go_code by pc and exact */
	struct u64_table texts; /* of struct text by address */
};

struct go_names *go_names__new(struct goroutines *r)
{
	struct go_names *n = HEAP_NEW(struct go_names, 1);

	n->r = r;
	return n;
}

void go_names__forget(struct go_names *n)
{
	arena__free(&n->strings);
	arena__free(&n->lists);
	u64_table__free(&n->codes);
	u64_table__free(&n->texts);
}

void go_names__free(struct go_names *n)
{
	if (n)
		go_names__forget(n);
	free(n);
}

/* ---- how Go prints a name ------------------------------------------------------------- */

/* From 1.21 on type arguments are [...]; a panic is shown as such. */
static void printed_name(const struct go_layout *l, char *name)
{
	char *open = strchr(name, '['), *close = strrchr(name, ']');

	if (!strcmp(name, "runtime.gopanic")) {
		memmove(name, name + 10, 6); /* its end, with the NUL */
		return;
	}
	if (l->minor < 21 || !open || !close || close <= open)
		return;
	memmove(open + 4, close, strlen(close) + 1); /* may grow by 3: there is room */
	open[1] = open[2] = open[3] = '.';
}

/* runtime.GC, and from 1.24 on runtime.(*Func).Entry */
static bool is_exported(const struct go_layout *l, const char *name)
{
	const char *p = name + 8, *dot = strrchr(p, '.');

	if (l->minor < 24 || !dot)
		return *p >= 'A' && *p <= 'Z';
	if (*p == '(' && p[1] == '*' && dot - p >= 3 && dot[-1] == ')')
		p += 2;
	return dot[1] >= 'A' && dot[1] <= 'Z' && *p >= 'A' && *p <= 'Z';
}

/* abi.FuncID numbers matter here only for the two goroutines that are always shown from 1.27 on. */
static bool is_hidden(const struct go_layout *l, const char *name)
{
	return !strchr(name, '.') || (!strncmp(name, "runtime.", 8) && !is_exported(l, name));
}

static const char *text_at(struct go_names *n, uint64_t address, bool is_function)
{
	char buf[NAME_MAX_ + 8];
	struct text *t;
	bool made;

	if (!address)
		return "";
	t = u64_table__get(&n->texts, sizeof(*t), address, &made);
	if (!made)
		return t->text;
	t->address = address;
	t->text = "";
	if (n->strings.bytes > TEXT_MAX || !go_cache__string(n->r->cache, address, buf, NAME_MAX_))
		return "";
	if (is_function)
		printed_name(&n->r->layout, buf);
	t->text = arena__string(&n->strings, buf);
	return t->text;
}

static void name_frame(struct go_names *n, const struct go_module *m, struct go_code_frame *f, uint32_t name,
		       uint8_t id)
{
	uint64_t address = go_module__name(m, name);
	char start[NAME_MAX_];

	f->function = text_at(n, address, true);
	f->id = id;
	f->runtime = !address || !go_cache__string(n->r->cache, address, start, sizeof(start)) ||
		     is_hidden(&n->r->layout, start);
}

/* ---- look-up ------------------------------------------------------------------------- */

static void find_frames(struct go_names *n, const struct go_function *f, struct go_code *c)
{
	struct go_code_frame list[INLINED_MAX + 1];
	const struct go_module *m = go_module__of(n->r, c->pc);
	uint64_t pc = c->exact || c->pc <= f->entry ? c->pc : c->pc - 1, file;
	struct go_inlined in;
	uint32_t count = 0;

	while (count < INLINED_MAX && go_module__inlined(m, f, pc, &in)) {
		struct go_code_frame *at = &list[count++];

		at->line = go_module__line(m, f, pc, &file);
		at->file = text_at(n, file, false);
		at->inlined = true;
		name_frame(n, m, at, in.name, in.id);
		pc = in.parent_pc;
	}
	list[count].line = go_module__line(m, f, pc, &file);
	list[count].file = text_at(n, file, false);
	list[count].inlined = false;
	name_frame(n, m, &list[count++], f->name, f->id);
	c->frames = arena__copy(&n->lists, list, count * sizeof(*list));
	c->frame_count = count;
}

static void find_code(struct go_names *n, struct go_code *c)
{
	const struct go_module *m = go_module__of(n->r, c->pc);
	struct go_function f;
	char start[9] = "";
	uint64_t lookup;

	c->sp_delta = -1;
	c->frame_count = 0;
	c->known = go_module__function(m, c->pc, &f);
	if (!c->known)
		return;
	c->entry = f.entry;
	c->id = f.id;
	c->flag = f.flag;
	lookup = go_module__name(m, f.name);
	c->is_runtime = lookup && go_cache__string(m->cache, lookup, start, sizeof(start)) &&
			!strcmp(start, "runtime.");
	if (!go_module__value(m, &f, f.pcsp, c->pc, &c->sp_delta) || c->sp_delta < 0)
		c->sp_delta = -1;
}

const struct go_code *go_names__code(struct go_names *n, uint64_t pc, bool exact, bool names)
{
	struct go_function f;
	struct go_code *c;
	bool made;

	if (n->codes.count > CODES_MAX)
		u64_table__free(&n->codes);
	c = u64_table__get(&n->codes, sizeof(*c), pc * 2 + exact, &made);
	if (made) {
		c->pc = pc;
		c->exact = exact;
		find_code(n, c);
	}
	if (names && c->known && !c->frame_count && go_module__function(go_module__of(n->r, pc), pc, &f))
		find_frames(n, &f, c);
	return c;
}
