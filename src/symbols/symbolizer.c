/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address to name in one process. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/demangle.h"
#include "symbols/dwarf_lines.h"
#include "symbols/images.h"
#include "symbols/perfmap.h"
#include "symbols/symbols.h"

#define CACHE_MAX (1u << 20) /* answers; then all are forgotten */

/* Every frame of one answer: inlined ones, then the function itself. */
struct answer {
	uint64_t address;
	bool used, is_return;
	uint8_t count;
	struct frame *frames;
};

struct symbolizer {
	const struct process *process;
	struct mappings maps;
	struct images images;
	struct strings strings;
	enum symbol_lines lines;
	struct perfmap perfmap;
	bool perfmap_fresh; /* looked at since the last refresh */
	struct answer *answers;
	size_t answer_count, answer_room;
};

static void forget_answers(struct symbolizer *s)
{
	for (size_t i = 0; i < s->answer_room; i++)
		free(s->answers[i].frames);
	free(s->answers);
	s->answers = NULL;
	s->answer_count = s->answer_room = 0;
}

int symbolizer__new(const struct process *p, struct symbolizer **ret)
{
	struct symbolizer *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->process = p;
	err = symbolizer__refresh(s);
	if (err < 0) {
		symbolizer__free(s);
		return err;
	}
	*ret = s;
	return 0;
}

void symbolizer__free(struct symbolizer *s)
{
	if (!s)
		return;
	forget_answers(s);
	images__free(&s->images);
	mappings__free(&s->maps);
	perfmap__free(&s->perfmap);
	strings__free(&s->strings);
	free(s);
}

int symbolizer__refresh(struct symbolizer *s)
{
	struct mappings maps;
	int changed, err = process__mappings(s->process, &maps);

	if (err)
		return err;
	changed = images__update(&s->images, &maps, &s->strings);
	if (changed < 0) {
		mappings__free(&maps);
		return changed;
	}
	mappings__free(&s->maps);
	s->maps = maps;
	s->perfmap_fresh = false;
	if (changed)
		forget_answers(s);
	return changed;
}

void symbolizer__set_lines(struct symbolizer *s, enum symbol_lines lines)
{
	s->lines = lines;
}

const struct mappings *symbolizer__mappings(const struct symbolizer *s)
{
	return &s->maps;
}

struct module *symbolizer__module(struct symbolizer *s, uint64_t address, uint64_t *ret_vaddr)
{
	struct image *im = images__find(&s->images, address);
	struct module *m;

	if (!im)
		im = images__find_data(&s->images, &s->maps, address);
	m = im ? image__module(im, s->process, &s->maps) : NULL;
	if (m && (address - im->bias < module__start(m) || address - im->bias >= module__end(m)))
		return NULL;
	if (m && ret_vaddr)
		*ret_vaddr = address - im->bias;
	return m;
}

const char *symbolizer__module_path(const struct symbolizer *s, uint64_t address)
{
	const struct image *im = images__find(&s->images, address);

	return im ? im->path : NULL;
}

const struct process *symbolizer__process(const struct symbolizer *s)
{
	return s->process;
}

/* ---- looking up ------------------------------------------------------------- */

static const char *pretty(struct symbolizer *s, const char *name)
{
	char buf[SYMBOL_NAME_MAX + 1];

	if (!name)
		return NULL;
	demangle(name, buf, sizeof(buf));
	return strings__keep(&s->strings, buf);
}

static const char *scoped(struct symbolizer *s, const struct dwarf_frame *f)
{
	char buf[SYMBOL_NAME_MAX + 1];

	if (!f->name || !f->scope[0])
		return pretty(s, f->name);
	snprintf(buf, sizeof(buf), "%s%s", f->scope, f->name);
	return strings__keep(&s->strings, buf);
}

static void perfmap_frame(struct symbolizer *s, uint64_t look, uint64_t address, struct frame *to)
{
	const struct elf_symbol *e;

	if (!s->perfmap_fresh) {
		s->perfmap_fresh = true;
		perfmap__refresh(&s->perfmap, s->process);
	}
	e = symtab__find(&s->perfmap.functions, look);
	if (!e)
		return;
	to->function = strings__keep(&s->strings, e->name);
	to->offset = address - e->start;
}

static bool wants_lines(const struct symbolizer *s, struct module *m, const struct module_place *place)
{
	return s->lines == LINES_ALWAYS || (s->lines == LINES_QUICK && module__lines_quick(m, place));
}

/* Fills frames (innermost first), returns their number, at least 1. */
static size_t module_frames(struct symbolizer *s, struct module *m, const struct image *im, uint64_t look,
			    uint64_t address, struct frame frames[DWARF_FRAMES_MAX])
{
	struct module_place place = {s->process, im->path};
	struct dwarf_lines *lines = wants_lines(s, m, &place) ? module__lines(m, &place) : NULL;
	struct dwarf_frame list[DWARF_FRAMES_MAX] = {0};
	size_t n = lines ? dwarf_lines__find(lines, look - im->bias, list) : 0, count = n ? n : 1;
	const struct elf_symbol *e = module__function(m, &place, look - im->bias);
	struct frame *last = &frames[count - 1];

	for (size_t i = 0; i < count; i++)
		frames[i] = (struct frame){.function = scoped(s, &list[i]),
					   .module = im->path,
					   .file = strings__keep(&s->strings, list[i].file),
					   .line = list[i].file ? list[i].line : 0,
					   .inlined = i + 1 < count};
	if (n) {
		last->offset = address - im->bias - list[n - 1].start;
		if (!last->function && e)
			last->function = pretty(s, e->name);
	} else if (e) {
		last->function = pretty(s, e->name);
		last->offset = address - im->bias - e->start;
	}
	if (!last->function)
		last->offset = address - im->bias - module__start(m);
	for (size_t i = 0; i + 1 < count; i++)
		frames[i].offset = last->offset;
	return count;
}

static size_t look_up(struct symbolizer *s, uint64_t address, bool is_return,
		      struct frame frames[DWARF_FRAMES_MAX])
{
	uint64_t look = address - (is_return ? 1 : 0);
	struct image *im = images__find(&s->images, look);
	struct module *m = im ? image__module(im, s->process, &s->maps) : NULL;

	frames[0] = (struct frame){.offset = address};
	if (m)
		return module_frames(s, m, im, look, address, frames);
	if (!im)
		return 1;
	frames[0].module = im->path[0] ? im->path : NULL;
	frames[0].offset = address - im->start;
	perfmap_frame(s, look, address, &frames[0]);
	return 1;
}

static size_t slot_of(uint64_t address, bool is_return, size_t room)
{
	uint64_t h = (address * 2 + is_return) * 0x9e3779b97f4a7c15;

	return (size_t)(h >> 32) & (room - 1);
}

static bool grow(struct symbolizer *s)
{
	size_t room = s->answer_room ? s->answer_room * 2 : 256;
	struct answer *list;

	if (s->answer_count >= CACHE_MAX)
		forget_answers(s), room = 256;
	list = calloc(room, sizeof(*list));
	if (!list)
		return false;
	for (size_t i = 0; i < s->answer_room; i++) {
		const struct answer *a = &s->answers[i];
		size_t at = slot_of(a->address, a->is_return, room);

		if (!a->used)
			continue;
		while (list[at].used)
			at = (at + 1) & (room - 1);
		list[at] = *a;
	}
	free(s->answers);
	s->answers = list;
	s->answer_room = room;
	return true;
}

/* The cached answer, made now if there is none. NULL without memory. */
static const struct answer *answer_for(struct symbolizer *s, uint64_t address, bool is_return)
{
	struct frame frames[DWARF_FRAMES_MAX];
	struct answer *a;
	size_t at, n;

	if ((s->answer_count + 1) * 2 > s->answer_room && !grow(s))
		return NULL;
	at = slot_of(address, is_return, s->answer_room);
	for (; s->answers[at].used; at = (at + 1) & (s->answer_room - 1))
		if (s->answers[at].address == address && s->answers[at].is_return == is_return)
			return &s->answers[at];
	n = look_up(s, address, is_return, frames);
	a = &s->answers[at];
	a->frames = malloc(n * sizeof(*frames));
	if (!a->frames)
		return NULL;
	memcpy(a->frames, frames, n * sizeof(*frames));
	a->address = address;
	a->is_return = is_return;
	a->count = (uint8_t)n;
	a->used = true;
	s->answer_count++;
	return a;
}

int symbolizer__code(struct symbolizer *s, uint64_t address, bool is_return, struct frame *ret)
{
	const struct answer *a = answer_for(s, address, is_return);

	*ret = (struct frame){.offset = address};
	if (!a)
		return -ENOMEM;
	*ret = a->frames[a->count - 1];
	return 0;
}

size_t symbolizer__inlined(struct symbolizer *s, uint64_t address, bool is_return, struct frame *list,
			   size_t max)
{
	const struct answer *a = answer_for(s, address, is_return);
	size_t n = a ? a->count : 0;

	if (!max)
		return 0;
	list[0] = (struct frame){.offset = address};
	if (!n)
		return 1;
	/* Without room for all, the innermost are left out: the last one is the function itself. */
	size_t skip = n > max ? n - max : 0;
	memcpy(list, a->frames + skip, (n - skip) * sizeof(*list));
	return n - skip;
}

int symbolizer__data(struct symbolizer *s, uint64_t address, struct frame *ret)
{
	struct image *im = images__find_data(&s->images, &s->maps, address);
	struct module *m = im ? image__module(im, s->process, &s->maps) : NULL;
	struct module_place place = {s->process, im ? im->path : NULL};
	const struct elf_symbol *e;

	*ret = (struct frame){.offset = address};
	if (!m || address - im->bias >= module__end(m) || address - im->bias < module__start(m))
		return 0;
	ret->module = im->path;
	ret->offset = address - im->bias - module__start(m);
	e = module__object(m, &place, address - im->bias);
	if (e) {
		ret->function = pretty(s, e->name);
		ret->offset = address - im->bias - e->start;
	}
	return 0;
}
