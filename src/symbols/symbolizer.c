/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address to name in one process. */
#include <stdlib.h>
#include <string.h>

#include "symbols/images.h"
#include "symbols/perfmap.h"
#include "symbols/symbols.h"
#include "util/arena.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define CACHE_MAX (1u << 20) /* answers; beyond that, all are dropped */

/* All frames of one answer: inlined ones, then the function. */
struct answer {
	uint64_t count;
	struct frame *frames;
};

struct symbolizer {
	const struct process *process;
	struct mappings maps;
	struct images images;
	struct strings strings;
	enum symbol_lines lines;
	struct perfmap perfmap;
	bool perfmap_fresh;          /* looked at since the last refresh */
	struct u64_table answers[2]; /* by address; [1]: of return addresses */
	struct arena frames;         /* of the answers */
};

static void forget_answers(struct symbolizer *s)
{
	u64_table__free(&s->answers[0]);
	u64_table__free(&s->answers[1]);
	arena__free(&s->frames);
}

int symbolizer__new(const struct process *p, struct symbolizer **ret)
{
	struct symbolizer *s = HEAP_NEW(struct symbolizer, 1);
	int err;

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
	int err = process__mappings(s->process, &maps);
	bool changed;

	if (err)
		return err;
	changed = images__update(&s->images, &maps, &s->strings);
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

/* Fills frames (innermost first), returns their number, at least 1. */
static size_t module_frames(struct symbolizer *s, struct module *m, const struct image *im, uint64_t look,
			    uint64_t address, struct frame frames[DWARF_FRAMES_MAX])
{
	struct module_place place = {.process = s->process, .path = im->path};
	struct module_name list[DWARF_FRAMES_MAX];
	size_t count = module__names(m, &place, s->lines, look - im->bias, list);

	for (size_t i = 0; i < count; i++)
		frames[i] = (struct frame){.function = strings__keep(&s->strings, list[i].function),
					   .module = im->path,
					   .file = strings__keep(&s->strings, list[i].file),
					   .line = list[i].line,
					   .offset = address - im->bias - list[count - 1].start,
					   .inlined = i + 1 < count};
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

/* The cached answer, computed on the first call. */
static const struct answer *answer_for(struct symbolizer *s, uint64_t address, bool is_return)
{
	struct frame frames[DWARF_FRAMES_MAX];
	struct answer *a;
	bool made;

	if (s->answers[is_return].count >= CACHE_MAX)
		forget_answers(s);
	a = u64_table__get(&s->answers[is_return], sizeof(*a), address, &made);
	if (made) {
		budget__begin(process__budget(s->process), BUDGET_NAMES);
		a->count = look_up(s, address, is_return, frames);
		budget__end();
		a->frames = arena__copy(&s->frames, frames, a->count * sizeof(*frames));
	}
	return a;
}

void symbolizer__code(struct symbolizer *s, uint64_t address, bool is_return, struct frame *ret)
{
	const struct answer *a = answer_for(s, address, is_return);

	*ret = a->frames[a->count - 1];
}

size_t symbolizer__inlined(struct symbolizer *s, uint64_t address, bool is_return, struct frame *list,
			   size_t max)
{
	const struct answer *a = answer_for(s, address, is_return);
	size_t n = a->count;

	/* If not all fit, the innermost are omitted: the last one is the function. */
	size_t skip = n > max ? n - max : 0;
	memcpy(list, a->frames + skip, (n - skip) * sizeof(*list));
	return n - skip;
}

int symbolizer__data(struct symbolizer *s, uint64_t address, struct frame *ret)
{
	struct image *im = images__find_data(&s->images, &s->maps, address);
	struct module *m = im ? image__module(im, s->process, &s->maps) : NULL;
	struct module_place place = {.process = s->process, .path = im ? im->path : NULL};
	struct module_name found;

	*ret = (struct frame){.offset = address};
	if (!m || address - im->bias >= module__end(m) || address - im->bias < module__start(m))
		return 0;
	ret->module = im->path;
	ret->offset = address - im->bias - module__start(m);
	if (module__object(m, &place, address - im->bias, &found)) {
		ret->function = strings__keep(&s->strings, found.function);
		ret->offset = address - im->bias - found.start;
	}
	return 0;
}

bool symbolizer__go_variable(struct symbolizer *s, uint64_t address, char *buf, size_t size)
{
	struct image *im = images__find_data(&s->images, &s->maps, address);
	struct module *m = im ? image__module(im, s->process, &s->maps) : NULL;
	struct module_place place = {.process = s->process, .path = im ? im->path : NULL};
	struct frame f;

	return m && !symbolizer__data(s, address, &f) && f.function &&
	       module__go_variable(m, &place, s->lines, f.function, f.offset, buf, size);
}

bool symbolizer__go_receiver(struct symbolizer *s, uint64_t code, const char *method, uint64_t offset,
			     char *buf, size_t size)
{
	struct image *im = images__find(&s->images, code);
	struct module *m = im ? image__module(im, s->process, &s->maps) : NULL;
	struct module_place place = {.process = s->process, .path = im ? im->path : NULL};

	return m && module__go_receiver(m, &place, s->lines, method, offset, buf, size);
}
